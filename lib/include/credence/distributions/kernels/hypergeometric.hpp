// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/gamma_functions.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

/// f(x) = C(good, x) C(bad, draws - x) / C(good + bad, draws).
struct hypergeometric_kernel {
  static constexpr int parameters = 3;       ///< draws, good, bad
  static constexpr int parameter_terms = 1;  ///< log(good! bad! draws! (good + bad - draws)! / (good + bad)!)
  static constexpr int variate_terms = 1;    ///< log(x!)

  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_parameters(const T* p, T* terms) {
    const T draws = whole(p[0]), good = whole(p[1]), bad = whole(p[2]);
    const T rest = kernels::non_negative(good + bad - draws);
    terms[0] = kernels::log_factorial(good) + kernels::log_factorial(bad) +
               (kernels::log_factorial(draws) + kernels::log_factorial(rest) - kernels::log_factorial(good + bad));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static void prepare_variate(T x, T* terms) {
    terms[0] = kernels::log_factorial(math::select(x < T(0), T(0), x));
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T log_pdf(T x, const T* v, const T* p, const T* t) {
    const T good_left = p[1] - x, missed = p[0] - x, bad_left = p[2] - missed;
    const bool out = kernels::not_count(x) | (good_left < T(0)) | (missed < T(0)) | (bad_left < T(0));
    const auto log_factorial = [out](T n) { return kernels::log_factorial(math::select(out, T(0), n)); };
    const T value = t[0] - v[0] - log_factorial(good_left) - (log_factorial(missed) + log_factorial(bad_left));
    return math::select(out, kernels::outside(t[0]), value);
  }
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T partials(T x, const T* v, const T* p, const T* t, T& dx, T* dp) {
    dx = dp[0] = dp[1] = dp[2] = kernels::outside_partial(t[0]);
    return log_pdf(x, v, p, t);
  }

 private:
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T whole(T p) {
    return math::select(math::floor(p) < p, kernels::nan<T>(), kernels::non_negative(p));
  }
};

}  // namespace CREDENCE_ISA
}  // namespace credence
