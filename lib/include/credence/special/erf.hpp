// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/portable_math.hpp"

#include "credence/special/calls.hpp"

#if CREDENCE_INLINE_MATH || defined(__CUDACC__)
#include "credence/special/erf_inlined.hpp"
#endif

/// Errors in ulp by region: docs/guide/special.md. Outside the domain the result is NaN; single precision is computed
/// in double and rounded.
namespace credence {
inline namespace CREDENCE_ISA {
namespace special {

/// 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. Branch-free, as are all here but the inverses.
CREDENCE_HD CREDENCE_INLINE double erf(double x) { return CREDENCE_SPECIAL(erf)(x); }
CREDENCE_HD CREDENCE_INLINE float erf(float x) { return static_cast<float>(special::erf(static_cast<double>(x))); }
/// 1 - erf(x), accurate in the tail.
CREDENCE_HD CREDENCE_INLINE double erfc(double x) { return CREDENCE_SPECIAL(erfc)(x); }
CREDENCE_HD CREDENCE_INLINE float erfc(float x) { return static_cast<float>(special::erfc(static_cast<double>(x))); }
/// exp(x^2) erfc(x), which neither under- nor overflows for x > 0.
CREDENCE_HD CREDENCE_INLINE double erfcx(double x) { return CREDENCE_SPECIAL(erfcx)(x); }
CREDENCE_HD CREDENCE_INLINE float erfcx(float x) { return static_cast<float>(special::erfcx(static_cast<double>(x))); }
/// log(erfc(x)), also where erfc underflows.
CREDENCE_HD CREDENCE_INLINE double log_erfc(double x) { return CREDENCE_SPECIAL(log_erfc)(x); }
CREDENCE_HD CREDENCE_INLINE float log_erfc(float x) {
  return static_cast<float>(special::log_erfc(static_cast<double>(x)));
}
/// x with erf(x) = y, for -1 <= y <= 1.
CREDENCE_HD CREDENCE_INLINE double erf_inv(double y) { return CREDENCE_SPECIAL(erf_inv)(y); }
CREDENCE_HD CREDENCE_INLINE float erf_inv(float y) {
  return static_cast<float>(special::erf_inv(static_cast<double>(y)));
}
/// x with erfc(x) = q, for 0 <= q <= 2; precise for small q.
CREDENCE_HD CREDENCE_INLINE double erfc_inv(double q) { return CREDENCE_SPECIAL(erfc_inv)(q); }
CREDENCE_HD CREDENCE_INLINE float erfc_inv(float q) {
  return static_cast<float>(special::erfc_inv(static_cast<double>(q)));
}
/// The standard normal distribution function; accurate in the lower tail. The upper tail is normal_cdf(-x).
CREDENCE_HD CREDENCE_INLINE double normal_cdf(double x) { return CREDENCE_SPECIAL(normal_cdf)(x); }
CREDENCE_HD CREDENCE_INLINE float normal_cdf(float x) {
  return static_cast<float>(special::normal_cdf(static_cast<double>(x)));
}
/// log(normal_cdf(x)), also where it underflows.
CREDENCE_HD CREDENCE_INLINE double log_normal_cdf(double x) { return CREDENCE_SPECIAL(log_normal_cdf)(x); }
CREDENCE_HD CREDENCE_INLINE float log_normal_cdf(float x) {
  return static_cast<float>(special::log_normal_cdf(static_cast<double>(x)));
}
/// x with normal_cdf(x) = p, for 0 <= p <= 1; precise for small p. For an upper tail q, -normal_quantile(q).
CREDENCE_HD CREDENCE_INLINE double normal_quantile(double p) { return CREDENCE_SPECIAL(normal_quantile)(p); }
CREDENCE_HD CREDENCE_INLINE float normal_quantile(float p) {
  return static_cast<float>(special::normal_quantile(static_cast<double>(p)));
}

}  // namespace special
}  // namespace CREDENCE_ISA
}  // namespace credence
