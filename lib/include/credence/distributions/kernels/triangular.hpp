// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/support.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// Rises linearly from lower to mode, falls linearly to upper.
struct triangular_kernel {
  static constexpr int parameters = 3;  ///< lower, mode, upper
  static constexpr int parameter_terms =
      4;  ///< log(2 / (upper - lower)), 1 / (upper - lower), 1 / (mode - lower), 1 / (upper - mode)
  static constexpr int variate_terms = 0;

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T width = kernels::positive(p[2] - p[0]), left = kernels::non_negative(p[1] - p[0]);
    const T right = kernels::non_negative(p[2] - p[1]);
    terms[1] = T(1) / width;
    terms[2] = T(1) / left;
    terms[3] = T(1) / right;
    terms[0] = kernels::zero_or_nan(left) + kernels::zero_or_nan(right) + T(constants::log_two) - math::log(width);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T, T*) {}
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T*, const T* p, const T* t) {
    const bool out = (x < p[0]) | (x > p[2]), left = (x < p[1]) | (p[1] == p[2]);
    const T height = math::select(left, (x - p[0]) * t[2], (p[2] - x) * t[3]);
    return math::select(out, kernels::outside(t[0]), t[0] + math::log(height));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const bool out = (x < p[0]) | (x > p[2]), left = (x < p[1]) | (p[1] == p[2]);
    const T zero = kernels::outside_partial(t[0]);
    const T slope = T(1) / math::select(left, x - p[0], x - p[2]);
    dx = math::select(out, zero, slope);
    dp[0] = math::select(out, zero, math::select(left, t[1] + t[2] - slope, t[1]));
    dp[1] = math::select(out, zero, math::select(left, -t[2], t[3]));
    dp[2] = math::select(out, zero, math::select(left, -t[1], -slope - t[1] - t[3]));
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
