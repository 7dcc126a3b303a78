// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/gamma_functions.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// A poisson whose rate is gamma(dispersion, dispersion / mean): log f(x) = log Gamma(x + dispersion) - log
/// Gamma(dispersion)
///            - log(x!) + dispersion log(dispersion / (mean + dispersion)) + x log(mean / (mean + dispersion)).
struct negative_binomial_kernel {
  static constexpr int parameters = 2;       ///< mean, dispersion
  static constexpr int parameter_terms = 4;  ///< log(mean / (mean + dispersion)), the normaliser, digamma(dispersion) +
                                             ///< log(1 + mean / dispersion), 1 / (mean + dispersion)
  static constexpr int variate_terms = 1;    ///< log(x!)

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T mean = kernels::positive(p[0]), dispersion = kernels::positive(p[1]);
    const T step = math::log1p(mean / dispersion);
    terms[0] = -math::log1p(dispersion / mean);
    terms[1] = -dispersion * step;
    terms[2] = kernels::digamma(dispersion) + step;
    terms[3] = T(1) / (mean + dispersion);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T x, T* terms) {
    terms[0] = kernels::log_factorial(math::select(x < T(0), T(0), x));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T* v, const T* p, const T* t) {
    const bool out = kernels::not_count(x);
    const T count = math::select(out, T(0), x);
    const T value = (kernels::lgamma_step(p[1], count) - v[0]) + (t[1] + x * t[0]);
    return math::select(out, kernels::outside(t[1]), value);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const bool out = kernels::not_count(x);
    const T zero = kernels::outside_partial(t[1]);
    const T count = math::select(out, T(0), x);
    dx = zero;
    dp[0] = math::select(out, zero, (x - p[0]) * t[3] * (p[1] / p[0]));
    dp[1] = math::select(out, zero, (kernels::digamma(p[1] + count) - t[2]) + (p[0] - x) * t[3]);
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
