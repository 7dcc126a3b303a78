// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/gamma_functions.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// log f(x) = log Gamma((df + 1) / 2) - log Gamma(df / 2) - log(pi df) / 2 - log(scale)
///            - (df + 1) / 2 log(1 + z^2 / df),  z = (x - location) / scale.
struct student_t_kernel {
  static constexpr int parameters = 3;       ///< df, location, scale
  static constexpr int parameter_terms = 5;  ///< 1 / scale, 1 / df, 1 / sqrt(df), the normaliser, its derivative by df
  static constexpr unsigned term_parameters = 0b101;  ///< the terms are of df and scale
  static constexpr int variate_terms = 0;

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T df = kernels::positive(p[0]), scale = kernels::positive(p[2]);
    terms[0] = T(1) / scale;
    terms[1] = T(1) / df;
    terms[2] = T(1) / math::sqrt(df);
    terms[3] = kernels::zero_or_nan(p[1]) + kernels::lgamma_half_step(T(0.5) * df) -
               T(0.5) * (math::log(df) + T(constants::log_pi)) - math::log(scale);
    terms[4] = T(0.5) * (kernels::digamma_half_step(T(0.5) * df) - terms[1]);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T, T*) {}

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T*, const T* p, const T* t) {
    const T z = (x - p[1]) * t[0];
    const T l = kernels::log1p_square(z, t[1], t[2]);
    return math::select(kernels::not_real(x), kernels::outside(t[3]), math::fma(T(-0.5) * (p[0] + T(1)), l, t[3]));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T*, const T* p, const T* t, T& dx, T* dp) {
    const T z = (x - p[1]) * t[0];
    const T l = kernels::log1p_square(z, t[1], t[2]);
    const bool out = kernels::not_real(x);
    const T zero = kernels::outside_partial(t[3]);
    const T w = (p[0] + T(1)) * kernels::square_ratio(z, p[0]);
    dx = math::select(out, zero, -w * t[0]);
    dp[0] = math::select(out, zero, t[4] + T(0.5) * math::fma(z * w, t[1], -l));
    dp[1] = math::select(out, zero, w * t[0]);
    dp[2] = math::select(out, zero, math::fma(z, w, T(-1)) * t[0]);
    return math::select(out, kernels::outside(t[3]), math::fma(T(-0.5) * (p[0] + T(1)), l, t[3]));
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
