// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/portable_math_log.hpp"

/// The bodies of the error functions and the normal distribution function: branch-free but for the inverses. Callers
/// use credence/special/erf.hpp.
namespace credence {
inline namespace CREDENCE_ISA {
namespace special {
namespace inlined {

/// exp(x^2) erfc(x) for x >= 0: (1 + 2 x) times it is a polynomial in (x - c) / (x + c) on all of [0, infinity)
/// (the mapping is Shepherd and Laframboise's, Mathematics of Computation 36, 1981; the coefficients are ours).
CREDENCE_HD CREDENCE_INLINE double erfcx_positive(double x) {
  const double t = (x - 3.75) / (x + 3.75);
  const double series = math::inlined::polynomial(
      t, 0x1.3ccda0b5d5dc2p+0, -0x1.1f367683f89a7p-3, 0x1.d5f2948159e1ep-9, 0x1.510169d09681bp-4, -0x1.bda9309a28a3ep-4,
      0x1.7a14188a997ffp-4, -0x1.e0d0fa6dfc7ccp-5, 0x1.d0b0037dd8e59p-6, -0x1.3f603c346d4ddp-7, 0x1.cc3a0e1b7b92ap-10,
      0x1.33fb250a4fcb2p-12, -0x1.303f9d02ee340p-12, 0x1.b144317e682ffp-15, 0x1.778a0a2ef69cdp-16,
      -0x1.80077c3d762e3p-17, -0x1.0521036d03a52p-20, 0x1.d6a44bc3c7515p-20, -0x1.f55da284c44bdp-25,
      -0x1.182ae550910fap-22, 0x1.a318a0586f7f9p-26, 0x1.5e3d746a00292p-25, -0x1.324415d4c4e16p-28,
      -0x1.b9ee7245fda02p-28, 0x1.39c6b85106cd9p-31, 0x1.daba5c7724d3cp-31, -0x1.6e004120e0ae3p-35,
      -0x1.295b1827ed625p-34);
  return series / math::fma(2.0, x, 1.0);
}

/// exp(-x^2), the square's rounding error kept; for |x| < 60.
CREDENCE_HD CREDENCE_INLINE double exp_minus_square(double x, double factor) {
  const math::inlined::pair square = math::inlined::two_product(x, x);
  const math::inlined::scaled_pair e = math::inlined::exp_pair(-factor * square.hi, -factor * square.lo);
  return math::inlined::scale(e.hi + e.lo, e.k);
}

/// erf(x) for |x| <= 1.
CREDENCE_HD CREDENCE_INLINE double erf_small(double x) {
  return x * math::inlined::polynomial(x * x, 0x1.20dd750429b6dp+0, -0x1.812746b0379e6p-2, 0x1.ce2f21a042b21p-4,
                                       -0x1.b82ce312849afp-6, 0x1.565bcd0db0530p-8, -0x1.c02db3d8f264ep-11,
                                       0x1.f9a321a195b9dp-14, -0x1.f4d1df40274b3p-17, 0x1.b9def1de3f8ebp-20,
                                       -0x1.5f1d38354a7c9p-23, 0x1.f7a41b6768ef8p-27, -0x1.386acc14bb471p-30,
                                       0x1.0579a08899394p-34);
}

/// erfc(x) for x >= 0 as erfcx times exp(-x^2); 0 beyond 27.3.
CREDENCE_HD CREDENCE_INLINE double erfc_tail(double x) {
  const double bounded = math::min(x, 27.5);
  return erfcx_positive(bounded) * exp_minus_square(bounded, 1.0);
}

CREDENCE_HD CREDENCE_INLINE double erf(double x) {
  const double a = math::abs(x);
  const double far = math::copysign(1.0 - erfc_tail(a), x);
  return math::select(a < 0.75, erf_small(x), math::select(x == x, far, x));
}
CREDENCE_HD CREDENCE_INLINE double erfc(double x) {
  const double a = math::abs(x);
  const double tail = erfc_tail(a);
  const double far = math::select(x < 0.0, 2.0 - tail, tail);
  return math::select(a < 0.4, 1.0 - erf_small(x), math::select(x == x, far, x));
}
/// exp(x^2) erfc(x).
CREDENCE_HD CREDENCE_INLINE double erfcx(double x) {
  const double a = math::abs(x);
  const double positive = erfcx_positive(a);
  const double bounded = math::min(a, 27.0);
  // below 0: 2 exp(x^2) - erfcx(-x)
  const double negative = math::fma(2.0, exp_minus_square(bounded, -1.0), -positive);
  const double far = math::select(a > 26.7, math::infinity<double>, negative);
  const double value = math::select(x < 0.0, far, positive);
  return math::select(a < math::infinity<double>, value, math::select(x > 0.0, 0.0, math::select(x == x, a, x)));
}
/// log(erfc(x)).
CREDENCE_HD CREDENCE_INLINE double log_erfc(double x) {
  const double a = math::abs(x);
  const math::inlined::pair square = math::inlined::two_product(a, a);
  const double far = math::inlined::log(erfcx_positive(a)) - square.hi - square.lo;
  const double near = math::inlined::log1p(-inlined::erf(x));
  const double value = math::select(x > 0.75, far, near);
  return math::select(x < math::infinity<double>, value, math::select(x == x, -x, x));
}

inline constexpr double sqrt_half = 0x1.6a09e667f3bcdp-1;

/// erfc(a / sqrt(2)) for a >= 0: the exponent from a itself, so that its error does not grow in the tail.
CREDENCE_HD CREDENCE_INLINE double normal_tail_twice(double a) {
  const double bounded = math::min(a, 38.7);
  return erfcx_positive(bounded * sqrt_half) * exp_minus_square(bounded, 0.5);
}
CREDENCE_HD CREDENCE_INLINE double normal_cdf(double x) {
  const double a = math::abs(x);
  const double tail = 0.5 * normal_tail_twice(a);
  const double scaled = x * sqrt_half;
  const double center = math::fma(0.5, erf_small(math::select(a < 0.75, scaled, 0.0)), 0.5);
  const double far = math::select(x > 0.0, 1.0 - tail, tail);
  return math::select(a < 0.75, center, math::select(x == x, far, x));
}
/// log of the normal distribution function.
CREDENCE_HD CREDENCE_INLINE double log_normal_cdf(double x) {
  const double a = math::abs(x);
  const math::inlined::pair square = math::inlined::two_product(a, a);
  const double below = math::inlined::log(0.5 * erfcx_positive(a * sqrt_half)) - 0.5 * square.hi - 0.5 * square.lo;
  const double above = math::inlined::log1p(-normal_cdf(-x));
  const double value = math::select(x < -1.0, below, above);
  return math::select(x > -math::infinity<double>, value, x);
}

/// x with normal_cdf(x) = p for 0 < p <= 1/2: a rational start (Abramowitz and Stegun 26.2.23, error 4.5e-4), then two
/// steps of Halley's method on log(normal_cdf), which is nearly a parabola in the tail.
CREDENCE_HD inline double normal_quantile_low(double p) {
  const double log_p = math::inlined::log(p);
  const double r = math::sqrt(-2.0 * log_p);
  const double numerator = math::inlined::polynomial(r, 2.515517, 0.802853, 0.010328);
  const double denominator = math::inlined::polynomial(r, 1.0, 1.432788, 0.189269, 0.001308);
  double x = numerator / denominator - r;
  for (int i = 0; i < 2; ++i) {
    // with f = log cdf - log p: f' = density / cdf = h, f'' = -h (x + h)
    const double ratio = erfcx_positive(math::abs(x) * sqrt_half);
    const double h = 0x1.9884533d43651p-1 / ratio;  // sqrt(2 / pi) over erfcx, for x <= 0
    const double f = log_normal_cdf(x) - log_p;
    const double step = f / h;
    x = x - step / (1.0 + 0.5 * step * (x + h));
    x = math::min(x, 0.0);
  }
  // a last Newton step on the cdf itself: log p near log(1/2) carries a rounding error of its own
  const double cdf = normal_cdf(x);
  const double density = 0x1.9884533d43651p-2 * exp_minus_square(math::min(math::abs(x), 38.7), 0.5);
  const double last = (cdf - p) / density;
  return math::select(p > 1e-290, x - last, x);
}
CREDENCE_HD inline double normal_quantile(double p) {
  if (!(p >= 0.0 && p <= 1.0)) return math::not_a_number<double>;
  if (p == 0.0) return -math::infinity<double>;
  if (p == 1.0) return math::infinity<double>;
  return p <= 0.5 ? normal_quantile_low(p) : -normal_quantile_low(1.0 - p);
}

/// erf_inv(y) for |y| <= 1/2: the series' first terms, then Halley's method.
CREDENCE_HD inline double erf_inv_small(double y) {
  const double z = y * y;
  double x = y * math::inlined::polynomial(z, 0.88622692545275801, 0.23201366653465449, 0.12755617530559794,
                                           0.086552129241547533);
  for (int i = 0; i < 2; ++i) {
    const double density = 0x1.20dd750429b6dp+0 * exp_minus_square(x, 1.0);  // 2 / sqrt(pi)
    const double step = (erf_small(x) - y) / density;
    x -= step / math::fma(x, step, 1.0);
  }
  return x;
}
CREDENCE_HD inline double erfc_inv(double q) {
  if (!(q >= 0.0 && q <= 2.0)) return math::not_a_number<double>;
  if (q > 0.5 && q < 1.5) return erf_inv_small(1.0 - q);
  return q < 1.0 ? -normal_quantile(0.5 * q) * sqrt_half : normal_quantile(0.5 * (2.0 - q)) * sqrt_half;
}
CREDENCE_HD inline double erf_inv(double y) {
  if (math::abs(y) <= 0.5) return erf_inv_small(y);
  return y > 0.0 ? erfc_inv(1.0 - y) : -erfc_inv(1.0 + y);
}

}  // namespace inlined
}  // namespace special
}  // namespace CREDENCE_ISA
}  // namespace credence
