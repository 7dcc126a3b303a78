// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/gamma_functions.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// binomial with the log odds as parameter: log f(x) = log C(trials, x) - x log(1 + exp(-logit))
///            - (trials - x) log(1 + exp(logit)).
struct binomial_logit_kernel {
  static constexpr int parameters = 2;       ///< trials, logit
  static constexpr int parameter_terms = 5;  ///< log(trials!), -log(1 + exp(-logit)), -log(1 + exp(logit)), P(1), P(0)
  static constexpr int variate_terms = 1;    ///< log(x!)

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T trials = math::select(math::floor(p[0]) < p[0], kernels::nan<T>(), kernels::non_negative(p[0]));
    const T check = kernels::zero_or_nan(trials) + kernels::zero_or_nan(p[1]);
    terms[0] = kernels::log_factorial(math::select(trials >= T(0), trials, T(0))) + check;
    terms[1] = -math::log1p_exp(-p[1]);
    terms[2] = -math::log1p_exp(p[1]);
    terms[3] = math::inv_logit(p[1]);
    terms[4] = math::inv_logit(-p[1]);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T x, T* terms) {
    terms[0] = kernels::log_factorial(math::select(x < T(0), T(0), x));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T* v, const T* p, const T* t) {
    const bool out = kernels::not_count(x) | (x > p[0]);
    const T rest = math::select(out, T(0), p[0] - x);
    const T value = (t[0] - v[0] - kernels::log_factorial(rest)) + (x * t[1] + rest * t[2]);
    return math::select(out, kernels::outside(t[0]), value);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const bool out = kernels::not_count(x) | (x > p[0]);
    const T zero = kernels::outside_partial(t[0]);
    dx = zero;
    dp[0] = zero;
    dp[1] = math::select(out, zero, zero + (x * t[4] - (p[0] - x) * t[3]));
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
