// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/support.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// log f(x) = log(c k / scale) + (c - 1) l - (k + 1) log(1 + exp(c l)), l = log(x / scale), on x > 0.
struct burr_xii_kernel {
  static constexpr int parameters = 3;       ///< scale, c, k
  static constexpr int parameter_terms = 5;  ///< log(scale), log(c k), c / scale, 1 / c, 1 / k
  static constexpr int variate_terms = 1;    ///< log x

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T scale = kernels::positive(p[0]), c = kernels::positive(p[1]), k = kernels::positive(p[2]);
    terms[0] = math::log(scale);
    terms[1] = math::log(c) + math::log(k);
    terms[2] = c / scale;
    terms[3] = T(1) / c;
    terms[4] = T(1) / k;
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T x, T* terms) {
    terms[0] = math::log(x);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T* v, const T* p, const T* t) {
    const T l = p[1] * (v[0] - t[0]);
    const T value = t[1] + (l - v[0]) - (p[2] + T(1)) * math::log1p_exp(l);
    return math::select(kernels::not_positive(x), kernels::outside(t[1] + t[2]), value);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    const T step = v[0] - t[0], l = p[1] * step;
    const bool out = kernels::not_positive(x);
    const T zero = kernels::outside_partial(t[1] + t[2]);
    const T pull = (p[2] + T(1)) * math::inv_logit(l);
    dx = math::select(out, zero, (p[1] * (T(1) - pull) - T(1)) / x);
    dp[0] = math::select(out, zero, t[2] * (pull - T(1)));
    dp[1] = math::select(out, zero, t[3] + step * (T(1) - pull));
    dp[2] = math::select(out, zero, t[4] - math::log1p_exp(l));
    return log_pdf(x, v, p, t);
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
