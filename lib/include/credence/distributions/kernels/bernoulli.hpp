// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/support.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// 0 or 1: log f(x) = x log(p) + (1 - x) log(1 - p).
struct bernoulli_kernel {
  static constexpr int parameters = 1;       ///< probability
  static constexpr int parameter_terms = 4;  ///< log(p), log(1 - p), p, 1 - p (all NaN when p is invalid)
  static constexpr int variate_terms = 0;

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    terms[2] = kernels::probability(p[0]);
    terms[3] = T(1) - terms[2];
    terms[0] = math::log(terms[2]);
    terms[1] = math::log1p(-terms[2]);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T, T*) {}
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T*, const T*, const T* t) {
    const bool out = (x < T(0)) | (x > T(1)) | (math::floor(x) < x);
    const T value = math::select(x == T(1), t[0], t[1]) + kernels::zero_or_nan(math::select(out, T(0), x));
    return math::select(out, kernels::outside(t[2]), value);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const bool out = (x < T(0)) | (x > T(1)) | (math::floor(x) < x);
    const T zero = kernels::outside_partial(t[2]);
    dx = zero;
    dp[0] = math::select(out, zero, math::select(x == T(1), T(1) / t[2], T(-1) / t[3]));
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
