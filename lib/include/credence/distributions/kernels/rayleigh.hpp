// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/support.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// log f(x) = log x - 2 log(scale) - (x / scale)^2 / 2 on x >= 0.
struct rayleigh_kernel {
  static constexpr int parameters = 1;       ///< scale
  static constexpr int parameter_terms = 2;  ///< 1 / scale, -2 log(scale)
  static constexpr int variate_terms = 1;    ///< log x

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T scale = kernels::positive(p[0]);
    terms[0] = T(1) / scale;
    terms[1] = T(-2) * math::log(scale);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T x, T* terms) {
    terms[0] = math::log(x);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T* v, const T*, const T* t) {
    const T z = x * t[0];
    return math::select(kernels::not_non_negative(x), kernels::outside(t[1]), math::fma(T(-0.5) * z, z, t[1] + v[0]));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const T z = x * t[0];
    const bool out = kernels::not_non_negative(x);
    const T zero = kernels::outside_partial(t[1]);
    dx = math::select(out, zero, T(1) / x - z * t[0]);
    dp[0] = math::select(out, zero, math::fma(z, z, T(-2)) * t[0]);
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
