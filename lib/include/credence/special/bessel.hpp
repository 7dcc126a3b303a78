// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/portable_math.hpp"

#include "credence/special/calls.hpp"

#if CREDENCE_INLINE_MATH || defined(__CUDACC__)
#include "credence/special/bessel_inlined.hpp"
#endif

/// Errors in ulp by region: docs/guide/special.md. Outside the domain the result is NaN; single precision is computed
/// in double and rounded.
namespace credence {
inline namespace CREDENCE_ISA {
namespace special {

/// The modified Bessel function I0. Branch-free, as are all here.
CREDENCE_HD CREDENCE_INLINE double bessel_i0(double x) { return CREDENCE_SPECIAL(bessel_i0)(x); }
CREDENCE_HD CREDENCE_INLINE float bessel_i0(float x) {
  return static_cast<float>(special::bessel_i0(static_cast<double>(x)));
}
/// The modified Bessel function I1.
CREDENCE_HD CREDENCE_INLINE double bessel_i1(double x) { return CREDENCE_SPECIAL(bessel_i1)(x); }
CREDENCE_HD CREDENCE_INLINE float bessel_i1(float x) {
  return static_cast<float>(special::bessel_i1(static_cast<double>(x)));
}
/// exp(-|x|) I0(x).
CREDENCE_HD CREDENCE_INLINE double bessel_i0_scaled(double x) { return CREDENCE_SPECIAL(bessel_i0_scaled)(x); }
CREDENCE_HD CREDENCE_INLINE float bessel_i0_scaled(float x) {
  return static_cast<float>(special::bessel_i0_scaled(static_cast<double>(x)));
}
/// exp(-|x|) I1(x).
CREDENCE_HD CREDENCE_INLINE double bessel_i1_scaled(double x) { return CREDENCE_SPECIAL(bessel_i1_scaled)(x); }
CREDENCE_HD CREDENCE_INLINE float bessel_i1_scaled(float x) {
  return static_cast<float>(special::bessel_i1_scaled(static_cast<double>(x)));
}
/// log I0(x), without overflow.
CREDENCE_HD CREDENCE_INLINE double log_bessel_i0(double x) { return CREDENCE_SPECIAL(log_bessel_i0)(x); }
CREDENCE_HD CREDENCE_INLINE float log_bessel_i0(float x) {
  return static_cast<float>(special::log_bessel_i0(static_cast<double>(x)));
}
/// I1(x) / I0(x): the mean resultant length of the von Mises distribution, and the derivative of log_bessel_i0.
CREDENCE_HD CREDENCE_INLINE double bessel_ratio(double x) { return CREDENCE_SPECIAL(bessel_ratio)(x); }
CREDENCE_HD CREDENCE_INLINE float bessel_ratio(float x) {
  return static_cast<float>(special::bessel_ratio(static_cast<double>(x)));
}

}  // namespace special
}  // namespace CREDENCE_ISA
}  // namespace credence
