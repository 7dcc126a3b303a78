// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/gamma_functions.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// beta(a, b) with a = mean precision, b = (1 - mean) precision.
struct beta_proportion_kernel {
  static constexpr int parameters = 2;  ///< mean, precision
  static constexpr int parameter_terms =
      5;  ///< a, b, -log B(a, b), digamma(precision) - digamma(a), digamma(precision) - digamma(b)
  static constexpr int variate_terms = 2;  ///< log x, log(1 - x)

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T mean = math::select((p[0] > T(0)) & (p[0] < T(1)), p[0], kernels::nan<T>());
    const T precision = kernels::positive(p[1]);
    const T a = mean * precision, b = (T(1) - mean) * precision;
    const T sum = kernels::digamma(precision);
    terms[0] = a;
    terms[1] = b;
    terms[2] = kernels::lgamma(precision) - kernels::lgamma(a) - kernels::lgamma(b);
    terms[3] = sum - kernels::digamma(a);
    terms[4] = sum - kernels::digamma(b);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T x, T* terms) {
    terms[0] = math::log(x);
    terms[1] = math::log1p(-x);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T* v, const T*, const T* t) {
    const T value = t[2] + (kernels::times_log(t[0] - T(1), v[0]) + kernels::times_log(t[1] - T(1), v[1]));
    // + x - x: NaN stays NaN where both powers are 0
    return math::select((x < T(0)) | (x > T(1)), kernels::outside(t[2]), value + kernels::zero_or_nan(x));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const bool out = (x < T(0)) | (x > T(1));
    const T zero = kernels::outside_partial(t[2]);
    const T by_a = t[3] + v[0], by_b = t[4] + v[1];
    dx = math::select(out, zero, zero + (kernels::ratio(t[0] - T(1), x) - kernels::ratio(t[1] - T(1), T(1) - x)));
    dp[0] = math::select(out, zero, p[1] * (by_a - by_b));
    dp[1] = math::select(out, zero, p[0] * by_a + (T(1) - p[0]) * by_b);
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
