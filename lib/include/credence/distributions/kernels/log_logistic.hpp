// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/support.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// log(x) is logistic(log(scale), 1 / shape): log f(x) = log(shape) - log x - l - 2 log(1 + exp(-l)) on x > 0, with
/// l = shape log(x / scale).
struct log_logistic_kernel {
  static constexpr int parameters = 2;       ///< scale, shape
  static constexpr int parameter_terms = 4;  ///< log(scale), log(shape), shape / scale, 1 / shape
  static constexpr int variate_terms = 1;    ///< log x

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T scale = kernels::positive(p[0]), shape = kernels::positive(p[1]);
    terms[0] = math::log(scale);
    terms[1] = math::log(shape);
    terms[2] = shape / scale;
    terms[3] = T(1) / shape;
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T x, T* terms) {
    terms[0] = math::log(x);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T* v, const T* p, const T* t) {
    const T a = math::abs(p[1] * (v[0] - t[0]));
    const T value = t[1] - (v[0] + (a + T(2) * math::log1p(math::exp(-a))));
    return math::select(kernels::not_positive(x), kernels::outside(t[2]), value);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const T step = v[0] - t[0], l = p[1] * step, a = math::abs(l), e = math::exp(-a);
    const bool out = kernels::not_positive(x);
    const T zero = kernels::outside_partial(t[2]);
    const T w = math::select(l < T(0), T(-1), T(1)) * ((T(1) - e) / (T(1) + e));  // tanh(l / 2)
    dx = math::select(out, zero, -math::fma(p[1], w, T(1)) / x);
    dp[0] = math::select(out, zero, t[2] * w);
    dp[1] = math::select(out, zero, t[3] - w * step);
    return math::select(out, kernels::outside(t[2]), t[1] - (v[0] + (a + T(2) * math::log1p(e))));
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
