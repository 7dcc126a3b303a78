// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/support.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// log f(x) = log(shape / scale) - (shape + 1) log(x / scale) - (x / scale)^-shape on x > 0.
struct frechet_kernel {
  static constexpr int parameters = 2;       ///< shape, scale
  static constexpr int parameter_terms = 4;  ///< log(scale), log(shape / scale), 1 / shape, shape / scale
  static constexpr int variate_terms = 1;    ///< log x

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T shape = kernels::positive(p[0]), scale = kernels::positive(p[1]);
    terms[0] = math::log(scale);
    terms[1] = math::log(shape) - terms[0];
    terms[2] = T(1) / shape;
    terms[3] = shape / scale;
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T x, T* terms) {
    terms[0] = math::log(x);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T* v, const T* p, const T* t) {
    const T l = v[0] - t[0];
    const T value = t[1] - ((p[0] + T(1)) * l + math::exp(-p[0] * l));
    return math::select(kernels::not_positive(x), kernels::outside(t[1]), value);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const T l = v[0] - t[0], y = math::exp(-p[0] * l);
    const bool out = kernels::not_positive(x);
    const T zero = kernels::outside_partial(t[1]);
    dx = math::select(out, zero, (p[0] * (y - T(1)) - T(1)) / x);
    dp[0] = math::select(out, zero, t[2] + l * (y - T(1)));
    dp[1] = math::select(out, zero, t[3] * (T(1) - y));
    return math::select(out, kernels::outside(t[1]), t[1] - ((p[0] + T(1)) * l + y));
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
