// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/gamma_functions.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// The square root of a gamma(shape, shape / spread): log f(x) = log 2 + shape log(shape / spread) - log Gamma(shape)
///            + (2 shape - 1) log x - shape x^2 / spread on x >= 0.
struct nakagami_kernel {
  static constexpr int parameters = 2;       ///< shape, spread
  static constexpr int parameter_terms = 4;  ///< the normaliser, its derivatives by shape and by spread, 1 / spread
  static constexpr int variate_terms = 1;    ///< log x

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T shape = kernels::positive(p[0]), spread = kernels::positive(p[1]);
    const T log_rate = math::log(shape / spread);
    terms[0] = T(constants::log_two) + shape * log_rate - kernels::lgamma(shape);
    terms[1] = T(1) + log_rate - kernels::digamma(shape);
    terms[2] = -shape / spread;
    terms[3] = T(1) / spread;
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T x, T* terms) {
    terms[0] = math::log(x);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T* v, const T* p, const T* t) {
    const T value = t[0] + (kernels::times_log(T(2) * p[0] - T(1), v[0]) + t[2] * x * x);
    return math::select(kernels::not_non_negative(x), kernels::outside(t[0]), value);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const bool out = kernels::not_non_negative(x);
    const T zero = kernels::outside_partial(t[0]);
    const T square = x * t[3] * x;
    dx = math::select(out, zero, zero + (kernels::ratio(T(2) * p[0] - T(1), x) + T(2) * t[2] * x));
    dp[0] = math::select(out, zero, t[1] + (T(2) * v[0] - square));
    dp[1] = math::select(out, zero, t[2] * (T(1) - square));
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
