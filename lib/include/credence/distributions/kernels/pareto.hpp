// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/support.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// log f(x) = log(shape) + shape log(minimum) - (shape + 1) log x on x >= minimum.
struct pareto_kernel {
  static constexpr int parameters = 2;       ///< minimum, shape
  static constexpr int parameter_terms = 4;  ///< log(minimum), log(shape), shape / minimum, 1 / shape
  static constexpr int variate_terms = 1;    ///< log x

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T minimum = kernels::positive(p[0]), shape = kernels::positive(p[1]);
    terms[0] = math::log(minimum);
    terms[1] = math::log(shape);
    terms[2] = shape / minimum;
    terms[3] = T(1) / shape;
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T x, T* terms) {
    terms[0] = math::log(x);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T* v, const T* p, const T* t) {
    const bool out = (x < p[0]) | (x == kernels::infinity<T>());
    const T value = t[1] - (p[1] * (v[0] - t[0]) + v[0]);
    return math::select(out, kernels::outside(t[2]), value);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const bool out = (x < p[0]) | (x == kernels::infinity<T>());
    const T zero = kernels::outside_partial(t[2]);
    dx = math::select(out, zero, zero - (p[1] + T(1)) / x);
    dp[0] = math::select(out, zero, zero + (t[2] + kernels::zero_or_nan(x)));
    dp[1] = math::select(out, zero, t[3] - (v[0] - t[0]));
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
