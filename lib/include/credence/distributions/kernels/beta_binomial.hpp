// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/gamma_functions.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// A binomial whose probability is beta(a, b): log f(x) = log C(trials, x) + log B(x + a, trials - x + b) - log B(a,
/// b).
struct beta_binomial_kernel {
  static constexpr int parameters = 3;       ///< trials, a, b
  static constexpr int parameter_terms = 3;  ///< log(trials!) - log of the rising factorial of a + b, digamma(a + b) -
                                             ///< digamma(a + b + trials) - digamma(a), and for b
  static constexpr int variate_terms = 1;    ///< log(x!)

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T whole = math::select(math::floor(p[0]) < p[0], kernels::nan<T>(), kernels::non_negative(p[0]));
    const T trials = math::select(whole >= T(0), whole, T(0));
    const T a = kernels::positive(p[1]), b = kernels::positive(p[2]);
    const T sum = kernels::digamma(a + b) - kernels::digamma(a + b + trials);
    terms[0] = kernels::zero_or_nan(whole) + kernels::log_factorial(trials) - kernels::lgamma_step(a + b, trials);
    terms[1] = sum - kernels::digamma(a);
    terms[2] = sum - kernels::digamma(b);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T x, T* terms) {
    terms[0] = kernels::log_factorial(math::select(x < T(0), T(0), x));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T* v, const T* p, const T* t) {
    const bool out = kernels::not_count(x) | (x > p[0]);
    const T count = math::select(out, T(0), x), rest = math::select(out, T(0), p[0] - x);
    const T ways = t[0] - v[0] - kernels::log_factorial(rest);
    return math::select(out, kernels::outside(t[0]),
                        ways + (kernels::lgamma_step(p[1], count) + kernels::lgamma_step(p[2], rest)));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const bool out = kernels::not_count(x) | (x > p[0]);
    const T zero = kernels::outside_partial(t[0]);
    const T count = math::select(out, T(0), x), rest = math::select(out, T(0), p[0] - x);
    dx = zero;
    dp[0] = zero;
    dp[1] = math::select(out, zero, t[1] + kernels::digamma(p[1] + count));
    dp[2] = math::select(out, zero, t[2] + kernels::digamma(p[2] + rest));
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
