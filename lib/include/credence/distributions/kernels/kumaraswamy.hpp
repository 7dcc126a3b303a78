// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/support.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// log f(x) = log(a b) + (a - 1) log x + (b - 1) log(1 - x^a) on 0 <= x <= 1.
struct kumaraswamy_kernel {
  static constexpr int parameters = 2;       ///< a, b
  static constexpr int parameter_terms = 3;  ///< log(a b), 1 / a, 1 / b
  static constexpr int variate_terms = 1;    ///< log x

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T a = kernels::positive(p[0]), b = kernels::positive(p[1]);
    terms[0] = math::log(a) + math::log(b);
    terms[1] = T(1) / a;
    terms[2] = T(1) / b;
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T x, T* terms) {
    terms[0] = math::log(x);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T* v, const T* p, const T* t) {
    const T s = p[0] * v[0], y = math::exp(s);
    const T rest = math::select(y < T(0.5), math::log1p(-y), math::log(-math::expm1(s)));  // log(1 - x^a)
    const T value = t[0] + (kernels::times_log(p[0] - T(1), v[0]) + kernels::times_log(p[1] - T(1), rest));
    // + x - x: NaN stays NaN where both powers are 0
    return math::select((x < T(0)) | (x > T(1)), kernels::outside(t[0]), value + kernels::zero_or_nan(x));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const bool out = (x < T(0)) | (x > T(1));
    const T zero = kernels::outside_partial(t[0]);
    const T s = p[0] * v[0], y = math::exp(s), gap = -math::expm1(s);  // gap = 1 - x^a
    const T rest = math::select(y < T(0.5), math::log1p(-y), math::log(gap));
    const T pull = kernels::ratio((p[1] - T(1)) * y, gap);
    const T at_zero =
        math::select(p[0] == T(1), p[1] - T(1), T(0));  // a pull / x in the limit x -> 0, where it is finite
    dx = math::select(out, zero,
                      zero + (kernels::ratio(p[0] - T(1), x) - math::select(x == T(0), at_zero, p[0] * pull / x)));
    const T at_end = math::select(x == T(1), (T(1) - p[1]) * t[1], kernels::times_log(pull, v[0]));
    dp[0] = math::select(out, zero, t[1] + v[0] - at_end);
    dp[1] = math::select(out, zero, t[2] + rest);
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
