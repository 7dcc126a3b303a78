// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/support.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// Failures before the first success: log f(x) = log(p) + x log(1 - p).
struct geometric_kernel {
  static constexpr int parameters = 1;       ///< probability
  static constexpr int parameter_terms = 4;  ///< log(p), log(1 - p), 1 / p, 1 / (1 - p)
  static constexpr int variate_terms = 0;

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T chance = math::select((p[0] > T(0)) & (p[0] < T(1)), p[0], kernels::nan<T>());
    terms[0] = math::log(chance);
    terms[1] = math::log1p(-chance);
    terms[2] = T(1) / chance;
    terms[3] = T(1) / (T(1) - chance);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T, T*) {}
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T*, const T*, const T* t) {
    return math::select(kernels::not_count(x), kernels::outside(t[0]), math::fma(x, t[1], t[0]));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const T zero = kernels::outside_partial(t[0]);
    dx = zero;
    dp[0] = math::select(kernels::not_count(x), zero, t[2] - x * t[3]);
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
