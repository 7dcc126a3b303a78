// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/support.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// log f(x) = log(rate) + shape x - rate / shape (exp(shape x) - 1) on x >= 0.
struct gompertz_kernel {
  static constexpr int parameters = 2;       ///< shape, rate
  static constexpr int parameter_terms = 3;  ///< log(rate), 1 / shape, 1 / rate
  static constexpr int variate_terms = 0;

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T shape = kernels::positive(p[0]), rate = kernels::positive(p[1]);
    terms[0] = math::log(rate) + kernels::zero_or_nan(shape);
    terms[1] = T(1) / shape;
    terms[2] = T(1) / rate;
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T, T*) {}

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T*, const T* p, const T* t) {
    const T s = p[0] * x;
    const T value = t[0] + (s - p[1] * t[1] * math::expm1(s));
    return math::select(kernels::not_non_negative(x), kernels::outside(t[0]), value);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const bool out = kernels::not_non_negative(x);
    const T zero = kernels::outside_partial(t[0]);
    const T s = p[0] * x, growth = math::expm1(s);
    dx = math::select(out, zero, zero + (p[0] - p[1] * (growth + T(1))));
    // exp(s) (s - 1) + 1 written so that an infinite growth stays infinite
    dp[0] = math::select(out, zero, x - p[1] * t[1] * t[1] * (growth * (s - T(1)) + s));
    dp[1] = math::select(out, zero, t[2] - t[1] * growth);
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
