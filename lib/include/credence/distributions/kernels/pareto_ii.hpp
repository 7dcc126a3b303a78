// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/support.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// The Lomax distribution shifted: log f(x) = log(shape / scale) - (shape + 1) log(1 + (x - location) / scale) on
/// x >= location.
struct pareto_ii_kernel {
  static constexpr int parameters = 3;       ///< location, scale, shape
  static constexpr int parameter_terms = 3;  ///< 1 / scale, log(shape / scale), 1 / shape
  static constexpr int variate_terms = 0;

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T scale = kernels::positive(p[1]), shape = kernels::positive(p[2]);
    terms[0] = T(1) / scale;
    terms[1] = kernels::zero_or_nan(p[0]) + math::log(shape) - math::log(scale);
    terms[2] = T(1) / shape;
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T, T*) {}
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T*, const T* p, const T* t) {
    const bool out = (x < p[0]) | (x == kernels::infinity<T>());
    const T z = (x - p[0]) * t[0];
    return math::select(out, kernels::outside(t[1]), t[1] - (p[2] + T(1)) * math::log1p(z));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T*, const T* p, const T* t, T& dx, T* dp) {
    const bool out = (x < p[0]) | (x == kernels::infinity<T>());
    const T zero = kernels::outside_partial(t[1]);
    const T z = (x - p[0]) * t[0], l = math::log1p(z);
    const T w = (p[2] + T(1)) / (T(1) + z);
    dx = math::select(out, zero, -w * t[0]);
    dp[0] = math::select(out, zero, w * t[0]);
    dp[1] = math::select(out, zero, (z * w - T(1)) * t[0]);
    dp[2] = math::select(out, zero, t[2] - l);
    return math::select(out, kernels::outside(t[1]), t[1] - (p[2] + T(1)) * l);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
