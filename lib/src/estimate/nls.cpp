// SPDX-License-Identifier: BSD-3-Clause
#include "credence/estimate/nls.hpp"

#include "credence/autodiff/program.hpp"
#include "credence/base/check.hpp"
#include "credence/base/constants.hpp"
#include "credence/distributions/student_t.hpp"
#include "estimate/glm_pass.hpp"
#include "estimate/glm_rows.hpp"
#include "estimate/tokens.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace credence::nls {

using namespace estimate_detail;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// left and right side of the formula.
std::pair<expression, expression> sides(std::string_view text) {
  std::size_t split = std::string_view::npos;
  for (const token& t : tokens_of(text, 0, text.size())) {
    if (t.what != token_kind::symbol || (t.text != "~" && t.text != "=")) continue;
    if (split != std::string_view::npos) fail_at(text, t.column, "a second " + std::string(t.text));
    split = t.begin;
  }
  if (split == std::string_view::npos) {
    fail_at(text, static_cast<std::int64_t>(text.size()) + 1, "expected ~ between the response and the model");
  }
  return {expression::parse(text, 0, split), expression::parse(text, split + 1, text.size())};
}

/// The right side as a program: the first p of its variables are the parameters, the others the columns. Every row is a
/// lane.
class recorded_model {
 public:
  recorded_model(const expression& right, const std::vector<std::string>& parameters,
                 const std::vector<std::vector<double>>& columns, const std::vector<std::string>& column_names,
                 const exec::context& ctx)
      : ctx_(ctx), p_(static_cast<std::int64_t>(parameters.size())), program_(record(right, parameters, column_names)) {
    n_ = static_cast<std::int64_t>(columns.empty() ? 0 : columns[0].size());
    const auto d = static_cast<std::int64_t>(parameters.size() + column_names.size());
    x_ = lanes<double>(d, n_);
    gradient_ = direction_ = product_ = lanes<double>(d, n_);
    for (std::size_t k = 0; k < column_names.size(); ++k) {
      for (std::int64_t i = 0; i < n_; ++i) {
        x_(p_ + static_cast<std::int64_t>(k), i) = columns[k][static_cast<std::size_t>(i)];
      }
    }
  }

  /// Values and, unless `jacobian` is empty, derivatives by the parameters (row-major).
  void evaluate(std::span<const double> b, std::span<double> values, std::span<double> jacobian) {
    place(b);
    program_.evaluate(ctx_, x_, values, jacobian.empty() ? lanes_view<double>() : lanes_view<double>(gradient_));
    if (jacobian.empty()) return;
    for (std::int64_t i = 0; i < n_; ++i) {
      for (std::int64_t j = 0; j < p_; ++j) jacobian[static_cast<std::size_t>(i * p_ + j)] = gradient_(j, i);
    }
  }

  /// Second derivative of every value along a direction of the parameters.
  void curvature(std::span<const double> b, std::span<const double> v, std::span<double> out) {
    place(b);
    for (std::int64_t j = 0; j < p_; ++j) {
      for (std::int64_t i = 0; i < n_; ++i) direction_(j, i) = v[static_cast<std::size_t>(j)];
    }
    std::vector<double> values(static_cast<std::size_t>(n_));
    program_.hessian_vector_product(ctx_, x_, direction_, values, gradient_, product_);
    for (std::int64_t i = 0; i < n_; ++i) {
      double sum = 0.0;
      for (std::int64_t j = 0; j < p_; ++j) sum += product_(j, i) * v[static_cast<std::size_t>(j)];
      out[static_cast<std::size_t>(i)] = sum;
    }
  }

