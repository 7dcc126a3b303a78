// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/gamma_functions.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// |x| of a student_t(df, 0, scale): its density doubled, on x >= 0.
struct half_student_t_kernel {
  static constexpr int parameters = 2;       ///< df, scale
  static constexpr int parameter_terms = 5;  ///< 1 / scale, 1 / df, 1 / sqrt(df), the normaliser, its derivative by df
  static constexpr int variate_terms = 0;

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T df = kernels::positive(p[0]), scale = kernels::positive(p[1]);
    terms[0] = T(1) / scale;
    terms[1] = T(1) / df;
    terms[2] = T(1) / math::sqrt(df);
    terms[3] = T(constants::log_two) + kernels::lgamma_half_step(T(0.5) * df) -
               T(0.5) * (math::log(df) + T(constants::log_pi)) - math::log(scale);
    terms[4] = T(0.5) * (kernels::digamma_half_step(T(0.5) * df) - terms[1]);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T, T*) {}

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T*, const T* p, const T* t) {
    const T l = kernels::log1p_square(x * t[0], t[1], t[2]);
    return math::select(kernels::not_non_negative(x), kernels::outside(t[3]),
                        math::fma(T(-0.5) * (p[0] + T(1)), l, t[3]));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T*, const T* p, const T* t, T& dx, T* dp) {
    const T z = x * t[0];
    const T l = kernels::log1p_square(z, t[1], t[2]);
    const bool out = kernels::not_non_negative(x);
    const T zero = kernels::outside_partial(t[3]);
    const T w = (p[0] + T(1)) * kernels::square_ratio(z, p[0]);
    dx = math::select(out, zero, -w * t[0]);
    dp[0] = math::select(out, zero, t[4] + T(0.5) * math::fma(z * w, t[1], -l));
    dp[1] = math::select(out, zero, math::fma(z, w, T(-1)) * t[0]);
    return math::select(out, kernels::outside(t[3]), math::fma(T(-0.5) * (p[0] + T(1)), l, t[3]));
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
