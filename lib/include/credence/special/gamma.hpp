// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/portable_math.hpp"

#include "credence/special/calls.hpp"

#if CREDENCE_INLINE_MATH || defined(__CUDACC__)
#include "credence/special/gamma_inlined.hpp"
#endif

/// Errors in ulp by region: docs/guide/special.md. Outside the domain the result is NaN; single precision is computed
/// in double and rounded.
namespace credence {
inline namespace CREDENCE_ISA {
namespace special {

/// log |Gamma(x)|; infinite at 0 and the negative whole numbers. Branch-free. Where x > 0 is known, kernels may write
/// `lgamma_positive`, for about half the work.
CREDENCE_HD CREDENCE_INLINE double lgamma(double x) { return CREDENCE_SPECIAL(lgamma)(x); }
CREDENCE_HD CREDENCE_INLINE float lgamma(float x) {
  return static_cast<float>(special::lgamma(static_cast<double>(x)));
}
/// lgamma for x > 0; NaN below.
CREDENCE_HD CREDENCE_INLINE double lgamma_positive(double x) {
#if CREDENCE_INLINE_MATH
  return inlined::lgamma_positive(x);
#else
  return x >= 0.0 ? special::lgamma(x) : math::not_a_number<double>;
#endif
}
CREDENCE_HD CREDENCE_INLINE float lgamma_positive(float x) {
  return static_cast<float>(special::lgamma_positive(static_cast<double>(x)));
}
/// The derivative of lgamma; infinite at 0, NaN at the negative whole numbers. Branch-free.
CREDENCE_HD CREDENCE_INLINE double digamma(double x) { return CREDENCE_SPECIAL(digamma)(x); }
CREDENCE_HD CREDENCE_INLINE float digamma(float x) {
  return static_cast<float>(special::digamma(static_cast<double>(x)));
}
/// The derivative of digamma; infinite at 0 and the negative whole numbers. Branch-free.
CREDENCE_HD CREDENCE_INLINE double trigamma(double x) { return CREDENCE_SPECIAL(trigamma)(x); }
CREDENCE_HD CREDENCE_INLINE float trigamma(float x) {
  return static_cast<float>(special::trigamma(static_cast<double>(x)));
}
/// The derivative of trigamma. Branch-free.
CREDENCE_HD CREDENCE_INLINE double tetragamma(double x) { return CREDENCE_SPECIAL(tetragamma)(x); }
CREDENCE_HD CREDENCE_INLINE float tetragamma(float x) {
  return static_cast<float>(special::tetragamma(static_cast<double>(x)));
}
/// log of the multivariate gamma function of dimension p: p (p - 1) / 4 log(pi) + sum over j < p of lgamma(a - j / 2),
/// for a > (p - 1) / 2.
template <class T>
CREDENCE_HD inline T multivariate_lgamma(int p, T a) {
  T sum = T(0.25 * 1.14472988584940017414 * p * (p - 1));
  for (int j = 0; j < p; ++j) sum += lgamma_positive(a - T(0.5 * j));
  return sum;
}

}  // namespace special
}  // namespace CREDENCE_ISA
}  // namespace credence
