// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/gamma_functions.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// poisson with the logarithm of the rate as parameter: log f(x) = x log_rate - exp(log_rate) - log(x!).
struct poisson_log_kernel {
  static constexpr int parameters = 1;       ///< log_rate
  static constexpr int parameter_terms = 1;  ///< the rate
  static constexpr int variate_terms = 1;    ///< log(x!)

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    terms[0] = math::exp(p[0]) + kernels::zero_or_nan(p[0]);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T x, T* terms) {
    terms[0] = kernels::log_factorial(math::select(x < T(0), T(0), x));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T* v, const T* p, const T* t) {
    const T value = x * p[0] - t[0] - v[0];
    return math::select(kernels::not_count(x), kernels::outside(p[0]), value);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const T zero = kernels::outside_partial(p[0]);
    dx = zero;
    dp[0] = math::select(kernels::not_count(x), zero, x - t[0]);
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
