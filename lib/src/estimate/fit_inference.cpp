// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/check.hpp"
#include "credence/distributions/chi_squared.hpp"
#include "credence/estimate/fit.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/optim/scalar_search.hpp"
#include "credence/random/uniform.hpp"
#include "credence/tensor/linalg.hpp"
#include "estimate/fit_search.hpp"
#include "estimate/names.hpp"
#include "estimate/quantiles.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace credence {

using namespace estimate_detail;

namespace {

std::size_t place_of(const fitted_distribution& fit, std::string_view parameter, const char* who) {
  for (std::size_t j = 0; j < fit.names.size(); ++j) {
    if (fit.names[j] == parameter) return j;
  }
  check::fail_domain(who, "parameter", parameter, one_of(parameter, fit.names));
}

/// The same problem with one more parameter held.
fit_likelihood with_held(const fitted_distribution& fit, const fit_data& data, const fit_options& options,
                         std::string_view parameter, double value) {
  fit_options held = options;
  held.method = fit_method::maximum_likelihood;
  held.fixed.emplace_back(std::string(parameter), value);
  return {*find_family(fit.family), data, held};
}

}  // namespace

parameter_interval profile_interval(const fitted_distribution& fit, const fit_data& data, std::string_view parameter,
                                    const fit_options& options) {
  const std::size_t j = place_of(fit, parameter, "profile_interval");
  const parameter_domain domain = find_family(fit.family)->parameters[j].domain;
  const double wanted = 0.5 * quantile(chi_squared(1.0), options.level);
  if (fit.fixed[j] != 0 || !std::isfinite(fit.log_likelihood)) {
    check::fail_domain("profile_interval", "parameter", parameter, "free, of a fit that has a maximum");
  }
  std::vector<double> last = fit.estimates;
  const auto excess = [&](double u) {
    const double value = to_natural(domain, u);
    const fit_likelihood likelihood = with_held(fit, data, options, parameter, value);
    double top;
    if (likelihood.free().empty()) {
      top = likelihood.natural(likelihood.held().data(), nullptr);
    } else {
      std::vector<double> start = last;
      start[j] = value;
      search_end end = search_from(likelihood, likelihood.free_of(start));
      if (!std::isfinite(end.value)) {
        start = fit.estimates;
        start[j] = value;
        end = search_from(likelihood, likelihood.free_of(start));
      }
      top = end.value * likelihood.total_weight();
      if (std::isfinite(end.value)) last = likelihood.natural_of(end.u);
    }
    const double gap = fit.log_likelihood - top - wanted;
    return gap == gap ? gap : HUGE_VAL;
  };
  const double middle = fit.unconstrained[j];
  const double error = std::isfinite(fit.unconstrained_std_errors[j]) && fit.unconstrained_std_errors[j] > 0.0
                           ? fit.unconstrained_std_errors[j]
                           : 0.1;
  const auto end = [&](double side) {
    last = fit.estimates;
    double inner = middle, outer = middle + side * 2.0 * error;
    for (int k = 0; k < 60; ++k) {
      const double gap = excess(outer);
      if (gap > 0.0) {
        // A forbidden point is no end: halve towards the points that have a likelihood.
        double far = outer;
        for (int h = 0; h < 60 && !std::isfinite(excess(far)); ++h) far = 0.5 * (far + inner);
        if (!(excess(far) > 0.0)) return to_natural(domain, far);
        return to_natural(domain, brent_root(excess, std::fmin(inner, far), std::fmax(inner, far)).x);
      }
      inner = outer;
      outer += side * 2.0 * error * std::pow(1.3, k);
    }
    const bool bounded = domain != parameter_domain::real;
    const bool probability = domain == parameter_domain::probability || domain == parameter_domain::open_probability;
    return side < 0.0 ? (bounded ? 0.0 : -HUGE_VAL) : (probability ? 1.0 : HUGE_VAL);
  };
  const double low = end(-1.0);
  return {low, end(1.0)};
}

