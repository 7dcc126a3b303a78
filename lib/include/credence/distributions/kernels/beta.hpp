// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/gamma_functions.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// log f(x) = (a - 1) log x + (b - 1) log(1 - x) - log B(a, b) on 0 <= x <= 1.
struct beta_kernel {
  static constexpr int parameters = 2;       ///< a, b
  static constexpr int parameter_terms = 3;  ///< -log B(a, b), its derivatives by a and by b
  static constexpr int variate_terms = 2;    ///< log x, log(1 - x)

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T a = kernels::positive(p[0]), b = kernels::positive(p[1]);
    const T sum = kernels::digamma(a + b);
    terms[0] = -kernels::log_beta(a, b);
    terms[1] = sum - kernels::digamma(a);
    terms[2] = sum - kernels::digamma(b);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T x, T* terms) {
    terms[0] = math::log(x);
    terms[1] = math::log1p(-x);
  }

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T* v, const T* p, const T* t) {
    const T value = t[0] + (kernels::times_log(p[0] - T(1), v[0]) + kernels::times_log(p[1] - T(1), v[1]));
    // + x - x: NaN stays NaN where both powers are 0
    return math::select((x < T(0)) | (x > T(1)), kernels::outside(t[0]), value + kernels::zero_or_nan(x));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const bool out = (x < T(0)) | (x > T(1));
    const T zero = kernels::outside_partial(t[0]);
    dx = math::select(out, zero, zero + (kernels::ratio(p[0] - T(1), x) - kernels::ratio(p[1] - T(1), T(1) - x)));
    dp[0] = math::select(out, zero, t[1] + v[0]);
    dp[1] = math::select(out, zero, t[2] + v[1]);
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
