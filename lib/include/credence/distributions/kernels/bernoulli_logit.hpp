// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/support.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// P(1) = 1 / (1 + exp(-logit)): log f(x) = -log(1 + exp(-s logit)), s = 2 x - 1, for x = 0 or 1.
struct bernoulli_logit_kernel {
  static constexpr int parameters = 1;  ///< logit
  static constexpr int parameter_terms = 0;
  static constexpr int variate_terms = 0;

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T*, T*) {}
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T, T*) {}

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T*, const T* p, const T*) {
    const bool out = (x < T(0)) | (x > T(1)) | (math::floor(x) < x);
    const T sign = math::fma(T(2), x, T(-1));
    const T check = kernels::zero_or_nan(p[0]);
    // Written as in partials, so that both give the same bits.
    const T m = -sign * p[0];
    const T value = -(math::select(m > T(0), m, T(0)) + math::log1p(math::exp(-math::abs(m))));
    return math::select(out, kernels::outside(check), check + value);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T*, const T* p, const T*, T& dx, T* dp) {
    const bool out = (x < T(0)) | (x > T(1)) | (math::floor(x) < x);
    const T sign = math::fma(T(2), x, T(-1));
    const T zero = kernels::zero_or_nan(p[0]);
    // log1p_exp and inv_logit share exp(-|m|)
    const T m = -sign * p[0];
    const T e = math::exp(-math::abs(m));
    const T value = -(math::select(m > T(0), m, T(0)) + math::log1p(e));
    dx = zero;
    dp[0] = math::select(out, zero, zero + sign * (math::select(m >= T(0), T(1), e) / (T(1) + e)));
    return math::select(out, kernels::outside(zero), zero + value);
  }

  /// The same with log_pdf = value - log(factor), 1 <= factor <= 2: over many observations the factors are multiplied, and
  /// one logarithm serves them all.
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T factored_partials(T x, const T*, const T* p, const T*, T& dx, T* dp, T& factor) {
    const bool out = x * (x - T(1)) != T(0);
    const T zero = kernels::zero_or_nan(p[0]);
    const T sign = math::fma(T(2), x, T(-1));
    const T m = -sign * p[0];
    const T e = math::exp_nonpositive(-math::abs(m));
    dx = zero;
    factor = T(1) + e;
    dp[0] = zero + math::select(out, T(0), sign) * (math::select(m >= T(0), T(1), e) / factor);
    return zero - math::select(out, kernels::infinity<T>(), math::select(m > T(0), m, T(0)));
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
