// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/portable_math_core.hpp"

#if CREDENCE_INLINE_MATH || defined(__CUDACC__)
#include "credence/base/portable_math_exp.hpp"
#include "credence/base/portable_math_gamma.hpp"
#include "credence/base/portable_math_log.hpp"
#include "credence/base/portable_math_trig.hpp"
#endif
#include "credence/base/portable_math_calls.hpp"

/// Elementary functions for both compilers: branch-free, vectorising, and the same bits everywhere.
///
/// In kernels (`*_simd.cpp`), in device code and where the compiler has fma they are inlined. Elsewhere a call goes to
/// the library's copy for this processor: the same bits, a few nanoseconds. Whole arrays go faster through
/// credence/base/array_math.hpp. Measured errors and the method: docs/design/portable_math.md. NaN gives NaN (of no
/// promised sign or payload); infinities, signed zeros and subnormal numbers as in C's annex F.
///
/// Also here, always inlined: fma, sqrt, abs, floor, select, min, max, copysign, is_nan, infinity, not_a_number
/// (credence/base/portable_math_core.hpp).
namespace credence {
inline namespace CREDENCE_ISA {
namespace math {

/// exp(x): at most 0.95 ulp (f32 1.1).
CREDENCE_HD CREDENCE_INLINE double exp(double x) { return CREDENCE_MATH_F64(exp)(x); }
CREDENCE_HD CREDENCE_INLINE float exp(float x) { return CREDENCE_MATH_F32(exp)(x); }
/// exp(x) for x <= 0, and 0 below -708 (f32: -87): no subnormal results, so about a third cheaper in kernels.
CREDENCE_HD CREDENCE_INLINE double exp_nonpositive(double x) {
#if CREDENCE_INLINE_MATH
  return inlined::exp_nonpositive(x);
#else
  return select(x < -708.0, 0.0, exp(x));
#endif
}
CREDENCE_HD CREDENCE_INLINE float exp_nonpositive(float x) { return select(x < -87.0F, 0.0F, exp(x)); }
/// exp(x) - 1, exact to rounding near 0 too.
CREDENCE_HD CREDENCE_INLINE double expm1(double x) { return CREDENCE_MATH_F64(expm1)(x); }
CREDENCE_HD CREDENCE_INLINE float expm1(float x) { return CREDENCE_MATH_F32(expm1)(x); }
/// 2^x.
CREDENCE_HD CREDENCE_INLINE double exp2(double x) { return CREDENCE_MATH_F64(exp2)(x); }
CREDENCE_HD CREDENCE_INLINE float exp2(float x) { return CREDENCE_MATH_F32(exp2)(x); }
/// Natural logarithm; -infinity at 0, NaN below.
CREDENCE_HD CREDENCE_INLINE double log(double x) { return CREDENCE_MATH_F64(log)(x); }
CREDENCE_HD CREDENCE_INLINE float log(float x) { return CREDENCE_MATH_F32(log)(x); }
/// log(1 + x), exact to rounding near 0 too; -infinity at -1, NaN below.
CREDENCE_HD CREDENCE_INLINE double log1p(double x) { return CREDENCE_MATH_F64(log1p)(x); }
CREDENCE_HD CREDENCE_INLINE float log1p(float x) { return CREDENCE_MATH_F32(log1p)(x); }
/// Logarithm to base 2.
CREDENCE_HD CREDENCE_INLINE double log2(double x) { return CREDENCE_MATH_F64(log2)(x); }
CREDENCE_HD CREDENCE_INLINE float log2(float x) { return CREDENCE_MATH_F32(log2)(x); }
/// x^y for every pair of numbers (C, annex F.10.4.4).
CREDENCE_HD CREDENCE_INLINE double pow(double x, double y) { return CREDENCE_MATH_F64(pow)(x, y); }
CREDENCE_HD CREDENCE_INLINE float pow(float x, float y) { return CREDENCE_MATH_F32(pow)(x, y); }
/// Sine of an angle in radians; accurate for every finite angle, NaN for infinite ones.
CREDENCE_HD CREDENCE_INLINE double sin(double x) { return CREDENCE_MATH_F64(sin)(x); }
CREDENCE_HD CREDENCE_INLINE float sin(float x) { return CREDENCE_MATH_F32(sin)(x); }
/// Cosine, as `sin`.
CREDENCE_HD CREDENCE_INLINE double cos(double x) { return CREDENCE_MATH_F64(cos)(x); }
CREDENCE_HD CREDENCE_INLINE float cos(float x) { return CREDENCE_MATH_F32(cos)(x); }
/// Tangent, as `sin`.
CREDENCE_HD CREDENCE_INLINE double tan(double x) { return CREDENCE_MATH_F64(tan)(x); }
CREDENCE_HD CREDENCE_INLINE float tan(float x) { return CREDENCE_MATH_F32(tan)(x); }
/// Sine and cosine together, for little more than one of them.
CREDENCE_HD CREDENCE_INLINE void sincos(double x, double& s, double& c) { CREDENCE_MATH_F64(sincos)(x, s, c); }
CREDENCE_HD CREDENCE_INLINE void sincos(float x, float& s, float& c) { CREDENCE_MATH_F32(sincos)(x, s, c); }
/// sin(pi x) and cos(pi x): exact reduction, cheaper than `sincos`. Box and Muller's angle is 2 pi u: sincos_pi(2 u).
CREDENCE_HD CREDENCE_INLINE void sincos_pi(double x, double& s, double& c) { CREDENCE_MATH_F64(sincos_pi)(x, s, c); }
CREDENCE_HD CREDENCE_INLINE void sincos_pi(float x, float& s, float& c) { CREDENCE_MATH_F32(sincos_pi)(x, s, c); }
/// Arc tangent, in [-pi/2, pi/2].
CREDENCE_HD CREDENCE_INLINE double atan(double x) { return CREDENCE_MATH_F64(atan)(x); }
CREDENCE_HD CREDENCE_INLINE float atan(float x) { return CREDENCE_MATH_F32(atan)(x); }
/// Arc sine; NaN outside [-1, 1].
CREDENCE_HD CREDENCE_INLINE double asin(double x) { return CREDENCE_MATH_F64(asin)(x); }
CREDENCE_HD CREDENCE_INLINE float asin(float x) { return CREDENCE_MATH_F32(asin)(x); }
/// Arc cosine; NaN outside [-1, 1].
CREDENCE_HD CREDENCE_INLINE double acos(double x) { return CREDENCE_MATH_F64(acos)(x); }
CREDENCE_HD CREDENCE_INLINE float acos(float x) { return CREDENCE_MATH_F32(acos)(x); }
/// Hyperbolic sine.
CREDENCE_HD CREDENCE_INLINE double sinh(double x) { return CREDENCE_MATH_F64(sinh)(x); }
CREDENCE_HD CREDENCE_INLINE float sinh(float x) { return CREDENCE_MATH_F32(sinh)(x); }
/// Hyperbolic cosine.
CREDENCE_HD CREDENCE_INLINE double cosh(double x) { return CREDENCE_MATH_F64(cosh)(x); }
CREDENCE_HD CREDENCE_INLINE float cosh(float x) { return CREDENCE_MATH_F32(cosh)(x); }
/// Hyperbolic tangent.
CREDENCE_HD CREDENCE_INLINE double tanh(double x) { return CREDENCE_MATH_F64(tanh)(x); }
CREDENCE_HD CREDENCE_INLINE float tanh(float x) { return CREDENCE_MATH_F32(tanh)(x); }
/// log(n!) for real n >= 0, that is lgamma(n + 1); NaN below 0.
CREDENCE_HD CREDENCE_INLINE double log_factorial(double x) { return CREDENCE_MATH_F64(log_factorial)(x); }
CREDENCE_HD CREDENCE_INLINE float log_factorial(float x) { return CREDENCE_MATH_F32(log_factorial)(x); }
/// 1 / (1 + exp(-x)), without overflow.
CREDENCE_HD CREDENCE_INLINE double inv_logit(double x) { return CREDENCE_MATH_F64(inv_logit)(x); }
CREDENCE_HD CREDENCE_INLINE float inv_logit(float x) { return CREDENCE_MATH_F32(inv_logit)(x); }
/// log(1 + exp(x)), without overflow.
CREDENCE_HD CREDENCE_INLINE double log1p_exp(double x) { return CREDENCE_MATH_F64(log1p_exp)(x); }
CREDENCE_HD CREDENCE_INLINE float log1p_exp(float x) { return CREDENCE_MATH_F32(log1p_exp)(x); }
/// log(1 - exp(x)) for x <= 0; NaN above.
CREDENCE_HD CREDENCE_INLINE double log1m_exp(double x) { return CREDENCE_MATH_F64(log1m_exp)(x); }
CREDENCE_HD CREDENCE_INLINE float log1m_exp(float x) { return CREDENCE_MATH_F32(log1m_exp)(x); }

}  // namespace math
}  // namespace CREDENCE_ISA
}  // namespace credence
