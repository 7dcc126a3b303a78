// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/support.hpp"
#include "credence/special/dual.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// log f(x) = concentration cos(x - mean_direction) - log(2 pi I0(concentration)), for every real x.
struct von_mises_kernel {
  static constexpr int parameters = 2;       ///< mean_direction, concentration
  static constexpr int parameter_terms = 2;  ///< concentration - log(2 pi I0), I1 / I0
  static constexpr int variate_terms = 0;

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T concentration = kernels::positive(p[1]);
    terms[0] = kernels::zero_or_nan(p[0]) - log_scaled_normaliser(concentration);
    terms[1] = special::bessel_ratio(concentration);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T, T*) {}

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T*, const T* p, const T* t) {
    const T half = math::sin(T(0.5) * (x - p[0]));  // cos(a) - 1 = -2 sin(a / 2)^2 keeps its digits near the mode
    return math::select(kernels::not_real(x), kernels::outside(t[0]), math::fma(T(-2) * p[1], half * half, t[0]));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const bool out = kernels::not_real(x);
    const T zero = kernels::outside_partial(t[0]);
    const T angle = x - p[0], pull = p[1] * math::sin(angle);
    dx = math::select(out, zero, zero - pull);
    dp[0] = math::select(out, zero, zero + pull);
    dp[1] = math::select(out, zero, zero + (math::cos(angle) - t[1]));
    return log_pdf(x, v, p, t);
  }

 private:
  /// log(2 pi exp(-k) I0(k)).
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_scaled_normaliser(T k) {
    return math::log(special::bessel_i0_scaled(k)) + T(1.83787706640934548356);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static dual<T> log_scaled_normaliser(dual<T> k) {
    return {log_scaled_normaliser(k.value), (special::bessel_ratio(k.value) - T(1)) * k.tangent};
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
