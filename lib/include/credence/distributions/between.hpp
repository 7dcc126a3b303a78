// SPDX-License-Identifier: BSD-3-Clause
#pragma once

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

}  // namespace credence
