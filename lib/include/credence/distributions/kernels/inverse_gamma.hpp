// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/gamma_functions.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// log f(x) = shape log(scale) - log Gamma(shape) - (shape + 1) log x - scale / x on x > 0.
struct inverse_gamma_kernel {
  static constexpr int parameters = 2;       ///< shape, scale
  static constexpr int parameter_terms = 3;  ///< the normaliser, its derivatives by shape and by scale
  static constexpr int variate_terms = 2;    ///< log x, 1 / x

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T shape = kernels::positive(p[0]), scale = kernels::positive(p[1]);
    const T log_scale = math::log(scale);
    terms[0] = shape * log_scale - kernels::lgamma(shape);
    terms[1] = log_scale - kernels::digamma(shape);
    terms[2] = shape / scale;
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T x, T* terms) {
    terms[0] = math::log(x);
    terms[1] = T(1) / x;
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T* v, const T* p, const T* t) {
    const T value = t[0] - ((p[0] + T(1)) * v[0] + p[1] * v[1]);
    return math::select(kernels::not_positive(x), kernels::outside(t[0]), value);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const bool out = kernels::not_positive(x);
    const T zero = kernels::outside_partial(t[0]);
    dx = math::select(out, zero, zero + (p[1] * v[1] - (p[0] + T(1))) * v[1]);
    dp[0] = math::select(out, zero, t[1] - v[0]);
    dp[1] = math::select(out, zero, t[2] - v[1]);
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
