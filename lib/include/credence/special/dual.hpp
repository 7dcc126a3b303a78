// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/dual.hpp"

#include "credence/special/bessel.hpp"
#include "credence/special/erf.hpp"
#include "credence/special/gamma.hpp"
#include "credence/special/incomplete_beta.hpp"
#include "credence/special/incomplete_gamma.hpp"
#include "credence/special/lambert_w.hpp"
#include "credence/special/log_sum_exp.hpp"
#include "credence/special/owens_t.hpp"

/// The special functions of duals: the value and its derivative along a direction, by all arguments. Second derivatives
/// by parameters of the incomplete functions do not exist here: those take duals of plain numbers only.
namespace credence {
inline namespace CREDENCE_ISA {

namespace special {
// Declared first, so that duals of duals find them from one another.
#define CREDENCE_DUAL_DECLARE(name) \
  template <class T>                \
  CREDENCE_HD dual<T> name(dual<T> x);
CREDENCE_DUAL_DECLARE(digamma)
CREDENCE_DUAL_DECLARE(trigamma)
CREDENCE_DUAL_DECLARE(erfcx)
CREDENCE_DUAL_DECLARE(bessel_i1)
CREDENCE_DUAL_DECLARE(bessel_ratio)
#undef CREDENCE_DUAL_DECLARE
}  // namespace special

namespace math {
/// log(n!) has the derivative digamma(n + 1).
template <class T>
CREDENCE_HD dual<T> log_factorial(dual<T> n) {
  return {log_factorial(n.value), special::digamma(n.value + T(1)) * n.tangent};
}
}  // namespace math

namespace special {

template <class T>
CREDENCE_HD dual<T> lgamma(dual<T> x) {
  return {lgamma(x.value), digamma(x.value) * x.tangent};
}
template <class T>
CREDENCE_HD dual<T> lgamma_positive(dual<T> x) {
  return {lgamma_positive(x.value), digamma(x.value) * x.tangent};
}
template <class T>
CREDENCE_HD dual<T> digamma(dual<T> x) {
  return {digamma(x.value), trigamma(x.value) * x.tangent};
}
template <class T>
CREDENCE_HD dual<T> trigamma(dual<T> x) {
  return {trigamma(x.value), tetragamma(x.value) * x.tangent};
}

template <class T>
CREDENCE_HD dual<T> multivariate_lgamma(int p, dual<T> a) {
  T slope = T(0);
  for (int j = 0; j < p; ++j) slope += digamma(a.value - T(0.5 * j));
  return {multivariate_lgamma(p, a.value), slope * a.tangent};
}

template <class T>
CREDENCE_HD dual<T> erf(dual<T> x) {
  return {erf(x.value), T(1.1283791670955126) * math::exp(-x.value * x.value) * x.tangent};
}
template <class T>
CREDENCE_HD dual<T> erfc(dual<T> x) {
  return {erfc(x.value), T(-1.1283791670955126) * math::exp(-x.value * x.value) * x.tangent};
}
template <class T>
CREDENCE_HD dual<T> erfcx(dual<T> x) {
  const T value = erfcx(x.value);
  return {value, (T(2) * x.value * value - T(1.1283791670955126)) * x.tangent};
}
template <class T>
CREDENCE_HD dual<T> log_erfc(dual<T> x) {
  return {log_erfc(x.value), T(-1.1283791670955126) / erfcx(x.value) * x.tangent};
}
template <class T>
CREDENCE_HD dual<T> erf_inv(dual<T> y) {
  const T value = erf_inv(y.value);
  return {value, T(0.88622692545275801) * math::exp(value * value) * y.tangent};
}
template <class T>
CREDENCE_HD dual<T> normal_cdf(dual<T> x) {
  return {normal_cdf(x.value), T(0.3989422804014327) * math::exp(T(-0.5) * x.value * x.value) * x.tangent};
}
/// The derivative is density over distribution function, sqrt(2 / pi) / erfcx(-x / sqrt(2)).
template <class T>
CREDENCE_HD dual<T> log_normal_cdf(dual<T> x) {
  return {log_normal_cdf(x.value), T(0.79788456080286541) / erfcx(T(-0.70710678118654752) * x.value) * x.tangent};
}
template <class T>
CREDENCE_HD dual<T> normal_quantile(dual<T> p) {
  const T value = normal_quantile(p.value);
  return {value, T(2.5066282746310002) * math::exp(T(0.5) * value * value) * p.tangent};
}

template <class T>
CREDENCE_HD dual<T> bessel_i0(dual<T> x) {
  return {bessel_i0(x.value), bessel_i1(x.value) * x.tangent};
}
/// I1' = I0 - I1 / x, 1/2 at 0.
template <class T>
CREDENCE_HD dual<T> bessel_i1(dual<T> x) {
  const T value = bessel_i1(x.value);
  const T over = math::select(x.value == T(0), T(0.5), value / x.value);
  return {value, (bessel_i0(x.value) - over) * x.tangent};
}
template <class T>
CREDENCE_HD dual<T> log_bessel_i0(dual<T> x) {
  return {log_bessel_i0(x.value), bessel_ratio(x.value) * x.tangent};
}
/// With r = I1 / I0: r' = 1 - r / x - r^2.
template <class T>
CREDENCE_HD dual<T> bessel_ratio(dual<T> x) {
  const T r = bessel_ratio(x.value);
  const T over = math::select(x.value == T(0), T(0.5), r / x.value);
  return {r, (T(1) - over - r * r) * x.tangent};
}

/// W' = 1 / (x + exp(W)).
template <class T>
CREDENCE_HD dual<T> lambert_w0(dual<T> x) {
  const T w = lambert_w0(x.value);
  return {w, x.tangent / (x.value + math::exp(w))};
}
template <class T>
CREDENCE_HD dual<T> lambert_wm1(dual<T> x) {
  const T w = lambert_wm1(x.value);
  return {w, x.tangent / (x.value + math::exp(w))};
}

/// dT/dh = -exp(-h^2 / 2) erf(a h / sqrt(2)) / (2 sqrt(2 pi)), dT/da = exp(-h^2 (1 + a^2) / 2) / (2 pi (1 + a^2)).
template <class T>
CREDENCE_HD dual<T> owens_t(dual<T> h, dual<T> a) {
  const T square = h.value * h.value, more = T(1) + a.value * a.value;
  const T by_h =
      T(-0.19947114020071635) * math::exp(T(-0.5) * square) * erf(a.value * h.value * T(0.70710678118654752));
  const T by_a = T(0.15915494309189535) * math::exp(T(-0.5) * square * more) / more;
  return {owens_t(h.value, a.value), math::fma(by_h, h.tangent, by_a * a.tangent)};
}

template <class T>
CREDENCE_HD dual<T> log_beta(dual<T> a, dual<T> b) {
  const T sum = digamma(a.value + b.value);
  return {log_beta(a.value, b.value),
          math::fma(digamma(a.value) - sum, a.tangent, (digamma(b.value) - sum) * b.tangent)};
}
template <class T>
CREDENCE_HD dual<T> log_binomial(dual<T> n, dual<T> k) {
  const T rest = digamma(n.value - k.value + T(1));
  return {log_binomial(n.value, k.value),
          math::fma(digamma(n.value + T(1)) - rest, n.tangent, (rest - digamma(k.value + T(1))) * k.tangent)};
}

template <class T>
CREDENCE_HD T gamma_p_tangent(dual<T> a, dual<T> x) {
  return math::fma(gamma_p_derivative_a(a.value, x.value), a.tangent,
                   gamma_p_derivative_x(a.value, x.value) * x.tangent);
}
template <class T>
CREDENCE_HD dual<T> gamma_p(dual<T> a, dual<T> x) {
  return {gamma_p(a.value, x.value), gamma_p_tangent(a, x)};
}
template <class T>
CREDENCE_HD dual<T> gamma_q(dual<T> a, dual<T> x) {
  return {gamma_q(a.value, x.value), -gamma_p_tangent(a, x)};
}

template <class T>
CREDENCE_HD T beta_p_tangent(dual<T> a, dual<T> b, dual<T> x) {
  const T parameters = math::fma(beta_p_derivative_a(a.value, b.value, x.value), a.tangent,
                                 beta_p_derivative_b(a.value, b.value, x.value) * b.tangent);
  return math::fma(beta_p_derivative_x(a.value, b.value, x.value), x.tangent, parameters);
}
template <class T>
CREDENCE_HD dual<T> beta_p(dual<T> a, dual<T> b, dual<T> x) {
  return {beta_p(a.value, b.value, x.value), beta_p_tangent(a, b, x)};
}
template <class T>
CREDENCE_HD dual<T> beta_q(dual<T> a, dual<T> b, dual<T> x) {
  return {beta_q(a.value, b.value, x.value), -beta_p_tangent(a, b, x)};
}

}  // namespace special
}  // namespace CREDENCE_ISA
}  // namespace credence
