// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/support.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// log f(x) = log(rate) - rate x on x >= 0.
struct exponential_kernel {
  static constexpr int parameters = 1;       ///< rate
  static constexpr int parameter_terms = 2;  ///< log(rate), 1 / rate
  static constexpr int variate_terms = 0;

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T rate = kernels::positive(p[0]);
    terms[0] = math::log(rate);
    terms[1] = T(1) / rate;
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T, T*) {}

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T*, const T* p, const T* t) {
    return math::select(kernels::not_non_negative(x), kernels::outside(t[0]), math::fma(-p[0], x, t[0]));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const bool out = kernels::not_non_negative(x);
    const T zero = kernels::outside_partial(t[0]);
    dx = math::select(out, zero, zero - p[0]);
    dp[0] = math::select(out, zero, t[1] - x);
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
