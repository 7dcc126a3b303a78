// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/between.hpp"
#include "credence/random/uniform.hpp"

#include <algorithm>
#include <cmath>

namespace credence {

/// A distribution given that low <= X <= high. Either bound may be infinite; it may lie far in a tail.
///
///     log_pdf(truncated{normal{0.0, 1.0}, 40.0, infinity}, 40.01)
template <numeric_distribution D>
struct truncated {
  D base;
  double low;
  double high;
  double log_mass;  ///< log P(low <= X <= high) of the base

  /// @throws domain_error  when the interval is empty or has no mass that a logarithm of a double could hold
  truncated(const D& d, double least, double greatest) : base(d), low(least), high(greatest), log_mass(0.0) {
    if (!(low <= high)) check::fail_domain("truncated", "high", high, "at least low, which is " + check::to_text(low));
    log_mass = log_probability_between(base, before(), high);
    if (!(log_mass > -__builtin_inf())) check::fail_domain("truncated", "mass between the bounds", 0.0, "positive");
  }

  /// What lies below `low`: P(X <= before()) is the mass cut off on the left.
  [[nodiscard]] double before() const { return support(base).discrete ? std::ceil(low) - 1.0 : low; }
};

/// log_pdf of the base minus the logarithm of the mass that was kept; -infinity outside the bounds.
template <numeric_distribution D>
double log_pdf(const truncated<D>& d, double x) {
  if (x != x) return x;
  return x < d.low || x > d.high ? -__builtin_inf() : log_pdf(d.base, x) - d.log_mass;
}

/// log_pdf and its derivatives by x and by the parameters of the base; the bounds are fixed.
template <numeric_distribution D>
auto log_pdf_partials(const truncated<D>& d, double x) {
  auto out = log_pdf_partials(d.base, x);
  if (x < d.low || x > d.high) {
    out.value = -__builtin_inf();
    out.x = 0.0;
    out.parameters.fill(0.0);
    return out;
  }
  const auto mass = log_probability_between_partials(d.base, d.before(), d.high);
  out.value = log_pdf(d, x);
  if (out.value > -__builtin_inf()) {
    for (std::size_t j = 0; j < mass.parameters.size(); ++j) out.parameters[j] -= mass.parameters[j];
  }
  return out;
}

template <numeric_distribution D>
double log_cdf(const truncated<D>& d, double x) {
  if (x != x) return x;
  return x >= d.high ? 0.0 : log_probability_between(d.base, d.before(), x) - d.log_mass;
}
template <numeric_distribution D>
double log_ccdf(const truncated<D>& d, double x) {
  if (x != x) return x;
  return x <= d.before() ? 0.0 : log_probability_between(d.base, std::min(x, d.high), d.high) - d.log_mass;
}
template <numeric_distribution D>
double cdf(const truncated<D>& d, double x) {
  return std::exp(log_cdf(d, x));
}
template <numeric_distribution D>
double ccdf(const truncated<D>& d, double x) {
  return std::exp(log_ccdf(d, x));
}

template <numeric_distribution D>
support_interval support(const truncated<D>& d) {
  support_interval s = support(d.base);
  const double low = s.discrete ? std::ceil(d.low) : d.low, high = s.discrete ? std::floor(d.high) : d.high;
  if (low > s.lower) s.lower = low, s.lower_closed = true;
  if (high < s.upper) s.upper = high, s.upper_closed = true;
  return s;
}

/// The smallest x with cdf(x) >= probability, by bisection: correct to the last bits also where the base's own quantile
/// cannot reach.
/// @throws domain_error  when the probability is not between 0 and 1
template <numeric_distribution D>
double quantile(const truncated<D>& d, double probability) {
  check::probability("truncated", "quantile's probability", probability);
  const support_interval s = support(d);
  if (probability == 0.0) return s.lower;
  if (probability == 1.0) return s.upper;
  const double wanted = std::log(probability), rest = std::log1p(-probability);
  const auto reached = [&](double x) { return probability < 0.5 ? log_cdf(d, x) >= wanted : log_ccdf(d, x) <= rest; };
  double low = s.lower, high = s.upper, step = 1.0;
  const double start = low > -__builtin_inf() ? low : (high < __builtin_inf() ? high : 0.0);
  if (!(low > -__builtin_inf())) {
    for (low = start - step; reached(low); low = start - step) step *= 2.0;
  }
  step = 1.0;
  if (!(high < __builtin_inf())) {
    for (high = start + step; !reached(high); high = start + step) step *= 2.0;
  }
  if (s.discrete && reached(low)) return low;
  for (int i = 0; i < 2000; ++i) {  // ends when no double lies between: at most 64 halvings a power of two
    double middle = low + (high - low) / 2.0;
    if (s.discrete) middle = std::floor(middle);
    if (!(middle > low && middle < high)) break;
    (reached(middle) ? high : low) = middle;
  }
  return high;
}

/// A draw by inversion: a function of the key and the index.
template <numeric_distribution D>
double sample(const truncated<D>& d, rng_key key, std::uint64_t index = 0) {
  return quantile(d, random::uniform(key, index));
}

}  // namespace credence
