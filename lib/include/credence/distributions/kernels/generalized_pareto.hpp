// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/log1p_ratio.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// Exceedances: log f(x) = -log(scale) - (1 + 1 / shape) log(1 + shape z), z = (x - location) / scale, on z >= 0 and,
/// with shape < 0, z <= -1 / shape. Shape 0 is the exponential; the formulas pass through it without loss.
struct generalized_pareto_kernel {
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
    const bool out = (x < p[0]) | (x == kernels::infinity<T>()) | (bend <= T(-1));
    return math::select(out, kernels::outside(t[1]), t[1] - (z * kernels::log1p_ratio(bend) + math::log1p(bend)));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const T z = (x - p[0]) * t[0], bend = p[2] * z;
    const bool out = (x < p[0]) | (x == kernels::infinity<T>()) | (bend <= T(-1));
    const T zero = kernels::outside_partial(t[1]);
    const T r = T(1) / (T(1) + bend), w = (T(1) + p[2]) * r;
    dx = math::select(out, zero, -w * t[0]);
    dp[0] = math::select(out, zero, w * t[0]);
    dp[1] = math::select(out, zero, (z * w - T(1)) * t[0]);
    dp[2] = math::select(out, zero, -z * (z * kernels::log1p_ratio_slope(bend) + r));
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
