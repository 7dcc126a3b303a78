// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/between.hpp"

#include <algorithm>

namespace credence {

/// What an instrument shows that cannot show values outside [low, high]: X clipped to the interval. An observation at a
/// bound contributes the probability beyond it, one inside its density. Either bound may be infinite.
template <numeric_distribution D>
struct censored {
  D base;
  double low;
  double high;

  /// @throws domain_error  when low is not below high
  censored(const D& d, double least, double greatest) : base(d), low(least), high(greatest) {
    if (!(low < high)) check::fail_domain("censored", "high", high, "above low, which is " + check::to_text(low));
  }
};

/// The logarithm of the density inside, of P(X <= low) at low, of P(X >= high) at high; -infinity beyond the bounds.
template <numeric_distribution D>
double log_pdf(const censored<D>& d, double x) {
  if (x != x) return x;
  if (x < d.low || x > d.high) return -__builtin_inf();
  if (x == d.low) return log_cdf(d.base, x);
  if (x == d.high) return log_ccdf(d.base, support(d.base).discrete ? __builtin_ceil(x) - 1.0 : x);
  return log_pdf(d.base, x);
}

/// log_pdf and its derivatives by x (0 at the bounds, which are fixed) and by the parameters of the base.
template <numeric_distribution D>
auto log_pdf_partials(const censored<D>& d, double x) {
  auto out = log_pdf_partials(d.base, x);
  if (x == d.low) out = log_cdf_partials(d.base, x);
  if (x == d.high) out = log_ccdf_partials(d.base, support(d.base).discrete ? __builtin_ceil(x) - 1.0 : x);
  if (x == d.low || x == d.high) out.x = 0.0;
  if (x < d.low || x > d.high) {
    out.value = -__builtin_inf();
    out.x = 0.0;
    out.parameters.fill(0.0);
  }
  return out;
}

template <numeric_distribution D>
double sample(const censored<D>& d, rng_key key, std::uint64_t index = 0) {
  return std::clamp(sample(d.base, key, index), d.low, d.high);
}

}  // namespace credence
