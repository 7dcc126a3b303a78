// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/log1p_ratio.hpp"
#include "credence/distributions/kernels/negative_binomial.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// 0 with probability zero_probability, else a negative_binomial(mean, dispersion), which may be 0 too.
struct zero_inflated_negative_binomial_kernel {
  static constexpr int parameters = 3;  ///< zero_probability, mean, dispersion
  /// Those of negative_binomial, log P(0), its derivatives by the three parameters, log(1 - zero_probability)
  static constexpr int parameter_terms = 9;
  static constexpr int variate_terms = 1;  ///< log(x!)

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    negative_binomial_kernel::prepare_parameters(p + 1, terms);
    const T extra = kernels::probability(p[0]), rest = T(1) - extra;
    const T none = math::exp(terms[1]), some = -math::expm1(terms[1]);
    const T at_zero = extra + rest * none;
    const T share = rest * none / at_zero;  // of the negative binomial among the zeros
    terms[4] = math::select(extra < T(0.5), math::log1p(-rest * some), math::log(at_zero));
    terms[5] = some / at_zero;
    terms[6] = -share * p[2] * terms[3];
    const T ratio = p[1] / p[2];
    terms[7] = share * (ratio * ratio * kernels::log1p_ratio_slope(ratio));
    terms[8] = math::log1p(-extra);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T x, T* terms) {
    negative_binomial_kernel::prepare_variate(x, terms);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T* v, const T* p, const T* t) {
    const T value = math::select(x == T(0), t[4], t[8] + negative_binomial_kernel::log_pdf(x, v, p + 1, t));
    return math::select(kernels::not_count(x), kernels::outside(t[4]), value);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const bool out = kernels::not_count(x);
    const T zero = kernels::outside_partial(t[4]);
    const T value = negative_binomial_kernel::partials(x, v, p + 1, t, dx, dp + 1);
    dx = zero;
    dp[0] = math::select(out, zero, math::select(x == T(0), t[5], T(-1) / (T(1) - p[0])));
    dp[1] = math::select(out, zero, math::select(x == T(0), t[6], dp[1]));
    dp[2] = math::select(out, zero, math::select(x == T(0), t[7], dp[2]));
    return math::select(out, kernels::outside(t[4]), math::select(x == T(0), t[4], t[8] + value));
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
