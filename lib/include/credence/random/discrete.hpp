// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/constants.hpp"
#include "credence/base/portable_math.hpp"
#include "credence/random/uniform.hpp"

#include <cstdint>

/// Counts of one element, by exact methods with bounded work. Each takes block `element`; rejections the attempts
/// above.
namespace credence::random {
inline namespace CREDENCE_ISA {

/// Rates and trial numbers up to this one are drawn; counts are then exact integers in double arithmetic.
inline constexpr double largest_count = 0x1p52;

namespace detail {

/// k log(k / mean) + mean - k without cancellation, for |k - mean| < 0.1 (k + mean).
/// @source Loader, "Fast and accurate computation of binomial probabilities", 2000
CREDENCE_HD CREDENCE_INLINE double poisson_deviance_near(double k, double mean) {
  const double difference = k - mean;
  const double v = difference / (k + mean), s = v * v;
  double series = 1.0 / 17.0;  // v < 0.1: the next term is below 1e-18 of the first
  series = series * s + 1.0 / 15.0;
  series = series * s + 1.0 / 13.0;
  series = series * s + 1.0 / 11.0;
  series = series * s + 1.0 / 9.0;
  series = series * s + 1.0 / 7.0;
  series = series * s + 1.0 / 5.0;
  series = series * s + 1.0 / 3.0;
  return difference * v + 2.0 * k * v * s * series;
}
CREDENCE_HD CREDENCE_INLINE bool near(double k, double mean) { return math::abs(k - mean) < 0.1 * (k + mean); }
CREDENCE_HD CREDENCE_INLINE double poisson_deviance(double k, double mean) {
  return near(k, mean) ? poisson_deviance_near(k, mean) : k * math::log(k / mean) + (mean - k);
}

/// log(k!) minus Stirling's formula, for k >= 16 and for k >= 1.
CREDENCE_HD CREDENCE_INLINE double stirling_error_large(double k) {
  const double s = 1.0 / (k * k);
  return (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - (1.0 / 1680.0 - s / 1188.0) * s) * s) * s) / k;
}
CREDENCE_HD inline double stirling_error(double k) {
  if (k >= 16.0) return stirling_error_large(k);
  return math::log_factorial(k) - (0.5 * math::log(constants::two_pi * k) + k * math::log(k) - k);
}

CREDENCE_HD inline double poisson_log_pmf(double k, double rate) {
  if (k == 0.0) return -rate;
  return -poisson_deviance(k, rate) - stirling_error(k) - 0.5 * math::log(constants::two_pi * k);
}
/// The same bits for most counts, without a branch: for k >= 16 near the rate.
CREDENCE_HD CREDENCE_INLINE double poisson_log_pmf_near(double k, double rate) {
  return -poisson_deviance_near(k, rate) - stirling_error_large(k) - 0.5 * math::log(constants::two_pi * k);
}

/// For 0 < p <= 1/2.
CREDENCE_HD inline double binomial_log_pmf(double k, double n, double p) {
  if (k == 0.0) return n * math::log1p(-p);
  if (k == n) return n * math::log(p);
  return stirling_error(n) - stirling_error(k) - stirling_error(n - k) - poisson_deviance(k, n * p) -
         poisson_deviance(n - k, n * (1.0 - p)) + 0.5 * math::log(n / (constants::two_pi * k * (n - k)));
}
/// The same bits for most counts, without a branch: for k and n - k >= 16 near their means.
CREDENCE_HD CREDENCE_INLINE double binomial_log_pmf_near(double k, double n, double p) {
  return stirling_error_large(n) - stirling_error_large(k) - stirling_error_large(n - k) -
         poisson_deviance_near(k, n * p) - poisson_deviance_near(n - k, n * (1.0 - p)) +
         0.5 * math::log(n / (constants::two_pi * k * (n - k)));
}

/// Inversion: the number of partial sums of the probabilities below u. For rate < 10; ends after at most 128 steps,
/// which covers all but 1e-90 of the mass, far below the spacing of u.
CREDENCE_HD inline std::int64_t poisson_by_inversion(double u, double rate) {
  double term = math::exp(-rate), sum = term;
  std::int64_t k = 0;
  while (u > sum && k < 128) {
    ++k;
    term *= rate / static_cast<double>(k);
    sum += term;
  }
  return k;
}

/// What PTRS needs of the rate.
struct poisson_constants {
  double rate, b, a, log_inverse_alpha, v_r;
};
CREDENCE_HD inline poisson_constants poisson_setup(double rate) {
  const double b = 0.931 + 2.53 * math::sqrt(rate);
  return {rate, b, -0.059 + 0.02483 * b, math::log(1.1239 + 1.1328 / (b - 3.4)), 0.9277 - 3.6224 / (b - 2.0)};
}

CREDENCE_HD CREDENCE_INLINE double poisson_hurdle(const poisson_constants& c, double us, double v) {
  return math::log(v) + c.log_inverse_alpha - math::log(c.a / (us * us) + c.b);
}

/// Transformed rejection for rate >= 10.
/// @source Hoermann, "The transformed rejection method for generating Poisson random variables", IME 12 (1993): PTRS
CREDENCE_HD inline std::int64_t poisson_by_rejection(rng_key key, std::uint64_t element, const poisson_constants& c,
                                                     std::uint64_t first_attempt = 0) {
  for (std::uint64_t attempt = first_attempt; attempt < 0xFFFF; ++attempt) {
    const philox_halves h = block_halves(key, rng_index(element, attempt));
    const double u = unit_f64(h.half[0]) - 0.5, v = unit_f64(h.half[1]);
    const double us = 0.5 - math::abs(u);
    const double k = math::floor((2.0 * c.a / us + c.b) * u + (c.rate + 0.43));
    if (us >= 0.07 && v <= c.v_r) return static_cast<std::int64_t>(k);
    if (k < 0.0 || k > 4.0 * largest_count || (us < 0.013 && v > us)) continue;
    if (poisson_hurdle(c, us, v) <= poisson_log_pmf(k, c.rate)) {
      return static_cast<std::int64_t>(k);
    }
  }
  return static_cast<std::int64_t>(c.rate);  // never reached: each attempt succeeds with a probability above 0.7
}

/// Inversion for n p < 10, p <= 1/2; ends after at most min(n, 256) steps.
CREDENCE_HD inline std::int64_t binomial_by_inversion(double u, std::int64_t n, double p) {
  const double odds = p / (1.0 - p), size = static_cast<double>(n);
  double term = math::exp(size * math::log1p(-p)), sum = term;
  std::int64_t k = 0;
  while (u > sum && k < n && k < 256) {
    ++k;
    const double count = static_cast<double>(k);
    term *= odds * ((size - count + 1.0) / count);
    sum += term;
  }
  return k;
}

/// What BTRS needs of n and p.
struct binomial_constants {
  double n, p, b, a, c, v_r, alpha, log_mode_pmf;
};
CREDENCE_HD inline binomial_constants binomial_setup(std::int64_t trials, double p) {
  const double n = static_cast<double>(trials);
  const double sd = math::sqrt(n * p * (1.0 - p));
  const double b = 1.15 + 2.53 * sd;
  return {n,
          p,
          b,
          -0.0873 + 0.0248 * b + 0.01 * p,
          n * p + 0.5,
          0.92 - 4.2 / b,
          (2.83 + 5.1 / b) * sd,
          binomial_log_pmf(math::floor((n + 1.0) * p), n, p)};
}

CREDENCE_HD CREDENCE_INLINE double binomial_hurdle(const binomial_constants& c, double us, double v) {
  return math::log(v * c.alpha / (c.a / (us * us) + c.b));
}

/// Transformed rejection for n p >= 10, p <= 1/2.
/// @source Hoermann, "The generation of binomial random variates", J. Stat. Comput. Simul. 46 (1993): BTRS
CREDENCE_HD inline std::int64_t binomial_by_rejection(rng_key key, std::uint64_t element, const binomial_constants& c,
                                                      std::uint64_t first_attempt = 0) {
  for (std::uint64_t attempt = first_attempt; attempt < 0xFFFF; ++attempt) {
    const philox_halves h = block_halves(key, rng_index(element, attempt));
    const double u = unit_f64(h.half[0]) - 0.5, v = unit_f64(h.half[1]);
    const double us = 0.5 - math::abs(u);
    const double k = math::floor((2.0 * c.a / us + c.b) * u + c.c);
    if (us >= 0.07 && v <= c.v_r) return static_cast<std::int64_t>(k);
    if (k < 0.0 || k > c.n) continue;
    if (binomial_hurdle(c, us, v) <= binomial_log_pmf(k, c.n, c.p) - c.log_mode_pmf) {
      return static_cast<std::int64_t>(k);
    }
  }
  return static_cast<std::int64_t>(c.n * c.p);  // never reached: each attempt succeeds with a probability above 0.7
}

}  // namespace detail

