// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/config.hpp"
#include "credence/base/constants.hpp"
#include "credence/base/dual.hpp"
#include "credence/base/portable_math.hpp"

/// What the arithmetic of every family shares. See docs/design/kernels.md for the shape of a kernel.
namespace credence {
inline namespace CREDENCE_ISA {
namespace kernels {

template <class T>
CREDENCE_HD CREDENCE_INLINE T infinity() {
  return T(__builtin_inf());
}
template <class T>
CREDENCE_HD CREDENCE_INLINE T nan() {
  return T(__builtin_nan(""));
}

/// The parameter itself where it is valid, else NaN: whatever is computed from it is NaN then.
template <class T>
CREDENCE_HD CREDENCE_INLINE T positive(T p) {
  return math::select((p > T(0)) & (p < infinity<T>()), p, nan<T>());
}
template <class T>
CREDENCE_HD CREDENCE_INLINE T non_negative(T p) {
  return math::select((p >= T(0)) & (p < infinity<T>()), p, nan<T>());
}
template <class T>
CREDENCE_HD CREDENCE_INLINE T probability(T p) {
  return math::select((p >= T(0)) & (p <= T(1)), p, nan<T>());
}

/// Zero for a finite number, NaN otherwise, and never a tangent: added to a term, it carries invalidity along.
template <class T>
CREDENCE_HD CREDENCE_INLINE T zero_or_nan(T p) {
  return p - p;
}

/// Log density (-infinity) and partial (0) outside the support; NaN when `term`, which depends on the parameters, is.
template <class T>
CREDENCE_HD CREDENCE_INLINE T outside(T term) {
  return zero_or_nan(term) - infinity<T>();
}
template <class T>
CREDENCE_HD CREDENCE_INLINE T outside_partial(T term) {
  return zero_or_nan(term);
}

/// a * log_x where 0 * -infinity is 0. The question is a alone: asking for log_x == -infinity too would be merged with
/// the logarithm's own handling of 0 into a branch, which stops the vectoriser.
template <class T>
CREDENCE_HD CREDENCE_INLINE T times_log(T a, T log_x) {
  return math::select(a == T(0), T(0), a * log_x);
}
template <class T>
CREDENCE_HD CREDENCE_INLINE dual<T> times_log(dual<T> a, dual<T> log_x) {
  return {times_log(a.value, log_x.value), times_log(a.tangent, log_x.value) + times_log(a.value, log_x.tangent)};
}
/// a / x where 0 / 0 is 0.
template <class T>
CREDENCE_HD CREDENCE_INLINE T ratio(T a, T x) {
  return math::select(a == T(0), T(0), a / x);
}
template <class T>
CREDENCE_HD CREDENCE_INLINE dual<T> ratio(dual<T> a, dual<T> x) {
  const T q = ratio(a.value, x.value);
  return {q, ratio(a.tangent - q * x.tangent, x.value)};
}

/// Which x lie outside. NaN is inside, so that it stays NaN.
template <class T>
CREDENCE_HD CREDENCE_INLINE bool not_real(T x) {
  return (x == infinity<T>()) | (x == -infinity<T>());
}
template <class T>
CREDENCE_HD CREDENCE_INLINE bool not_non_negative(T x) {
  return (x < T(0)) | (x == infinity<T>());
}
template <class T>
CREDENCE_HD CREDENCE_INLINE bool not_positive(T x) {
  return (x <= T(0)) | (x == infinity<T>());
}
/// True for what is not one of 0, 1, 2, ...
template <class T>
CREDENCE_HD CREDENCE_INLINE bool not_count(T x) {
  return (x < T(0)) | (math::floor(x) < x) | (x == infinity<T>());
}

/// log(1 + z^2 / df) and z / (df + z^2), also where z^2 overflows.
template <class T>
CREDENCE_HD CREDENCE_INLINE T log1p_square(T z, T inv_df, T inv_sqrt_df) {
  const bool big = math::abs(z) > T(1e18);  // there 1 + q = q to the last bit, in double and in float
  const T q = math::select(big, math::abs(z) * inv_sqrt_df, z * z * inv_df);
  return math::select(big, T(2) * math::log(q), math::log1p(q));
}
template <class T>
CREDENCE_HD CREDENCE_INLINE T square_ratio(T z, T df) {
  const bool big = math::abs(z) > T(1e18);
  return math::select(big, T(1), z) / math::select(big, z, math::fma(z, z, df));
}

}  // namespace kernels
}  // namespace CREDENCE_ISA
}  // namespace credence
