// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/gamma_functions.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// 0 with probability zero_probability, else a poisson(rate), which may be 0 too.
struct zero_inflated_poisson_kernel {
  static constexpr int parameters = 2;  ///< zero_probability, rate
  static constexpr int parameter_terms =
      5;  ///< log(rate), log P(0), d log P(0) by zero_probability and by rate, log(1 - zero_probability)
  static constexpr int variate_terms = 1;  ///< log(x!)

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T extra = kernels::probability(p[0]), rate = kernels::positive(p[1]);
    const T none = math::exp(-rate), rest = T(1) - extra;
    const T at_zero = extra + rest * none;
    terms[0] = math::log(rate) + kernels::zero_or_nan(extra);
    terms[1] = math::select(extra < T(0.5), math::log1p(rest * math::expm1(-rate)), math::log(at_zero));
    terms[2] = -math::expm1(-rate) / at_zero;
    terms[3] = -rest * none / at_zero;
    terms[4] = math::log1p(-extra);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T x, T* terms) {
    terms[0] = kernels::log_factorial(math::select(x < T(0), T(0), x));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T* v, const T* p, const T* t) {
    const T value = math::select(x == T(0), t[1], t[4] + (x * t[0] - p[1] - v[0]));
    return math::select(kernels::not_count(x), kernels::outside(t[0]), value);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const bool out = kernels::not_count(x);
    const T zero = kernels::outside_partial(t[0]);
    dx = zero;
    dp[0] = math::select(out, zero, math::select(x == T(0), t[2], T(-1) / (T(1) - p[0])));
    dp[1] = math::select(out, zero, math::select(x == T(0), t[3], x / p[1] - T(1)));
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