 private:
  static program record(const expression& right, const std::vector<std::string>& parameters,
                        const std::vector<std::string>& columns) {
    const named_data nothing;
    recorder r(nothing);
    std::vector<std::string> order = parameters;
    order.insert(order.end(), columns.begin(), columns.end());
    std::vector<var> made;
    for (std::size_t k = 0; k < order.size(); ++k) made.push_back(r.parameter("v" + std::to_string(k)));
    std::vector<var> used;
    for (const std::string& name : right.names()) {
      used.push_back(made[static_cast<std::size_t>(std::find(order.begin(), order.end(), name) - order.begin())]);
    }
    r.likelihood += right.record(used);
    return program(r);
  }
  void place(std::span<const double> b) {
    for (std::int64_t j = 0; j < p_; ++j) {
      for (std::int64_t i = 0; i < n_; ++i) x_(j, i) = b[static_cast<std::size_t>(j)];
    }
  }

  exec::context ctx_;
  std::int64_t p_, n_ = 0;
  program program_;
  lanes<double> x_, gradient_, direction_, product_;
};

/// The responses, the columns of the right side and the weights of the complete rows.
struct model_rows {
  std::vector<std::int64_t> kept;
  std::vector<double> response, root_weight;
  std::vector<std::string> names;
  std::vector<std::vector<double>> columns;
};

model_rows rows_of(const table& data, const expression& left, const expression& right,
                   const std::vector<std::string>& parameters, const options& how) {
  model_rows out;
  for (const std::string& name : right.names()) {
    if (std::find(parameters.begin(), parameters.end(), name) != parameters.end()) continue;
    if (!data.contains(name)) {
      check::fail_domain("nls", "name", name, "a column or a parameter with a start");
    }
    out.names.push_back(name);
  }
  const std::vector<double> response = left.evaluate(data);
  const std::vector<double> weights =
      how.weights.empty() ? std::vector<double>(response.size(), 1.0) : data.at(how.weights).numbers();
  std::vector<std::vector<double>> all;
  for (const std::string& name : out.names) all.push_back(data.at(name).numbers());
  out.columns.resize(all.size());
  for (std::size_t i = 0; i < response.size(); ++i) {
    bool missing = weights[i] != weights[i];
    for (const std::string& name : left.names()) {
      const double v = data.at(name).type() == column_type::text ? 0.0 : 1.0;
      missing = missing || data.at(name).is_missing(static_cast<std::int64_t>(i)) || v == 0.0;
    }
    for (const auto& column : all) missing = missing || column[i] != column[i];
    if (missing) continue;
    if (!std::isfinite(response[i])) {
      check::fail_domain("nls", left.text() + " in row " + std::to_string(i), response[i], "finite");
    }
    if (!(weights[i] >= 0.0)) {
      check::fail_domain("nls", "weight of row " + std::to_string(i), weights[i], "zero or above");
    }
    out.kept.push_back(static_cast<std::int64_t>(i));
    out.response.push_back(response[i]);
    out.root_weight.push_back(std::sqrt(weights[i]));
    for (std::size_t k = 0; k < all.size(); ++k) out.columns[k].push_back(all[k][i]);
  }
  return out;
}

struct attempt {
  const char* name;
  least_squares_options options;
};

std::vector<attempt> attempts_of(const options& how) {
  least_squares_options base;
  base.max_iterations = how.max_iterations;
  const auto with = [&](const char* name, least_squares_method method, double radius) {
    attempt a{name, base};
    a.options.method = method;
    a.options.first_radius = radius;
    return a;
  };
  const attempt plain = with("levenberg_marquardt", least_squares_method::levenberg_marquardt, 100.0);
  const attempt bent = with("geodesic", least_squares_method::geodesic, 100.0);
  switch (how.strategy) {
    case strategy::levenberg_marquardt:
      return {plain};
    case strategy::geodesic:
      return {bent};
    case strategy::dogleg:
      return {with("dogleg", least_squares_method::dogleg, 100.0)};
    case strategy::automatic:
      break;
  }
  return {plain, bent, with("levenberg_marquardt, short first step", least_squares_method::levenberg_marquardt, 0.1),
          with("geodesic, short first step", least_squares_method::geodesic, 0.1)};
}

