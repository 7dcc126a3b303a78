// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/log1p_ratio.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// Largest values of any type: log f(x) = -log(scale) - s - log(1 + shape z) - exp(-s), s = log(1 + shape z) / shape,
/// z = (x - location) / scale, where 1 + shape z > 0. Shape 0 is the gumbel, above it a frechet, below a reversed
/// weibull.
struct generalized_extreme_value_kernel {
  static constexpr int parameters = 3;       ///< location, scale, shape
  static constexpr int parameter_terms = 2;  ///< 1 / scale, the normaliser
  static constexpr int variate_terms = 0;

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T scale = kernels::positive(p[1]);
    terms[0] = T(1) / scale;
    terms[1] = kernels::zero_or_nan(p[0]) + kernels::zero_or_nan(p[2]) - math::log(scale);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T, T*) {}
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T*, const T* p, const T* t) {
    const T z = (x - p[0]) * t[0], bend = p[2] * z;
    const bool out = kernels::not_real(x) | (bend <= T(-1));
    const T s = z * kernels::log1p_ratio(bend);
    return math::select(out, kernels::outside(t[1]), t[1] - (s + math::log1p(bend) + math::exp(-s)));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const T z = (x - p[0]) * t[0], bend = p[2] * z;
    const bool out = kernels::not_real(x) | (bend <= T(-1));
    const T zero = kernels::outside_partial(t[1]);
    const T s = z * kernels::log1p_ratio(bend), gap = math::exp(-s) - T(1);
    const T r = T(1) / (T(1) + bend), w = (gap - p[2]) * r;  // by z
    dx = math::select(out, zero, w * t[0]);
    dp[0] = math::select(out, zero, -w * t[0]);
    dp[1] = math::select(out, zero, -math::fma(z, w, T(1)) * t[0]);
    dp[2] = math::select(out, zero, z * (gap * z * kernels::log1p_ratio_slope(bend) - r));
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
