// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/portable_math_log.hpp"

/// The bodies of log_factorial and of lgamma for positive arguments (credence/special/gamma.hpp builds on them).
namespace credence {
inline namespace CREDENCE_ISA {
namespace math {
namespace inlined {

/// log(n!) / (n (n - 1)) for 0 <= n <= 8, within 2^-58.5: a polynomial in t = (n - 2) / (n + 4), which sends the poles
/// at -1, -2, ... far from [-1/2, 1/2].
CREDENCE_HD CREDENCE_INLINE pair log_factorial_series(double n) {
  const double t = (n - 2.0) / (n + 4.0);
  const double rest = polynomial(
      t, -0x1.673a8e16a4dfep-2, 0x1.f5fdbc59ddb50p-4, -0x1.fb4aa4ac2a169p-4, 0x1.425f85e87ba62p-4,
      -0x1.42a34e82e0aebp-4, 0x1.e47a0f4eec85fp-5, -0x1.e1cb28962bfa9p-5, 0x1.866b234bcf6d2p-5, -0x1.82f0bf6b69f90p-5,
      0x1.4782f3f30db5ap-5, -0x1.441ad0afa58a1p-5, 0x1.1a33ccecdddd1p-5, -0x1.1711015ea4854p-5, 0x1.efc725f11fe4fp-6,
      -0x1.ebe274c558430p-6, 0x1.bb77c383364e6p-6, -0x1.a939d6d47448bp-6, 0x1.83ee371468c37p-6, -0x1.d6ecf9a9b33d9p-6,
      0x1.b104ee6178729p-6, -0x1.07a92cd678e97p-9, 0x1.00f0e24e93f29p-9, -0x1.3f934b0ded6c0p-4, 0x1.296b97189389fp-4,
      0x1.5ef950ddee5a5p-4, -0x1.483c722c315a2p-4, -0x1.d286867e0400cp-4, 0x1.b71b47204d647p-4);
  return fast_two_sum(0x1.62e42fefa39efp-2, t * rest);
}

/// log(n!) - ((n + 1/2) log n - n + log(2 pi) / 2) for n >= 8, within 2^-57.
CREDENCE_HD CREDENCE_INLINE double stirling_rest(double n) {
  const double inverse = 1.0 / n, z = inverse * inverse;
  return inverse * polynomial(z, 0x1.5555555555553p-4, -0x1.6c16c16bb84e2p-9, 0x1.a019fd44dbf53p-11,
                              -0x1.380ec92fdd70fp-11, 0x1.b6fda0c9d098ep-11, -0x1.b162dfabe1d75p-10);
}

/// n (n - 1) times the series: log(n!) for 0 <= n <= 8, with its error.
CREDENCE_HD CREDENCE_INLINE pair log_factorial_small(double n) {
  const pair square = two_product(n, n);
  const pair a = two_sum(square.hi, -n);
  const pair series = log_factorial_series(n);
  const double head = a.hi * series.hi;
  return {head, fma(a.hi, series.hi, -head) + fma(a.hi, series.lo, (a.lo + square.lo) * series.hi)};
}

/// Stirling's formula for n >= 8, its large terms as exact sums; l is log(n).
CREDENCE_HD CREDENCE_INLINE double log_factorial_large(double n, pair l) {
  const pair half_more = two_sum(n, 0.5);
  const pair main = two_product(half_more.hi, l.hi);
  const pair less = two_sum(main.hi, -n);
  const double rest =
      (main.lo + fma(half_more.lo, l.hi, half_more.hi * l.lo)) + (less.lo + (stirling_rest(n) - 0x1.65b5a1b7ff5dfp-55));
  const pair with_constant = two_sum(less.hi, 0x1.d67f1c864beb5p-1);  // log(2 pi) / 2
  // near overflow the exact products are not finite
  return select(n < 0x1p1000, with_constant.hi + (with_constant.lo + rest), less.hi);
}

/// log(n!) for real n >= 0.
CREDENCE_HD CREDENCE_INLINE double log_factorial(double n) {
  const pair small = log_factorial_small(n);
  const double large = log_factorial_large(n, log_pair(n));
  const double result = select(n >= 8.0, large, small.hi + small.lo);
  return select(n >= 0.0, select(n < infinity<double>, result, n), not_a_number<double>);
}
CREDENCE_HD CREDENCE_INLINE float log_factorial(float n) {
  return static_cast<float>(inlined::log_factorial(static_cast<double>(n)));
}

}  // namespace inlined
}  // namespace math
}  // namespace CREDENCE_ISA
}  // namespace credence
