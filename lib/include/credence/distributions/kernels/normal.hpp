// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/support.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// log f(x) = -((x - mean) / sd)^2 / 2 - log(sd) - log(2 pi) / 2.
struct normal_kernel {
  static constexpr int parameters = 2;               ///< mean, sd
  static constexpr int parameter_terms = 2;          ///< 1 / sd, the normaliser
  static constexpr unsigned term_parameters = 0b10;  ///< the terms are of the scale alone
  static constexpr int variate_terms = 0;

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T sd = kernels::positive(p[1]);
    terms[0] = T(1) / sd;
    terms[1] = kernels::zero_or_nan(p[0]) - math::log(sd) - T(constants::half_log_two_pi);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T, T*) {}

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T*, const T* p, const T* t) {
    const T z = (x - p[0]) * t[0];
    return math::select(kernels::not_real(x), kernels::outside(t[1]), math::fma(T(-0.5) * z, z, t[1]));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const T z = (x - p[0]) * t[0];
    const bool out = kernels::not_real(x);
    const T zero = kernels::outside_partial(t[1]);
    const T slope = z * t[0];
    dx = math::select(out, zero, -slope);
    dp[0] = math::select(out, zero, slope);
    dp[1] = math::select(out, zero, math::fma(z, z, T(-1)) * t[0]);
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
