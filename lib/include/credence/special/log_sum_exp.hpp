// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/portable_math.hpp"

/// Sums of numbers known by their logarithms.
namespace credence {
inline namespace CREDENCE_ISA {
namespace special {

/// log(sum of exp(x_i)), one number at a time and never overflowing: the sum is kept relative to the largest number so
/// far. Of nothing it is -infinity. Partial sums merge, so that pieces may be added up apart.
template <class T>
struct log_sum_exp_accumulator {
  T largest = -math::infinity<T>;
  T sum = T(0);  ///< sum of exp(x_i - largest)

  CREDENCE_HD void add(T x) { merge({x, T(1)}); }
  CREDENCE_HD void merge(log_sum_exp_accumulator other) {
    const T top = math::select(other.largest > largest || other.largest != other.largest, other.largest, largest);
    // -infinity less itself would be NaN: nothing (and infinity beside infinity) keeps its weight
    const T mine = math::select(largest == top, T(1), math::exp(largest - top));
    const T its = math::select(other.largest == top, T(1), math::exp(other.largest - top));
    sum = math::fma(sum, mine, other.sum * its);
    largest = top;
  }
  /// @returns -infinity when nothing, or nothing but -infinity, was added
  CREDENCE_HD T value() const { return math::select(largest == -math::infinity<T>, largest, largest + math::log(sum)); }
};

/// log(exp(a) + exp(b)).
template <class T>
CREDENCE_HD inline T log_add_exp(T a, T b) {
  const T top = math::max(a, b), low = math::min(a, b);
  const T value = top + math::log1p(math::exp(low - top));
  // equal infinities would give NaN
  return math::select(a == b && math::abs(a) == math::infinity<T>, a, math::select(a == a && b == b, value, a + b));
}
/// log(exp(a) - exp(b)) for a >= b; NaN where a < b.
template <class T>
CREDENCE_HD inline T log_diff_exp(T a, T b) {
  const T value = a + math::log1m_exp(b - a);
  return math::select(b == -math::infinity<T>, a, value);
}

}  // namespace special
}  // namespace CREDENCE_ISA
}  // namespace credence