/// Errors from the triangle of the Jacobian; parameters that others make up have none.
void describe_errors(const least_squares_result& end, fitted& out, double level) {
  const auto n = static_cast<std::int64_t>(end.residuals.size()), p = static_cast<std::int64_t>(out.names.size());
  std::vector<double> columns(static_cast<std::size_t>(n * p)), triangle(static_cast<std::size_t>(p * p), 0.0);
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < p; ++j) {
      columns[static_cast<std::size_t>(j * n + i)] = end.jacobian[static_cast<std::size_t>(i * p + j)];
    }
  }
  CREDENCE_SIMD_PICK(glm_triangle)(columns.data(), n, n, p, triangle.data());
  const rank_answer rank = rank_of(triangle, p, 1e-11);
  for (const auto& alias : rank.aliases) {
    out.findings.push_back(out.names[static_cast<std::size_t>(alias.column)] +
                           " is not identified: at the estimates its effect is one that the other parameters have too");
  }
  const auto rank_size = static_cast<std::int64_t>(rank.kept.size());
  const std::vector<double> kept = triangle_of_columns(triangle, p, rank.kept);
  out.condition = rank.aliases.empty() ? condition_of(triangle, p) : HUGE_VAL;
  const std::vector<double> inverse = inverse_normal(kept, rank_size);
  const auto wide = static_cast<std::size_t>(p), small = static_cast<std::size_t>(rank_size);
  out.covariance.assign(wide * wide, not_a_number);
  out.std_errors.assign(wide, not_a_number);
  out.lower = out.upper = out.std_errors;
  const double square = out.residual_sd * out.residual_sd;
  const double reach = out.df_residual > 0
                           ? quantile(student_t(static_cast<double>(out.df_residual), 0.0, 1.0), 0.5 + 0.5 * level)
                           : not_a_number;
  for (std::size_t a = 0; a < small; ++a) {
    const auto j = static_cast<std::size_t>(rank.kept[a]);
    for (std::size_t b = 0; b < small; ++b) {
      out.covariance[j * wide + static_cast<std::size_t>(rank.kept[b])] = square * inverse[a * small + b];
    }
    if (!rank.aliases.empty()) {
      // A parameter that trades off against an unidentified one has no error of its own either.
      bool tied = false;
      for (const auto& alias : rank.aliases) {
        double most = 0.0;
        for (const double c : alias.combination) most = std::fmax(most, std::fabs(c));
        tied = tied || (a < alias.combination.size() && std::fabs(alias.combination[a]) > 1e-8 * most);
      }
      if (tied) continue;
    }
    out.std_errors[j] = std::sqrt(out.covariance[j * wide + j]);
    out.lower[j] = out.estimates[j] - reach * out.std_errors[j];
    out.upper[j] = out.estimates[j] + reach * out.std_errors[j];
  }
}

}  // namespace

