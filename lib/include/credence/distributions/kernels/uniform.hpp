// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/support.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// log f(x) = -log(upper - lower) on lower <= x <= upper.
struct uniform_kernel {
  static constexpr int parameters = 2;       ///< lower, upper
  static constexpr int parameter_terms = 2;  ///< -log(upper - lower), 1 / (upper - lower)
  static constexpr int variate_terms = 0;

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T width = kernels::positive(p[1] - p[0]);
    terms[0] = -math::log(width);
    terms[1] = T(1) / width;
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T, T*) {}

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T*, const T* p, const T* t) {
    return math::select((x < p[0]) | (x > p[1]), kernels::outside(t[0]), t[0] + kernels::zero_or_nan(x));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const bool out = (x < p[0]) | (x > p[1]);
    const T zero = kernels::outside_partial(t[0]);
    dx = zero + kernels::zero_or_nan(math::select(out, T(0), x));
    dp[0] = math::select(out, zero, t[1] + dx);
    dp[1] = math::select(out, zero, dx - t[1]);
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
