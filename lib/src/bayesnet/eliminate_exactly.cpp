// SPDX-License-Identifier: BSD-3-Clause
#include "factors.hpp"

#include "credence/base/check.hpp"

#include <boost/multiprecision/cpp_int.hpp>

#include <charconv>
#include <cmath>
#include <limits>
#include <numbers>

namespace credence::bayesnet {

namespace {

// Without expression templates, so that a * b is a rational and not a recipe for one.
using rational =
    boost::multiprecision::number<boost::multiprecision::cpp_rational_backend, boost::multiprecision::et_off>;
using integer = boost::multiprecision::number<boost::multiprecision::cpp_int_backend<>, boost::multiprecision::et_off>;

/// The decimal that the double prints as: 0.1 is one tenth.
rational exact(double value) {
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
  const std::string_view all(text, static_cast<std::size_t>(end - text));
  const std::size_t e = all.find('e');
  int exponent = 0;
  const char* digits_of_exponent = all.data() + e + (all[e + 1] == '+' ? 2 : 1);
  std::from_chars(digits_of_exponent, end, exponent);
  integer digits = 0;
  for (const char c : all.substr(0, e)) {
    if (c == '.') continue;
    digits = digits * 10 + (c - '0');
  }
  if (e > 1) exponent -= static_cast<int>(e) - 2;  // "d.ddd": digits after the point
  const integer scale = boost::multiprecision::pow(integer(10), static_cast<unsigned>(std::abs(exponent)));
  return exponent >= 0 ? rational(integer(digits * scale)) : rational(digits, scale);
}

/// ln of a positive integer of any length, to rounding.
double log_of(const integer& value) {
  const auto bits = static_cast<std::int64_t>(boost::multiprecision::msb(value));
  const std::int64_t shift = std::max<std::int64_t>(bits - 62, 0);
  return std::log(static_cast<double>(integer(value >> static_cast<unsigned>(shift)))) +
         static_cast<double>(shift) * std::numbers::ln2;
}

/// The nearest double, also where numerator and denominator are beyond all doubles.
double rounded(const rational& value) {
  if (value == 0) return 0.0;
  const integer top = boost::multiprecision::numerator(value), bottom = boost::multiprecision::denominator(value);
  // A quotient of at least 64 bits; its last bit also stands for the remainder, so that rounding sees it.
  const std::int64_t shift = 64 + static_cast<std::int64_t>(boost::multiprecision::msb(bottom)) -
                             static_cast<std::int64_t>(boost::multiprecision::msb(top));
  integer scaled_top = top, scaled_bottom = bottom;
  if (shift > 0)
    scaled_top <<= static_cast<unsigned>(shift);
  else
    scaled_bottom <<= static_cast<unsigned>(-shift);
  integer quotient = scaled_top / scaled_bottom;
  if (quotient * scaled_bottom != scaled_top) quotient |= 1;
  return std::ldexp(static_cast<double>(quotient), static_cast<int>(-shift));
}

std::vector<rational> exact_table(const network& net, node_id node) {
  std::vector<rational> values;
  for (const double x : net.table(node).values) values.push_back(exact(x));
  const auto states = static_cast<std::size_t>(net.cardinality(node));
  for (std::size_t begin = 0; begin < values.size(); begin += states) {
    rational sum = 0;
    for (std::size_t s = 0; s < states; ++s) sum += values[begin + s];
    if (sum == 1) continue;
    for (std::size_t s = 0; s < states; ++s) values[begin + s] /= sum;
  }
  return values;
}

using table = named_tensor<rational>;

table make_table(std::vector<int> axes, const std::vector<std::int64_t>& sizes, const std::vector<rational>& values) {
  return {std::move(axes), tensor<rational>(tensor_shape(sizes), values)};
}

}  // namespace

exact_posteriors eliminate_exactly(const network& net, const node_selection& targets, const evidence& given,
                                   const elimination_query& options) {
  constexpr std::string_view where = "eliminate_exactly";
  constexpr double entry_bytes = 128.0;  // a rational of some hundred digits; they grow with the network
  exact_posteriors result;
  result.rounded = {net, targets.resolve(net.graph(), where), {}, 0.0, {}};
  std::vector<std::vector<node_id>> questions;
  for (const node_id t : result.rounded.nodes) questions.push_back({t});
  if (questions.empty()) questions.emplace_back();
  for (const std::vector<node_id>& question : questions) {
    const auto setup = detail::set_up(net, question, given, options.restarts, where);
    const auto plan = detail::make_schedule(net, detail::scopes_of(setup), setup.order, true, entry_bytes);
    detail::check_memory(plan.cost, options.max_bytes, where);
    std::vector<table> tables;
    rational scale = 1;
    for (std::size_t i = 0; i < setup.relevant.size(); ++i) {
      const node_id v = setup.relevant[i];
      tables.push_back(make_table(setup.slices[i].axes, setup.slices[i].sizes,
                                  detail::take_slice(exact_table(net, v), setup.slices[i])));
      const auto& weights = setup.known.weights[static_cast<std::size_t>(v)];
      const std::int64_t state = setup.fixed[static_cast<std::size_t>(v)];
      if (state >= 0 && !weights.empty()) scale *= exact(weights[static_cast<std::size_t>(state)]);
    }
    for (const node_id v : setup.soft) {
      std::vector<rational> weights;
      for (const double w : setup.known.weights[static_cast<std::size_t>(v)]) weights.push_back(exact(w));
      tables.push_back(make_table({v}, {net.cardinality(v)}, weights));
    }
    const sum_product<rational> semiring;
    for (const auto& step : plan.steps) {
      const table& a = tables[static_cast<std::size_t>(step.a)];
      table made = step.b < 0 ? marginalise(options.context, semiring, a, step.eliminated)
                              : product_marginalised(options.context, semiring, a,
                                                     tables[static_cast<std::size_t>(step.b)], step.eliminated);
      tables.push_back(std::move(made));
    }
    std::vector<rational> over_keep{rational(1)};
    if (!plan.left.empty()) {
      const table joint = with_axis_order(tables[static_cast<std::size_t>(plan.left.front())], setup.keep);
      over_keep.assign(joint.values.begin(), joint.values.end());
    }
    rational total = 0;
    for (const rational& p : over_keep) total += p;
    if (total == 0) detail::fail_impossible(where);
    for (rational& p : over_keep) p /= total;
    if (result.evidence_probability.empty()) {
      const rational probability = total * scale;
      result.evidence_probability = probability.str();
      const double near = rounded(probability);  // the difference of logarithms would cancel where this is normal
      result.rounded.log_evidence = near >= std::numeric_limits<double>::min()
                                        ? std::log(near)
                                        : log_of(boost::multiprecision::numerator(probability)) -
                                              log_of(boost::multiprecision::denominator(probability));
    }
    inference_cost& cost = result.rounded.predicted;
    cost.bytes = std::max(cost.bytes, plan.cost.bytes);
    cost.largest_table = std::max(cost.largest_table, plan.cost.largest_table);
    cost.operations += plan.cost.operations;
    if (question.empty()) continue;
    std::vector<double> doubles;
    std::vector<std::string> fractions;
    for (const rational& p : detail::expand_joint(net, question, setup, over_keep)) {
      doubles.push_back(rounded(p));
      fractions.push_back(p.str());
    }
    result.rounded.probabilities.push_back(std::move(doubles));
    result.fractions.push_back(std::move(fractions));
  }
  return result;
}

}  // namespace credence::bayesnet