parameter_test test_parameter(const fitted_distribution& fit, const fit_data& data, std::string_view parameter,
                              double value, const fit_options& options) {
  const std::size_t j = place_of(fit, parameter, "test_parameter");
  const fit_likelihood held = with_held(fit, data, options, parameter, value);
  std::vector<double> start = fit.estimates;
  start[j] = value;
  std::vector<double> at;
  if (held.free().empty()) {
    at = held.held();
  } else {
    at = held.natural_of(search_from(held, held.free_of(start)).u);
  }
  parameter_test out{};
  const double null_value = held.natural(at.data(), nullptr);
  out.likelihood_ratio = std::fmax(0.0, 2.0 * (fit.log_likelihood - null_value));
  const double z = (fit.estimates[j] - value) / fit.std_errors[j];
  out.wald = z * z;
  // Rao: the score of the whole model at the held estimates, in the metric of its information there.
  fit_options plain_options = options;
  plain_options.method = fit_method::maximum_likelihood;
  const fit_likelihood whole(*find_family(fit.family), data, plain_options);
  const std::vector<double> u = whole.free_of(at);
  std::vector<double> gradient(u.size());
  static_cast<void>(whole(u, gradient));
  for (double& g : gradient) g *= -whole.total_weight();
  const std::vector<double> information = information_at(whole, u);
  const auto k = static_cast<std::int64_t>(u.size());
  const auto step =
      solve({}, view<const double, 2>(information.data(), k, k), view<const double, 1>(gradient.data(), k));
  for (std::size_t i = 0; i < u.size(); ++i) out.score += gradient[i] * step.data()[i];
  const auto tail = [](double s) { return s > 0.0 ? ccdf(chi_squared(1.0), s) : s <= 0.0 ? 1.0 : s; };
  out.wald_p = tail(out.wald);
  out.score_p = tail(out.score);
  out.likelihood_ratio_p = tail(out.likelihood_ratio);
  return out;
}

fit_bootstrap bootstrap(const fitted_distribution& fit, const fit_data& data, std::int64_t replicates,
                        std::uint64_t seed, const fit_options& options) {
  check::at_least("bootstrap", "replicates", replicates, 2);
  const std::size_t n = data.values.empty() ? data.lower.size() : data.values.size(), k = fit.names.size();
  fit_bootstrap out;
  const auto count = static_cast<std::size_t>(replicates);
  out.estimates.assign(count * k, std::numeric_limits<double>::quiet_NaN());
  std::vector<std::uint8_t> failed(count, 0);
  fit_options quick = options;
  quick.goodness_of_fit = false;
  const rng_key key{seed, 0};
  exec::for_each_task(options.context, replicates, [&](std::int64_t r) {
    const rng_key mine = key.split(purpose::resampling, static_cast<std::uint64_t>(r));
    std::vector<double> weights(n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
      const auto row = random::integer_below(mine, i, n);
      weights[row] += data.weights.empty() ? 1.0 : data.weights[row];
    }
    fit_data drawn = data;
    drawn.weights = weights;
    try {
      const fitted_distribution one = fit_distribution(fit.family, drawn, quick);
      if (!one.converged || one.has(fit_problem::unbounded)) throw domain_error("no maximum");
      std::copy(one.estimates.begin(), one.estimates.end(),
                out.estimates.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(r) * k));
    } catch (const domain_error&) {
      failed[static_cast<std::size_t>(r)] = 1;
    }
  });
  for (const std::uint8_t f : failed) out.failed += f;
  for (std::size_t j = 0; j < k; ++j) {
    std::vector<double> draws;
    double mean = 0.0, squares = 0.0;
    for (std::size_t r = 0; r < count; ++r) {
      const double v = out.estimates[r * k + j];
      if (!std::isfinite(v)) continue;
      draws.push_back(v);
      const double gap = v - mean;
      mean += gap / static_cast<double>(draws.size());
      squares += gap * (v - mean);
    }
    out.std_errors.push_back(draws.size() > 1 ? std::sqrt(squares / static_cast<double>(draws.size() - 1))
                                              : std::numeric_limits<double>::quiet_NaN());
    std::sort(draws.begin(), draws.end());
    out.percentile.push_back(
        {quantile_of_sorted(draws, 0.5 - 0.5 * options.level), quantile_of_sorted(draws, 0.5 + 0.5 * options.level)});
  }
  return out;
}

}  // namespace credence
