// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/log1p_ratio.hpp"
#include "credence/distributions/kernels/negative_binomial.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// A negative_binomial(mean, dispersion) that is not 0.
struct zero_truncated_negative_binomial_kernel {
  static constexpr int parameters = 2;  ///< mean, dispersion
  /// Those of negative_binomial, log(1 - P(0)), its derivatives by mean and dispersion
  static constexpr int parameter_terms = 7;
  static constexpr int variate_terms = 1;  ///< log(x!)

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    negative_binomial_kernel::prepare_parameters(p, terms);
    const T odds = T(1) / math::expm1(-terms[1]);  // of zero
    terms[4] = math::log(-math::expm1(terms[1]));
    terms[5] = odds * p[1] * terms[3];
    const T ratio = p[0] / p[1];
    terms[6] = -odds * (ratio * ratio * kernels::log1p_ratio_slope(ratio));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T x, T* terms) {
    negative_binomial_kernel::prepare_variate(x, terms);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T* v, const T* p, const T* t) {
    const T value = negative_binomial_kernel::log_pdf(x, v, p, t) - t[4];
    return math::select(kernels::not_count(x) | (x < T(1)), kernels::outside(t[1]), value);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const bool out = kernels::not_count(x) | (x < T(1));
    const T zero = kernels::outside_partial(t[1]);
    const T value = negative_binomial_kernel::partials(x, v, p, t, dx, dp) - t[4];
    dp[0] = math::select(out, zero, dp[0] - t[5]);
    dp[1] = math::select(out, zero, dp[1] - t[6]);
    return math::select(out, kernels::outside(t[1]), value);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
