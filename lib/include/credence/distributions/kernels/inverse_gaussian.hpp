// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/support.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// log f(x) = (log(shape) - log(2 pi) - 3 log(x) - shape (x - mean)^2 / (mean^2 x)) / 2 on x > 0.
struct inverse_gaussian_kernel {
  static constexpr int parameters = 2;       ///< mean, shape
  static constexpr int parameter_terms = 3;  ///< (log(shape) - log(2 pi)) / 2, 1 / mean, 1 / (2 shape)
  static constexpr int variate_terms = 2;    ///< log(x), 1 / x

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T mean = kernels::positive(p[0]), shape = kernels::positive(p[1]);
    terms[0] = T(0.5) * math::log(shape) - T(0.91893853320467274178) + kernels::zero_or_nan(mean);
    terms[1] = T(1) / mean;
    terms[2] = T(0.5) / shape;
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T x, T* terms) {
    terms[0] = math::log(x);
    terms[1] = T(1) / x;
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T* v, const T* p, const T* t) {
    const T from_mean = (x - p[0]) * t[1];
    const T value = t[0] - T(1.5) * v[0] - T(0.5) * p[1] * (from_mean * v[1] * from_mean);
    return math::select(kernels::not_positive(x), kernels::outside(t[0]), value);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const bool out = kernels::not_positive(x);
    const T zero = kernels::outside_partial(t[0]);
    const T from_mean = (x - p[0]) * t[1];
    // (1 / mean^2 - 1 / x^2) = (x - mean) / mean * (x + mean) / (mean x^2)
    const T curve = from_mean * (v[1] + t[1]) * v[1];
    dx = math::select(out, zero, T(-1.5) * v[1] - T(0.5) * p[1] * curve);
    dp[0] = math::select(out, zero, p[1] * from_mean * t[1] * t[1]);
    dp[1] = math::select(out, zero, t[2] - T(0.5) * (from_mean * v[1] * from_mean));
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
