// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/support.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// log f(x) = -log(pi scale) - log(1 + ((x - location) / scale)^2).
struct cauchy_kernel {
  static constexpr int parameters = 2;               ///< location, scale
  static constexpr int parameter_terms = 2;          ///< 1 / scale, the normaliser
  static constexpr unsigned term_parameters = 0b10;  ///< the terms are of the scale alone
  static constexpr int variate_terms = 0;

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T scale = kernels::positive(p[1]);
    terms[0] = T(1) / scale;
    terms[1] = kernels::zero_or_nan(p[0]) - math::log(scale) - T(constants::log_pi);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T, T*) {}

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T*, const T* p, const T* t) {
    const T z = (x - p[0]) * t[0];
    return math::select(kernels::not_real(x), kernels::outside(t[1]), t[1] - kernels::log1p_square(z, T(1), T(1)));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const T z = (x - p[0]) * t[0];
    const bool out = kernels::not_real(x);
    const T zero = kernels::outside_partial(t[1]);
    const T w = T(2) * kernels::square_ratio(z, T(1));
    dx = math::select(out, zero, -w * t[0]);
    dp[0] = math::select(out, zero, w * t[0]);
    dp[1] = math::select(out, zero, math::fma(z, w, T(-1)) * t[0]);
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
