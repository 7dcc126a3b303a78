// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/gamma_functions.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// inverse_gamma(df / 2, 1 / 2): log f(x) = -log Gamma(df / 2) - df / 2 log 2 - (df / 2 + 1) log x - 1 / (2 x) on x >
/// 0.
struct inverse_chi_squared_kernel {
  static constexpr int parameters = 1;       ///< df
  static constexpr int parameter_terms = 2;  ///< the normaliser, its derivative
  static constexpr int variate_terms = 2;    ///< log x, 1 / x

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T half = T(0.5) * kernels::positive(p[0]);
    terms[0] = -(half * T(constants::log_two) + kernels::lgamma(half));
    terms[1] = T(-0.5) * (T(constants::log_two) + kernels::digamma(half));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T x, T* terms) {
    terms[0] = math::log(x);
    terms[1] = T(1) / x;
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T* v, const T* p, const T* t) {
    const T value = t[0] - math::fma(T(0.5), v[1], (T(0.5) * p[0] + T(1)) * v[0]);
    return math::select(kernels::not_positive(x), kernels::outside(t[0]), value);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const bool out = kernels::not_positive(x);
    const T zero = kernels::outside_partial(t[0]);
    dx = math::select(out, zero, zero + (T(0.5) * v[1] - (T(0.5) * p[0] + T(1))) * v[1]);
    dp[0] = math::select(out, zero, math::fma(T(-0.5), v[0], t[1]));
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
