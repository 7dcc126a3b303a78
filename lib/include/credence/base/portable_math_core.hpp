// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/config.hpp"

#include <cstdint>

/// What the portable functions are built from: one-instruction operations, exact sums and products, polynomials.
namespace credence {
inline namespace CREDENCE_ISA {
namespace math {

/// a * b + c, rounded once.
CREDENCE_HD CREDENCE_INLINE double fma(double a, double b, double c) { return __builtin_fma(a, b, c); }
CREDENCE_HD CREDENCE_INLINE float fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
CREDENCE_HD CREDENCE_INLINE double sqrt(double x) { return __builtin_sqrt(x); }
CREDENCE_HD CREDENCE_INLINE float sqrt(float x) { return __builtin_sqrtf(x); }
CREDENCE_HD CREDENCE_INLINE double abs(double x) { return __builtin_fabs(x); }
CREDENCE_HD CREDENCE_INLINE float abs(float x) { return __builtin_fabsf(x); }
CREDENCE_HD CREDENCE_INLINE double floor(double x) { return __builtin_floor(x); }
CREDENCE_HD CREDENCE_INLINE float floor(float x) { return __builtin_floorf(x); }

/// `condition ? yes : no`, both computed: the form that vectorises.
template <class T>
CREDENCE_HD CREDENCE_INLINE T select(bool condition, T yes, T no) {
  return condition ? yes : no;
}
/// The smaller; `b` when `a` is NaN.
template <class T>
CREDENCE_HD CREDENCE_INLINE T min(T a, T b) {
  return select(a < b, a, b);
}
/// The larger; `b` when `a` is NaN.
template <class T>
CREDENCE_HD CREDENCE_INLINE T max(T a, T b) {
  return select(a > b, a, b);
}

CREDENCE_HD CREDENCE_INLINE std::uint64_t to_bits(double x) { return __builtin_bit_cast(std::uint64_t, x); }
CREDENCE_HD CREDENCE_INLINE std::uint32_t to_bits(float x) { return __builtin_bit_cast(std::uint32_t, x); }
CREDENCE_HD CREDENCE_INLINE double from_bits(std::uint64_t b) { return __builtin_bit_cast(double, b); }
CREDENCE_HD CREDENCE_INLINE float from_bits(std::uint32_t b) { return __builtin_bit_cast(float, b); }

/// The magnitude of `x` with the sign of `sign`.
CREDENCE_HD CREDENCE_INLINE double copysign(double x, double sign) {
  return from_bits((to_bits(x) & std::uint64_t{0x7FFFFFFFFFFFFFFFU}) |
                   (to_bits(sign) & std::uint64_t{0x8000000000000000U}));
}
CREDENCE_HD CREDENCE_INLINE float copysign(float x, float sign) {
  return from_bits((to_bits(x) & 0x7FFFFFFFU) | (to_bits(sign) & 0x80000000U));
}
CREDENCE_HD CREDENCE_INLINE bool is_nan(double x) { return x != x; }
CREDENCE_HD CREDENCE_INLINE bool is_nan(float x) { return x != x; }

template <class T>
inline constexpr T infinity = T(__builtin_inf());
template <class T>
inline constexpr T not_a_number = T(__builtin_nan(""));

namespace inlined {

/// An unevaluated sum hi + lo with |lo| <= ulp(hi) / 2 or about so.
struct pair {
  double hi, lo;
};

/// a + b exactly, for |a| >= |b| or a = 0.
CREDENCE_HD CREDENCE_INLINE pair fast_two_sum(double a, double b) {
  const double s = a + b;
  return {s, b - (s - a)};
}
/// a + b exactly.
CREDENCE_HD CREDENCE_INLINE pair two_sum(double a, double b) {
  const double s = a + b, from_b = s - a;
  return {s, (a - (s - from_b)) + (b - from_b)};
}
/// a * b exactly (barring underflow).
CREDENCE_HD CREDENCE_INLINE pair two_product(double a, double b) {
  const double p = a * b;
  return {p, math::fma(a, b, -p)};
}
/// (n.hi + n.lo) / (d.hi + d.lo), rounded almost once, for one division.
CREDENCE_HD CREDENCE_INLINE double divide(pair n, pair d) {
  const double inverse = 1.0 / d.hi;
  const double q = n.hi * inverse;
  const double rest = math::fma(-q, d.hi, n.hi) + math::fma(-q, d.lo, n.lo);
  return math::fma(rest, inverse, q);
}

// c0 + c1 x + c2 x^2 + ..., by Horner in x^2 for the even and for the odd terms: half the latency of one chain.
template <class T>
CREDENCE_HD CREDENCE_INLINE T every_second(T, T c0) {
  return c0;
}
template <class T>
CREDENCE_HD CREDENCE_INLINE T every_second(T, T c0, T) {
  return c0;
}
template <class T, class... C>
CREDENCE_HD CREDENCE_INLINE T every_second(T x2, T c0, T, C... rest) {
  return math::fma(every_second(x2, rest...), x2, c0);
}
template <class T>
CREDENCE_HD CREDENCE_INLINE T polynomial(T x, T c0, T c1) {
  return math::fma(c1, x, c0);
}
template <class T, class... C>
CREDENCE_HD CREDENCE_INLINE T polynomial(T x, T c0, T c1, C... rest) {
  const T x2 = x * x;
  return math::fma(every_second(x2, c1, rest...), x, every_second(x2, c0, c1, rest...));
}

/// x rounded to an integer for |x| < 2^51 (ties to even), and the bits whose low half is that integer.
CREDENCE_HD CREDENCE_INLINE double round_small(double x) {
  constexpr double magic = 0x1.8p52;
  return (x + magic) - magic;
}
CREDENCE_HD CREDENCE_INLINE float round_small(float x) {
  constexpr float magic = 0x1.8p23F;
  return (x + magic) - magic;
}
/// 2^k for an integer -1022 <= k <= 1023.
CREDENCE_HD CREDENCE_INLINE double power_of_two(double k) { return from_bits(to_bits(k + (0x1.8p52 + 1023.0)) << 52); }
CREDENCE_HD CREDENCE_INLINE float power_of_two(float k) { return from_bits(to_bits(k + (0x1.8p23F + 127.0F)) << 23); }
/// p 2^k for an integer |k| < 2000, rounded once also where the result is subnormal.
CREDENCE_HD CREDENCE_INLINE double scale(double p, double k) {
  const double half = round_small(0.5 * k);
  return p * power_of_two(half) * power_of_two(k - half);
}
CREDENCE_HD CREDENCE_INLINE float scale(float p, float k) {
  const float half = round_small(0.5F * k);
  return p * power_of_two(half) * power_of_two(k - half);
}

}  // namespace inlined
}  // namespace math
}  // namespace CREDENCE_ISA
}  // namespace credence
