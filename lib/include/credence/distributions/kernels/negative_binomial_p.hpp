// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/gamma_functions.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// Failures before the given number of successes: log f(x) = log Gamma(x + successes) - log Gamma(successes) - log(x!)
///            + successes log(p) + x log(1 - p).
struct negative_binomial_p_kernel {
  static constexpr int parameters = 2;       ///< successes, probability
  static constexpr int parameter_terms = 4;  ///< log(p), log(1 - p), digamma(successes) - log(p), 1 / (1 - p)
  static constexpr int variate_terms = 1;    ///< log(x!)

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T successes = kernels::positive(p[0]);
    const T chance =
        math::select((p[1] > T(0)) & (p[1] < T(1)), p[1], kernels::nan<T>()) + kernels::zero_or_nan(successes);
    terms[0] = math::log(chance);
    terms[1] = math::log1p(-chance);
    terms[2] = kernels::digamma(successes) - terms[0];
    terms[3] = T(1) / (T(1) - chance);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T x, T* terms) {
    terms[0] = kernels::log_factorial(math::select(x < T(0), T(0), x));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T* v, const T* p, const T* t) {
    const bool out = kernels::not_count(x);
    const T count = math::select(out, T(0), x);
    const T value = (kernels::lgamma_step(p[0], count) - v[0]) + (p[0] * t[0] + x * t[1]);
    return math::select(out, kernels::outside(t[0]), value);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const bool out = kernels::not_count(x);
    const T zero = kernels::outside_partial(t[0]);
    const T count = math::select(out, T(0), x);
    dx = zero;
    dp[0] = math::select(out, zero, kernels::digamma(p[0] + count) - t[2]);
    dp[1] = math::select(out, zero, p[0] / p[1] - x * t[3]);
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
