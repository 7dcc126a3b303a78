// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/cdf_partials.hpp"
#include "credence/distributions/functions.hpp"

#include <cmath>

namespace credence {

namespace detail {
/// log(exp(a) - exp(b)), a >= b.
inline double log_difference(double a, double b) {
  if (b == -__builtin_inf()) return a;
  const double gap = b - a;
  return a + (gap > -0.6931471805599453 ? std::log(-std::expm1(gap)) : std::log1p(-std::exp(gap)));
}
}  // namespace detail

/// log P(low < X <= high), from the tail in which both lie, so that far intervals keep their digits. -infinity where
/// high <= low, NaN where one of them is. The likelihood of an interval-censored observation.
template <numeric_distribution D>
double log_probability_between(const D& d, double low, double high) {
  if (low != low || high != high) return low + high;
  if (!(low < high)) return -__builtin_inf();
  if (cdf(d, low) < 0.5) return detail::log_difference(log_cdf(d, high), log_cdf(d, low));
  return detail::log_difference(log_ccdf(d, low), log_ccdf(d, high));
}

/// log_probability_between and its derivatives by each parameter (`x` is 0).
template <numeric_distribution D>
auto log_probability_between_partials(const D& d, double low, double high) {
  log_pdf_gradient<std::tuple_size_v<decltype(parameter_array(d))>> out{log_probability_between(d, low, high), 0.0, {}};
  out.parameters.fill(out.value != out.value ? out.value : 0.0);
  if (!(out.value > -__builtin_inf())) return out;
  // d log(F(high) - F(low)) = (slope(low) f(low) - slope(high) f(high)) / (F(high) - F(low))
  const auto add = [&](double x, double sign) {
    const auto slopes = variate_slopes(d, x);
    const double weight = std::exp(detail::log_pdf_of_tail(d, x) - out.value);
    for (std::size_t j = 0; j < slopes.size(); ++j) {
      if (slopes[j] != 0.0) out.parameters[j] += sign * slopes[j] * weight;
    }
  };
  add(low, 1.0);
  add(high, -1.0);
  return out;
}

}  // namespace credence
