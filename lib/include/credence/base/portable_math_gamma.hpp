// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/portable_math_log.hpp"

/// The bodies of log_factorial and of lgamma for positive arguments (credence/special/gamma.hpp builds on them).
namespace credence {
inline namespace CREDENCE_ISA {
namespace math {
namespace inlined {

/// log(n!) / (n (n - 1)) at n = 1 + u for |u| <= 1, within 2^-58.8.
CREDENCE_HD CREDENCE_INLINE pair log_factorial_series(double u) {
  const double rest =
      polynomial(u, -0x1.9ae6509ea109ep-4, 0x1.0e0c9df293524p-5, -0x1.95ce223a9d2b8p-7, 0x1.47974853ac01ep-8,
                 -0x1.145121f955cbfp-9, 0x1.dfebcf8cc82a5p-11, -0x1.a96a403b7f31bp-12, 0x1.7ed734139e6f2p-13,
                 -0x1.5c86af1fe708bp-14, 0x1.402f01ed186eap-15, -0x1.28511812a390cp-16, 0x1.13e57401df2aep-17,
                 -0x1.0222930f0575ep-18, 0x1.e52ef3457f800p-20, -0x1.cb494c2af5874p-21, 0x1.b37f9420c9607p-22,
                 -0x1.8fb115bf0ea0cp-23, 0x1.77710f2f8da41p-24, -0x1.bf2038a04efe9p-25, 0x1.c3dfc0115fd9dp-26,
                 -0x1.a996405831bb8p-31, -0x1.bb5e94cdd6669p-31, -0x1.33d28abb58190p-27, 0x1.545f9ae522372p-28,
                 0x1.53b4b402c568bp-29, -0x1.804aac104dcdap-30, -0x1.c26fac530a4d0p-31, 0x1.d40f793221ed2p-32);
  return fast_two_sum(0x1.b0ee6072093cep-2, u * rest);
}

/// log(n!) - ((n + 1/2) log n - n + log(2 pi) / 2) for n >= 8, within 2^-57.
CREDENCE_HD CREDENCE_INLINE double stirling_rest(double n) {
  const double inverse = 1.0 / n, z = inverse * inverse;
  return inverse * polynomial(z, 0x1.5555555555553p-4, -0x1.6c16c16bb84e2p-9, 0x1.a019fd44dbf53p-11,
                              -0x1.380ec92fdd70fp-11, 0x1.b6fda0c9d098ep-11, -0x1.b162dfabe1d75p-10);
}

/// log(n!) for real n >= 0.
///  - n <= 2: n (n - 1) times a polynomial
///  - 2 < n < 8: log of n (n - 1) ... down to an argument in (1, 2], plus the same
///  - 8 <= n: Stirling's series, its large terms as exact sums
CREDENCE_HD CREDENCE_INLINE double log_factorial(double n) {
  const bool large = n >= 8.0;
  // the product n (n - 1) ... (y + 1), y in (1, 2] unless n is smaller; for large n nonsense, not chosen below
  double product = 1.0, y = n;
  for (int i = 0; i < 6; ++i) {
    const bool down = y > 2.0;
    product = select(down, product * y, product);
    y = select(down, y - 1.0, y);
  }
  const pair l = log_pair(select(large, n, product));

  const pair square = two_product(y, y);
  const pair a = two_sum(square.hi, -y);
  const pair series = log_factorial_series(y - 1.0);
  const double head = a.hi * series.hi;
  const double tail = fma(a.hi, series.hi, -head) + fma(a.hi, series.lo, (a.lo + square.lo) * series.hi);
  const pair sum = two_sum(l.hi, head);
  const double small = sum.hi + (sum.lo + (l.lo + tail));

  const pair half_more = two_sum(n, 0.5);
  const pair main = two_product(half_more.hi, l.hi);
  const pair less = two_sum(main.hi, -n);
  const double rest =
      (main.lo + fma(half_more.lo, l.hi, half_more.hi * l.lo)) + (less.lo + (stirling_rest(n) - 0x1.65b5a1b7ff5dfp-55));
  const pair with_constant = two_sum(less.hi, 0x1.d67f1c864beb5p-1);  // log(2 pi) / 2
  const double far = with_constant.hi + (with_constant.lo + rest);

  const double result = select(large, select(n < 0x1p1000, far, less.hi), small);
  return select(n >= 0.0, select(n < infinity<double>, result, n), not_a_number<double>);
}
CREDENCE_HD CREDENCE_INLINE float log_factorial(float n) {
  return static_cast<float>(inlined::log_factorial(static_cast<double>(n)));
}

}  // namespace inlined
}  // namespace math
}  // namespace CREDENCE_ISA
}  // namespace credence
