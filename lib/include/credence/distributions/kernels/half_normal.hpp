// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/support.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// |z| sd with z standard normal: log f(x) = log 2 - (x / sd)^2 / 2 - log(sd) - log(2 pi) / 2 on x >= 0.
struct half_normal_kernel {
  static constexpr int parameters = 1;       ///< sd
  static constexpr int parameter_terms = 2;  ///< 1 / sd, the normaliser
  static constexpr int variate_terms = 0;

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T sd = kernels::positive(p[0]);
    terms[0] = T(1) / sd;
    terms[1] = T(constants::log_two - constants::half_log_two_pi) - math::log(sd);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T, T*) {}

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T*, const T*, const T* t) {
    const T z = x * t[0];
    return math::select(kernels::not_non_negative(x), kernels::outside(t[1]), math::fma(T(-0.5) * z, z, t[1]));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const T z = x * t[0];
    const bool out = kernels::not_non_negative(x);
    const T zero = kernels::outside_partial(t[1]);
    dx = math::select(out, zero, -z * t[0]);
    dp[0] = math::select(out, zero, math::fma(z, z, T(-1)) * t[0]);
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
