// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/gamma_functions.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// A poisson that is not 0: log f(x) = x log(rate) - log(x!) - log(exp(rate) - 1) for x = 1, 2, ...
struct zero_truncated_poisson_kernel {
  static constexpr int parameters = 1;       ///< rate
  static constexpr int parameter_terms = 3;  ///< log(rate), log(exp(rate) - 1), 1 / (1 - exp(-rate))
  static constexpr int variate_terms = 1;    ///< log(x!)

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T rate = kernels::positive(p[0]);
    const T some = -math::expm1(-rate);
    terms[0] = math::log(rate);
    terms[1] = rate + math::log(some);
    terms[2] = T(1) / some;
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T x, T* terms) {
    terms[0] = kernels::log_factorial(math::select(x < T(0), T(0), x));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T* v, const T*, const T* t) {
    const T value = x * t[0] - v[0] - t[1];
    return math::select(kernels::not_count(x) | (x < T(1)), kernels::outside(t[0]), value);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const T zero = kernels::outside_partial(t[0]);
    dx = zero;
    dp[0] = math::select(kernels::not_count(x) | (x < T(1)), zero, x / p[0] - t[2]);
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
