// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/normal_ratio.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// The sum of normal(mean, sd) and exponential(rate). With z = (x - mean) / sd, w = rate sd and v = z - w:
/// log f(x) = log(rate) + w^2 / 2 - w z + log Phi(v), or log(rate) + log phi(z) + log(Phi(v) / phi(v)), which does not
/// cancel where v < 0.
struct exp_mod_normal_kernel {
  static constexpr int parameters = 3;       ///< mean, sd, rate
  static constexpr int parameter_terms = 4;  ///< 1 / sd, rate sd, log(rate), 1 / rate
  static constexpr int variate_terms = 0;

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T sd = kernels::positive(p[1]), rate = kernels::positive(p[2]);
    terms[0] = T(1) / sd + (kernels::zero_or_nan(p[0]) + kernels::zero_or_nan(rate));
    terms[1] = rate * sd;
    terms[2] = math::log(rate);
    terms[3] = T(1) / rate;
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T, T*) {}

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T*, const T* p, const T* t) {
    const T z = (x - p[0]) * t[0], w = t[1], v = z - w;
    const T below = kernels::log_mills_below(v) - math::fma(T(0.5) * z, z, T(0.91893853320467274178));
    const T above = math::fma(w, T(0.5) * w - z, special::log_normal_cdf(v));
    return math::select(kernels::not_real(x), kernels::outside(t[0]), t[2] + math::select(v < T(0), below, above));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const bool out = kernels::not_real(x);
    const T zero = kernels::outside_partial(t[0]);
    const T z = (x - p[0]) * t[0], w = t[1];
    const T ratio = kernels::normal_ratio(z - w);
    const T dz = ratio - w, dw = w - z - ratio;
    dx = math::select(out, zero, dz * t[0]);
    dp[0] = math::select(out, zero, -dz * t[0]);
    dp[1] = math::select(out, zero, math::fma(-w, dz, -(ratio * z)) * t[0]);
    dp[2] = math::select(out, zero, math::fma(dw, p[1], t[3]));
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
