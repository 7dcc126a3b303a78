// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/portable_math.hpp"

#include "credence/special/calls.hpp"

#if CREDENCE_INLINE_MATH || defined(__CUDACC__)
#include "credence/special/incomplete_beta_inlined.hpp"
#endif

/// Errors in ulp by region: docs/guide/special.md. Outside the domain the result is NaN; single precision is computed
/// in double and rounded. Source: DLMF 8.17.
namespace credence {
inline namespace CREDENCE_ISA {
namespace special {

/// log B(a, b), without the cancellation of three lgamma.
CREDENCE_HD CREDENCE_INLINE double log_beta(double a, double b) { return CREDENCE_SPECIAL(log_beta)(a, b); }
CREDENCE_HD CREDENCE_INLINE float log_beta(float a, float b) {
  return static_cast<float>(special::log_beta(static_cast<double>(a), static_cast<double>(b)));
}
/// log of n choose k, for real 0 <= k <= n; -infinity outside.
CREDENCE_HD CREDENCE_INLINE double log_binomial(double n, double k) { return CREDENCE_SPECIAL(log_binomial)(n, k); }
CREDENCE_HD CREDENCE_INLINE float log_binomial(float n, float k) {
  return static_cast<float>(special::log_binomial(static_cast<double>(n), static_cast<double>(k)));
}
/// The regularised incomplete beta function I_x(a, b), the distribution function of beta(a, b); a, b > 0, 0 <= x <= 1.
CREDENCE_HD CREDENCE_INLINE double beta_p(double a, double b, double x) { return CREDENCE_SPECIAL(beta_p)(a, b, x); }
CREDENCE_HD CREDENCE_INLINE float beta_p(float a, float b, float x) {
  return static_cast<float>(special::beta_p(static_cast<double>(a), static_cast<double>(b), static_cast<double>(x)));
}
/// 1 - I_x(a, b), accurate in the tail.
CREDENCE_HD CREDENCE_INLINE double beta_q(double a, double b, double x) { return CREDENCE_SPECIAL(beta_q)(a, b, x); }
CREDENCE_HD CREDENCE_INLINE float beta_q(float a, float b, float x) {
  return static_cast<float>(special::beta_q(static_cast<double>(a), static_cast<double>(b), static_cast<double>(x)));
}
/// log I_x(a, b), also where it underflows.
CREDENCE_HD CREDENCE_INLINE double log_beta_p(double a, double b, double x) {
  return CREDENCE_SPECIAL(log_beta_p)(a, b, x);
}
CREDENCE_HD CREDENCE_INLINE float log_beta_p(float a, float b, float x) {
  return static_cast<float>(
      special::log_beta_p(static_cast<double>(a), static_cast<double>(b), static_cast<double>(x)));
}
/// log(1 - I_x(a, b)), also where it underflows.
CREDENCE_HD CREDENCE_INLINE double log_beta_q(double a, double b, double x) {
  return CREDENCE_SPECIAL(log_beta_q)(a, b, x);
}
CREDENCE_HD CREDENCE_INLINE float log_beta_q(float a, float b, float x) {
  return static_cast<float>(
      special::log_beta_q(static_cast<double>(a), static_cast<double>(b), static_cast<double>(x)));
}
/// dI / dx, the density of beta(a, b).
CREDENCE_HD CREDENCE_INLINE double beta_p_derivative_x(double a, double b, double x) {
  return CREDENCE_SPECIAL(beta_p_derivative_x)(a, b, x);
}
CREDENCE_HD CREDENCE_INLINE float beta_p_derivative_x(float a, float b, float x) {
  return static_cast<float>(
      special::beta_p_derivative_x(static_cast<double>(a), static_cast<double>(b), static_cast<double>(x)));
}
/// dI / da.
CREDENCE_HD CREDENCE_INLINE double beta_p_derivative_a(double a, double b, double x) {
  return CREDENCE_SPECIAL(beta_p_derivative_a)(a, b, x);
}
CREDENCE_HD CREDENCE_INLINE float beta_p_derivative_a(float a, float b, float x) {
  return static_cast<float>(
      special::beta_p_derivative_a(static_cast<double>(a), static_cast<double>(b), static_cast<double>(x)));
}
/// dI / db.
CREDENCE_HD CREDENCE_INLINE double beta_p_derivative_b(double a, double b, double x) {
  return CREDENCE_SPECIAL(beta_p_derivative_b)(a, b, x);
}
CREDENCE_HD CREDENCE_INLINE float beta_p_derivative_b(float a, float b, float x) {
  return static_cast<float>(
      special::beta_p_derivative_b(static_cast<double>(a), static_cast<double>(b), static_cast<double>(x)));
}
/// dx / da at fixed I: how a beta(a, b) variate moves with its first parameter.
CREDENCE_HD CREDENCE_INLINE double beta_variate_derivative_a(double a, double b, double x) {
  return CREDENCE_SPECIAL(beta_variate_derivative_a)(a, b, x);
}
CREDENCE_HD CREDENCE_INLINE float beta_variate_derivative_a(float a, float b, float x) {
  return static_cast<float>(
      special::beta_variate_derivative_a(static_cast<double>(a), static_cast<double>(b), static_cast<double>(x)));
}
/// dx / db at fixed I.
CREDENCE_HD CREDENCE_INLINE double beta_variate_derivative_b(double a, double b, double x) {
  return CREDENCE_SPECIAL(beta_variate_derivative_b)(a, b, x);
}
CREDENCE_HD CREDENCE_INLINE float beta_variate_derivative_b(float a, float b, float x) {
  return static_cast<float>(
      special::beta_variate_derivative_b(static_cast<double>(a), static_cast<double>(b), static_cast<double>(x)));
}

}  // namespace special
}  // namespace CREDENCE_ISA
}  // namespace credence
