// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/gamma_functions.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// Successes in independent trials: log f(x) = log C(trials, x) + x log(p) + (trials - x) log(1 - p).
struct binomial_kernel {
  static constexpr int parameters = 2;       ///< trials, probability
  static constexpr int parameter_terms = 5;  ///< log(trials!), log(p), log(1 - p), p, 1 - p
  static constexpr int variate_terms = 1;    ///< log(x!)

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T trials = math::select(math::floor(p[0]) < p[0], kernels::nan<T>(), kernels::non_negative(p[0]));
    terms[3] = kernels::probability(p[1]) + kernels::zero_or_nan(trials);
    terms[4] = T(1) - terms[3];
    terms[0] = kernels::log_factorial(math::select(trials >= T(0), trials, T(0))) + kernels::zero_or_nan(terms[3]);
    terms[1] = math::log(terms[3]);
    terms[2] = math::log1p(-terms[3]);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T x, T* terms) {
    terms[0] = kernels::log_factorial(math::select(x < T(0), T(0), x));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T* v, const T* p, const T* t) {
    const bool out = kernels::not_count(x) | (x > p[0]);
    const T rest = math::select(out, T(0), p[0] - x);
    const T value =
        (t[0] - v[0] - kernels::log_factorial(rest)) + (kernels::times_log(x, t[1]) + kernels::times_log(rest, t[2]));
    return math::select(out, kernels::outside(t[3]), value);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const bool out = kernels::not_count(x) | (x > p[0]);
    const T zero = kernels::outside_partial(t[3]);
    dx = zero;
    dp[0] = zero;
    dp[1] = math::select(out, zero, kernels::ratio(x, t[3]) - kernels::ratio(p[0] - x, t[4]));
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