fitted fit(const table& data, std::string_view formula, const std::vector<std::pair<std::string, double>>& start,
           const options& how) {
  const auto [left, right] = sides(formula);
  fitted out;
  std::vector<double> first;
  const std::vector<std::string> used = right.names();
  for (const auto& [name, value] : start) {
    if (!std::isfinite(value)) check::fail_domain("nls", "start of " + name, value, "finite");
    if (std::find(used.begin(), used.end(), name) == used.end()) {
      check::fail_domain("nls", "start of " + name, value, "of a name in the formula");
    }
    out.names.push_back(name);
    first.push_back(value);
  }
  if (first.empty()) check::fail_domain("nls", "number of parameters", std::int64_t{0}, "at least 1");
  const model_rows rows = rows_of(data, left, right, out.names, how);
  const std::size_t n = rows.kept.size(), p = first.size();
  if (n < p) {
    check::fail_domain("nls", "number of complete rows", static_cast<std::int64_t>(n),
                       "at least that of the parameters, " + std::to_string(p));
  }
  // A model without columns still needs its rows.
  std::vector<std::vector<double>> columns = rows.columns;
  std::vector<std::string> column_names = rows.names;
  if (columns.empty()) {
    columns.push_back(std::vector<double>(n, 0.0));
    column_names.emplace_back("");
  }
  recorded_model model(right, out.names, columns, column_names, how.context);
  const auto residuals = [&](std::span<const double> b, std::span<double> r, std::span<double> jacobian,
                             std::span<const double> direction) {
    if (!direction.empty()) {
      model.curvature(b, direction, r);
      for (std::size_t i = 0; i < n; ++i) r[i] *= rows.root_weight[i];
      return;
    }
    model.evaluate(b, r, jacobian);
    for (std::size_t i = 0; i < n; ++i) {
      r[i] = rows.root_weight[i] * (r[i] - rows.response[i]);
      for (std::size_t j = 0; !jacobian.empty() && j < p; ++j) jacobian[i * p + j] *= rows.root_weight[i];
    }
  };
  std::vector<double> values(n);
  model.evaluate(first, values, {});
  for (std::size_t i = 0; i < n; ++i) {
    if (std::isfinite(values[i])) continue;
    check::fail_domain("nls", "value of the model at the start in row " + std::to_string(rows.kept[i]), values[i],
                       "finite");
  }
  least_squares_result best;
  bool any = false;
  for (const attempt& a : attempts_of(how)) {
    least_squares_result end = least_squares_minimize(residuals, static_cast<std::int64_t>(n), first, a.options);
    out.iterations += end.iterations;
    // A lower sum wins; among equal ones the smaller angle.
    const double margin = 1e-10 * best.sum_of_squares;
    const bool lower = end.sum_of_squares < best.sum_of_squares - margin;
    const bool level = std::fabs(end.sum_of_squares - best.sum_of_squares) <= margin && end.cosine < best.cosine;
    if (end.why != stop_reason::not_finite && (!any || lower || level)) {
      best = std::move(end);
      out.method = a.name;
      any = true;
    }
  }
  if (!any) check::fail_domain("nls", "derivative of the model at the start", not_a_number, "finite");
  out.estimates = best.x;
  out.why = best.why;
  out.cosine = best.cosine;
  out.converged = converged(best.why) || best.cosine < 1e-8;
  out.kept = rows.kept;
  model.evaluate(best.x, values, {});
  out.values = values;
  double log_weights = 0.0;
  std::size_t weighted = 0;
  for (std::size_t i = 0; i < n; ++i) {
    out.residuals.push_back(rows.response[i] - values[i]);
    const double r = rows.root_weight[i] * out.residuals[i];
    out.rss += r * r;
    if (rows.root_weight[i] > 0.0) {
      ++weighted;
      log_weights += 2.0 * std::log(rows.root_weight[i]);
    }
  }
  out.df_residual = static_cast<std::int64_t>(weighted) - static_cast<std::int64_t>(p);
  out.residual_sd = out.df_residual > 0 ? std::sqrt(out.rss / static_cast<double>(out.df_residual)) : not_a_number;
  if (out.df_residual <= 0) out.findings.emplace_back("as many parameters as rows: no errors can be estimated");
  const auto count = static_cast<double>(weighted);
  out.log_likelihood = 0.5 * log_weights - 0.5 * count * (std::log(constants::two_pi * out.rss / count) + 1.0);
  out.aic = 2.0 * (static_cast<double>(p) + 1.0) - 2.0 * out.log_likelihood;
  out.bic = std::log(count) * (static_cast<double>(p) + 1.0) - 2.0 * out.log_likelihood;
  if (!out.converged) out.findings.push_back(std::string("no convergence: ") + to_string(out.why));
  describe_errors(best, out, how.level);
  return out;
}

}  // namespace credence::nls
