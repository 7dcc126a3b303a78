// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/gamma_functions.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// log f(x) = x log(rate) - rate - log(x!) for x = 0, 1, 2, ...; with rate 0 all mass is at 0.
struct poisson_kernel {
  static constexpr int parameters = 1;       ///< rate
  static constexpr int parameter_terms = 1;  ///< log(rate)
  static constexpr int variate_terms = 1;    ///< log(x!)

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    terms[0] = math::log(kernels::non_negative(p[0]));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T x, T* terms) {
    terms[0] = kernels::log_factorial(math::select(x < T(0), T(0), x));
  }

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T* v, const T* p, const T* t) {
    const T check = invalid(p[0], t[0]);
    const T value = check + (kernels::times_log(x, t[0]) - p[0] - v[0]);
    return math::select(kernels::not_count(x), kernels::outside(check), value);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const T zero = invalid(p[0], t[0]);
    dx = zero;
    dp[0] = math::select(kernels::not_count(x), zero, zero + (kernels::ratio(x, p[0]) - T(1)));
    return log_pdf(x, v, p, t);
  }

 private:
  /// Zero for a valid rate (0 included, whose logarithm is infinite), NaN otherwise.
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T invalid(T rate, T log_rate) {
    return math::select(rate == T(0), T(0), kernels::zero_or_nan(log_rate));
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