/// Poisson count; -1 when the rate is negative, NaN or above `largest_count`.
CREDENCE_HD inline std::int64_t poisson(rng_key key, std::uint64_t element, double rate) {
  if (!(rate >= 0.0 && rate <= largest_count)) return -1;
  if (rate < 10.0) return detail::poisson_by_inversion(unit_f64(block_halves(key, rng_index(element)).half[0]), rate);
  return detail::poisson_by_rejection(key, element, detail::poisson_setup(rate));
}

/// Successes in n trials; -1 when n is negative or above `largest_count`, or p is not a probability.
CREDENCE_HD inline std::int64_t binomial(rng_key key, std::uint64_t element, std::int64_t n, double p) {
  if (!(n >= 0 && static_cast<double>(n) <= largest_count && p >= 0.0 && p <= 1.0)) return -1;
  const bool flipped = p > 0.5;
  const double q = flipped ? 1.0 - p : p;
  std::int64_t count = 0;
  if (q > 0.0 && n > 0) {
    count = static_cast<double>(n) * q < 10.0
                ? detail::binomial_by_inversion(unit_f64(block_halves(key, rng_index(element)).half[0]), n, q)
                : detail::binomial_by_rejection(key, element, detail::binomial_setup(n, q));
  }
  return flipped ? n - count : count;
}

}  // namespace CREDENCE_ISA
}  // namespace credence::random
