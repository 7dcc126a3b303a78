// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/portable_math.hpp"
#include "credence/random/normal.hpp"

#include <cstdint>

namespace credence::random {
inline namespace CREDENCE_ISA {

/// A gamma variate and its logarithm. For small shapes the value underflows to 0 long before the logarithm is lost.
struct gamma_draw {
  double value;
  double log_value;
};

/// A beta variate x with log(x) and log(1 - x).
struct beta_draw {
  double value;
  double log_value;
  double log_complement;
};

namespace detail {

inline constexpr std::uint64_t boost_attempt = 0xFFFF;  ///< the attempt number that holds the boost's uniform
inline constexpr double gamma_sure_shape = 1e8;         ///< above it a proposal is refused less than 3e-10 of the time

/// What depends on the shape only.
struct gamma_constants {
  double d, c;
};
CREDENCE_HD CREDENCE_INLINE gamma_constants gamma_setup(double shape_at_least_1) {
  const double d = shape_at_least_1 - 1.0 / 3.0;
  return {d, 1.0 / math::sqrt(9.0 * d)};
}

/// One proposal of Marsaglia and Tsang from one block; branch-free. Accepted when `margin` is positive. The normal is
/// radius * sin(angle): 52 bits of radius, 32 of angle; the uniform that decides has 32 bits.
/// Above `gamma_sure_shape` all are accepted: there the test would only measure its own rounding.
CREDENCE_HD CREDENCE_INLINE double gamma_proposal(std::uint64_t first_half, std::uint64_t second_half,
                                                  gamma_constants k, double& margin) {
  const double radius = math::sqrt(-2.0 * math::log(unit_f64(first_half)));
  const std::int32_t angle = static_cast<std::int32_t>(second_half & 0xFFFFFFFFULL);
  const double x = radius * quarter_turn_sine((static_cast<double>(angle) + 0.5) * 0x1p-31);
  const double u = from_bits(0x4330000000000000ULL | (second_half >> 32)) - 0x1.fffffffffffffp51;  // times 2^32
  const double root = 1.0 + k.c * x;
  const double v = root * root * root;
  const double safe_v = math::select(root > 0.0, v, 1.0);
  const double bound = 0.5 * (x * x) + k.d * ((1.0 - safe_v) + math::log(safe_v));
  const double decided = math::select(k.d > gamma_sure_shape, 1.0, bound - math::log(u * 0x1p-32));
  margin = math::select(root > 0.0, decided, -1.0);
  return k.d * safe_v;
}

CREDENCE_HD CREDENCE_INLINE double gamma_at_least_1(rng_key key, std::uint64_t element, gamma_constants k,
                                                    std::uint64_t first_attempt = 0) {
  for (std::uint64_t attempt = first_attempt; attempt < boost_attempt; ++attempt) {
    const philox_halves h = block_halves(key, rng_index(element, attempt));
    double margin = 0.0;
    const double value = gamma_proposal(h.half[0], h.half[1], k, margin);
    if (margin > 0.0) return value;
  }
  return k.d;  // never reached: each attempt succeeds with a probability above 0.95
}

/// log(U) / shape, what a variate of shape + 1 is multiplied by (on the log scale) to have the shape.
CREDENCE_HD CREDENCE_INLINE double gamma_log_boost(rng_key key, std::uint64_t element, double shape) {
  return math::log(unit_f64(block_halves(key, rng_index(element, boost_attempt)).half[0])) / shape;
}

CREDENCE_HD CREDENCE_INLINE bool valid_shape(double shape) { return shape > 0.0 && shape < __builtin_inf(); }

}  // namespace detail

/// Gamma with that shape and rate 1, and its logarithm. NaN when the shape is not positive and finite.
/// Element < 2^48, one block an attempt. Shapes below 1 come from shape + 1 by a boost in log space.
/// @source Marsaglia, Tsang, "A simple method for generating gamma variables", ACM TOMS 26 (2000)
CREDENCE_HD CREDENCE_INLINE gamma_draw gamma_with_log(rng_key key, std::uint64_t element, double shape) {
  if (!detail::valid_shape(shape)) return {__builtin_nan(""), __builtin_nan("")};
  const bool boosted = shape < 1.0;
  const double value = detail::gamma_at_least_1(key, element, detail::gamma_setup(boosted ? shape + 1.0 : shape));
  if (!boosted) return {value, math::log(value)};
  const double log_value = math::log(value) + detail::gamma_log_boost(key, element, shape);
  return {math::exp(log_value), log_value};
}

/// Gamma with that shape and rate 1: gamma_with_log without the logarithm, the same bits.
CREDENCE_HD CREDENCE_INLINE double gamma(rng_key key, std::uint64_t element, double shape) {
  if (shape >= 1.0 && shape < __builtin_inf()) {
    return detail::gamma_at_least_1(key, element, detail::gamma_setup(shape));
  }
  return gamma_with_log(key, element, shape).value;
}

/// Beta(a, b) from the gammas of elements 2 * element and 2 * element + 1 (element < 2^47), in log space, so that tiny a and b are safe.
/// NaN when a or b is not positive and finite.
CREDENCE_HD CREDENCE_INLINE beta_draw beta_with_logs(rng_key key, std::uint64_t element, double a, double b) {
  const gamma_draw x = gamma_with_log(key, 2 * element, a), y = gamma_with_log(key, 2 * element + 1, b);
  const double logit = x.log_value - y.log_value;
  const bool direct = a >= 1.0 && b >= 1.0;  // cheaper, and without the rounding of the logarithms
  return {direct ? x.value / (x.value + y.value) : math::inv_logit(logit), -math::log1p_exp(-logit),
          -math::log1p_exp(logit)};
}

/// beta_with_logs without the logarithms, the same bits.
CREDENCE_HD CREDENCE_INLINE double beta(rng_key key, std::uint64_t element, double a, double b) {
  if (a >= 1.0 && b >= 1.0) {
    const double x = gamma(key, 2 * element, a), y = gamma(key, 2 * element + 1, b);
    return x / (x + y);
  }
  const gamma_draw x = gamma_with_log(key, 2 * element, a), y = gamma_with_log(key, 2 * element + 1, b);
  return math::inv_logit(x.log_value - y.log_value);
}

/// Dirichlet(concentration[0..n)) into out[0..n), from the gammas of elements element * n + k; in log space, so that
/// tiny concentrations still sum to 1. All NaN when a concentration is not positive and finite.
CREDENCE_HD inline void dirichlet(rng_key key, std::uint64_t element, const double* concentration, std::int64_t n,
                                  double* out) {
  double largest = -__builtin_inf();
  for (std::int64_t k = 0; k < n; ++k) {
    out[k] =
        gamma_with_log(key, element * static_cast<std::uint64_t>(n) + static_cast<std::uint64_t>(k), concentration[k])
            .log_value;
    largest = out[k] > largest || out[k] != out[k] ? out[k] : largest;
  }
  double sum = 0.0;
  for (std::int64_t k = 0; k < n; ++k) {
    out[k] = math::exp(out[k] - largest);
    sum += out[k];
  }
  for (std::int64_t k = 0; k < n; ++k) out[k] /= sum;
}

}  // namespace CREDENCE_ISA
}  // namespace credence::random
