// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/normal_ratio.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// log f(x) = log(2 phi(z) Phi(shape z) / scale), z = (x - location) / scale.
struct skew_normal_kernel {
  static constexpr int parameters = 3;       ///< location, scale, shape
  static constexpr int parameter_terms = 2;  ///< 1 / scale, log(scale) + log(2 pi) / 2 - log(2)
  static constexpr int variate_terms = 0;

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T scale = kernels::positive(p[1]);
    terms[0] = T(1) / scale + (kernels::zero_or_nan(p[0]) + kernels::zero_or_nan(p[2]));
    terms[1] = math::log(scale) + T(0.22579135264472743236);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T, T*) {}

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T*, const T* p, const T* t) {
    const T z = (x - p[0]) * t[0];
    const T value = special::log_normal_cdf(p[2] * z) - math::fma(T(0.5) * z, z, t[1]);
    return math::select(kernels::not_real(x), kernels::outside(t[0]), value);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const bool out = kernels::not_real(x);
    const T zero = kernels::outside_partial(t[0]);
    const T z = (x - p[0]) * t[0];
    const T ratio = kernels::normal_ratio(p[2] * z);
    const T dz = math::fma(p[2], ratio, -z);
    dx = math::select(out, zero, dz * t[0]);
    dp[0] = math::select(out, zero, -dz * t[0]);
    dp[1] = math::select(out, zero, math::fma(-z, dz, T(-1)) * t[0]);
    dp[2] = math::select(out, zero, z * ratio);
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
