// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/portable_math.hpp"

#include "credence/special/calls.hpp"

#if CREDENCE_INLINE_MATH || defined(__CUDACC__)
#include "credence/special/incomplete_gamma_inlined.hpp"
#endif

/// Errors in ulp by region: docs/guide/special.md. Outside the domain the result is NaN; single precision is computed
/// in double and rounded. Sources: DLMF 8.7, 8.9; N. M. Temme, SIAM J. Math. Anal. 10 (1979).
namespace credence {
inline namespace CREDENCE_ISA {
namespace special {

/// The regularised lower incomplete gamma function P(a, x), the distribution function of gamma(a, 1); a > 0, x >= 0.
CREDENCE_HD CREDENCE_INLINE double gamma_p(double a, double x) { return CREDENCE_SPECIAL(gamma_p)(a, x); }
CREDENCE_HD CREDENCE_INLINE float gamma_p(float a, float x) {
  return static_cast<float>(special::gamma_p(static_cast<double>(a), static_cast<double>(x)));
}
/// Q(a, x) = 1 - P(a, x), accurate in the tail.
CREDENCE_HD CREDENCE_INLINE double gamma_q(double a, double x) { return CREDENCE_SPECIAL(gamma_q)(a, x); }
CREDENCE_HD CREDENCE_INLINE float gamma_q(float a, float x) {
  return static_cast<float>(special::gamma_q(static_cast<double>(a), static_cast<double>(x)));
}
/// log P(a, x), also where P underflows.
CREDENCE_HD CREDENCE_INLINE double log_gamma_p(double a, double x) { return CREDENCE_SPECIAL(log_gamma_p)(a, x); }
CREDENCE_HD CREDENCE_INLINE float log_gamma_p(float a, float x) {
  return static_cast<float>(special::log_gamma_p(static_cast<double>(a), static_cast<double>(x)));
}
/// log Q(a, x), also where Q underflows.
CREDENCE_HD CREDENCE_INLINE double log_gamma_q(double a, double x) { return CREDENCE_SPECIAL(log_gamma_q)(a, x); }
CREDENCE_HD CREDENCE_INLINE float log_gamma_q(float a, float x) {
  return static_cast<float>(special::log_gamma_q(static_cast<double>(a), static_cast<double>(x)));
}
/// dP / dx, the density of gamma(a, 1).
CREDENCE_HD CREDENCE_INLINE double gamma_p_derivative_x(double a, double x) {
  return CREDENCE_SPECIAL(gamma_p_derivative_x)(a, x);
}
CREDENCE_HD CREDENCE_INLINE float gamma_p_derivative_x(float a, float x) {
  return static_cast<float>(special::gamma_p_derivative_x(static_cast<double>(a), static_cast<double>(x)));
}
/// dP / da.
CREDENCE_HD CREDENCE_INLINE double gamma_p_derivative_a(double a, double x) {
  return CREDENCE_SPECIAL(gamma_p_derivative_a)(a, x);
}
CREDENCE_HD CREDENCE_INLINE float gamma_p_derivative_a(float a, float x) {
  return static_cast<float>(special::gamma_p_derivative_a(static_cast<double>(a), static_cast<double>(x)));
}
/// dx / da at fixed P: how a gamma(a, 1) variate moves with its shape, -(dP / da) / (dP / dx) (implicit
/// reparameterization; Figurnov, Mohamed, Mnih 2018). Exact where P and its derivatives underflow, too.
CREDENCE_HD CREDENCE_INLINE double gamma_variate_derivative(double a, double x) {
  return CREDENCE_SPECIAL(gamma_variate_derivative)(a, x);
}
CREDENCE_HD CREDENCE_INLINE float gamma_variate_derivative(float a, float x) {
  return static_cast<float>(special::gamma_variate_derivative(static_cast<double>(a), static_cast<double>(x)));
}

}  // namespace special
}  // namespace CREDENCE_ISA
}  // namespace credence
