// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/portable_math_exp.hpp"

/// The bodies of log, log1p, pow and their relatives. Callers use credence/base/portable_math.hpp.
///
/// x = 2^k m with m in [sqrt(1/2), sqrt(2)); with s = (m - 1) / (m + 1), log m = 2 atanh(s) = 2 s + s^3 (2/3 + ...).
namespace credence {
inline namespace CREDENCE_ISA {
namespace math {
namespace inlined {

/// k and m of a positive finite number, subnormal ones included.
struct binary_parts {
  double k, m;
};
CREDENCE_HD CREDENCE_INLINE binary_parts split(double x) {
  const bool tiny = x < 0x1p-1022;
  const std::uint64_t bits =
      to_bits(select(tiny, x * 0x1p54, x)) + std::uint64_t{0x00095F619980C433U};  // one minus sqrt(1/2)
  // The exponent field as a double: through the low bits of 2^52, since AVX2 cannot convert 64-bit integers.
  const double field = from_bits((bits >> 52) | std::uint64_t{0x4330000000000000U});
  const double k = field - select(tiny, 0x1p52 + 1077.0, 0x1p52 + 1023.0);
  return {k, from_bits((bits & std::uint64_t{0x000FFFFFFFFFFFFFU}) + std::uint64_t{0x3FE6A09E667F3BCDU})};
}
struct binary_parts_f32 {
  float k, m;
};
CREDENCE_HD CREDENCE_INLINE binary_parts_f32 split(float x) {
  const bool tiny = x < 0x1p-126F;
  const std::uint32_t bits = to_bits(select(tiny, x * 0x1p25F, x)) + 0x004AFB0DU;
  const float field = from_bits((bits >> 23) | 0x4B000000U);
  const float k = field - select(tiny, 0x1p23F + 152.0F, 0x1p23F + 127.0F);
  return {k, from_bits((bits & 0x007FFFFFU) + 0x3F3504F3U)};
}

/// What log gives outside the positive finite numbers.
template <class T>
CREDENCE_HD CREDENCE_INLINE T log_edges(T x, T result) {
  result = select(x < infinity<T>, result, x);  // infinity and NaN
  result = select(x < T(0), not_a_number<T>, result);
  return select(x == T(0), -infinity<T>, result);
}

/// (2 atanh(s) - 2 s) / s for z = s^2 <= 0.0295, within 2^-58 of 2 atanh(s) / s.
CREDENCE_HD CREDENCE_INLINE double log_series(double z) {
  return z * polynomial(z, 0x1.5555555555592p-1, 0x1.999999997fdc3p-2, 0x1.24924941f15d9p-2, 0x1.c71c5208a6ec8p-3,
                        0x1.74663f2756f62p-3, 0x1.39a1b1e63aa89p-3, 0x1.2f05d47d39208p-3);
}
/// The same within 2^-36.
CREDENCE_HD CREDENCE_INLINE double log_series_short(double z) {
  return z * polynomial(z, 0x1.555554fda1fa9p-1, 0x1.999a7a988c2c4p-2, 0x1.2438d1abdb179p-2, 0x1.e2f777b923622p-3);
}

/// k log 2 + log(1 + f) + low. With h = f^2 / 2: log(1 + f) = f - (h - s (h + series)), so that f itself is not
/// rounded.
CREDENCE_HD CREDENCE_INLINE double log_sum(double k, double f, double low) {
  const double s = f / (2.0 + f), h = 0.5 * f * f;
  const double rest = fma(s, h + log_series(s * s), fma(k, ln2_low, low));
  const double high = k * ln2_high;
  return high - ((h - rest) - f);
}

CREDENCE_HD CREDENCE_INLINE double log(double x) {
  const binary_parts p = split(x);
  return log_edges(x, log_sum(p.k, p.m - 1.0, 0.0));
}

CREDENCE_HD CREDENCE_INLINE float log(float x) {
  const binary_parts_f32 p = split(x);
  const float f = p.m - 1.0F, s = f / (2.0F + f), z = s * s, h = 0.5F * f * f;
  const float series = z * polynomial(z, 0x1.55557ap-1F, 0x1.995ebcp-2F, 0x1.31e2fcp-2F);
  const float rest = fma(s, h + series, p.k * 0x1.7f7d1cp-20F);
  return log_edges(x, p.k * 0x1.62e4p-1F - ((h - rest) - f));
}

/// log(1 + x + x_low).
CREDENCE_HD CREDENCE_INLINE double log1p_with(double x, double x_low) {
  const pair u = two_sum(1.0, x);
  const binary_parts p = split(u.hi);
  return log_sum(p.k, p.m - 1.0, (u.lo + x_low) / u.hi);
}
CREDENCE_HD CREDENCE_INLINE double log1p(double x) {
  const double result = select(abs(x) < 0x1p-54, x, log1p_with(x, 0.0));  // keeps -0
  const double edges = select(x < infinity<double>, result, x);
  return select(x < -1.0, not_a_number<double>, select(x == -1.0, -infinity<double>, edges));
}

/// log(x) for single-precision results, x a positive normal number.
CREDENCE_HD CREDENCE_INLINE double log_short(double x) {
  const binary_parts p = split(x);
  const double s = (p.m - 1.0) / (p.m + 1.0);
  return fma(p.k, 0x1.62e42fefa39efp-1, fma(s, log_series_short(s * s), 2.0 * s));
}
CREDENCE_HD CREDENCE_INLINE float log1p(float x) {
  const float result = static_cast<float>(log_short(1.0 + static_cast<double>(x)));
  const float kept = select(abs(x) < 0x1p-25F, x, result);
  const float edges = select(x < infinity<float>, kept, x);
  return select(x < -1.0F, not_a_number<float>, select(x == -1.0F, -infinity<float>, edges));
}

/// log(x) for a positive finite x to about 2^-66.
CREDENCE_HD CREDENCE_INLINE pair log_pair(double x) {
  const binary_parts p = split(x);
  const double f = p.m - 1.0;
  const pair g = two_sum(1.0, p.m);
  const double inverse = 1.0 / g.hi;
  const double s = f * inverse;
  const double s_low = fma(-s, g.lo, fma(-s, g.hi, f)) * inverse;
  const double z = s * s, z_low = fma(2.0 * s, s_low, fma(s, s, -z));
  // atanh(s) / s = 1 + z w, w = 1/3 + z P(z)
  const double tail =
      z * polynomial(z, 0x1.9999999999996p-3, 0x1.2492492493036p-3, 0x1.c71c71c5804a6p-4, 0x1.745d183261be8p-4,
                     0x1.3b1362b1f2927p-4, 0x1.1120b64138e5dp-4, 0x1.de33572b08e0bp-5, 0x1.eb11f6881451ep-5);
  const pair w = fast_two_sum(0x1.5555555555555p-2, tail);
  const double w_low = w.lo + 0x1.5555555555555p-56;
  const double t = z * w.hi, t_low = fma(z, w.hi, -t) + fma(z, w_low, z_low * w.hi);
  const double twice = 2.0 * s, u = twice * t;
  const double u_low = fma(twice, t, -u) + fma(twice, t_low, 2.0 * s_low * t);
  const pair mantissa = fast_two_sum(twice, u);
  const pair sum = fast_two_sum(p.k * ln2_high, mantissa.hi);
  return fast_two_sum(sum.hi, sum.lo + fma(p.k, ln2_low, mantissa.lo + fma(2.0, s_low, u_low)));
}

CREDENCE_HD CREDENCE_INLINE double log2(double x) {
  const binary_parts p = split(x);
  const pair l = log_pair(p.m);
  const pair y = two_product(l.hi, log2_e);
  const pair sum = fast_two_sum(p.k, y.hi);
  return log_edges(x, sum.hi + (sum.lo + fma(l.hi, 0x1.777d0ffda0d24p-56, fma(l.lo, log2_e, y.lo))));
}
CREDENCE_HD CREDENCE_INLINE float log2(float x) {
  const double y = x;
  return log_edges(x, static_cast<float>(log_short(y) * log2_e));
}

/// What pow gives for signs, zeros, infinities and NaN, from |x|^y (C, annex F.10.4.4).
template <class T>
CREDENCE_HD CREDENCE_INLINE T pow_edges(T x, T y, T magnitude) {
  const T half = T(0.5) * y;
  const bool whole = floor(y) == y;
  const bool odd = whole && floor(half) != half;  // false from 2^53 (2^24) on: all such numbers are even
  T result = select(odd, copysign(magnitude, x), magnitude);
  result = select(x < T(0) && x > -infinity<T> && !whole, not_a_number<T>, result);
  result = select(abs(x) == T(1) && abs(y) == infinity<T>, T(1), result);
  result = select(x == x && y == y, result, x + y);
  return select(x == T(1) || y == T(0), T(1), result);
}

CREDENCE_HD CREDENCE_INLINE double pow(double x, double y) {
  const double a = abs(x);
  const pair l = log_pair(a);
  const bool inside = a > 0.0 && a < infinity<double>;
  const double l_high = select(inside, l.hi, select(a == 0.0, -infinity<double>, a));
  const double e = y * l_high;
  const bool moderate = abs(e) < 750.0;
  const double bounded = select(moderate, e, select(e > 0.0, 750.0, -750.0));
  const double e_low = select(moderate, fma(y, l_high, -e) + y * select(inside, l.lo, 0.0), 0.0);
  const scaled_pair p = exp_pair(bounded, e_low);
  return pow_edges(x, y, scale(p.hi + p.lo, p.k));
}
CREDENCE_HD CREDENCE_INLINE float pow(float x, float y) {
  const double a = abs(x);
  const bool inside = a > 0.0 && a < infinity<double>;
  const double l = select(inside, log_short(a), select(a == 0.0, -infinity<double>, a));
  const double e = static_cast<double>(y) * l;
  const double bounded = select(e > 100.0, 100.0, e);
  return pow_edges(x, y, static_cast<float>(exp_short(bounded)));
}

/// log(1 + exp(x)).
CREDENCE_HD CREDENCE_INLINE double log1p_exp(double x) {
  const double a = abs(x);
  const scaled_pair e = exp_pair(-select(a > 746.0, 746.0, a), 0.0);
  const double small = scale(e.hi, e.k), low = scale(e.lo, e.k);
  const double l = select(small < 0x1p-54, small, log1p_with(small, low));
  return select(x > 0.0, x, select(x == x, 0.0, x)) + l;
}
CREDENCE_HD CREDENCE_INLINE float log1p_exp(float x) {
  const double e = exp_short(-abs(static_cast<double>(x)));
  const double l = select(e < 0x1p-30, e, log_short(1.0 + e));
  return static_cast<float>(select(x > 0.0F, static_cast<double>(x), select(x == x, 0.0, static_cast<double>(x))) + l);
}

/// log(1 - exp(x)) for x <= 0: log(-expm1(x)) near 0, log1p(-exp(x)) from -log 2 down.
CREDENCE_HD CREDENCE_INLINE double log1m_exp(double x) {
  const double bounded = select(x < -746.0, -746.0, x);
  const scaled_pair e = exp_pair(bounded, 0.0);
  const double far = log1p_with(-scale(e.hi, e.k), -scale(e.lo, e.k));
  const double small = scale(e.hi, e.k);
  const double near = log(-expm1(x));
  const double result = select(x > -0x1.62e42fefa39efp-1, near, select(small < 0x1p-54, -small, far));
  return select(x > 0.0, not_a_number<double>, select(x == x, result, x));
}
CREDENCE_HD CREDENCE_INLINE float log1m_exp(float x) { return static_cast<float>(log1m_exp(static_cast<double>(x))); }

}  // namespace inlined
}  // namespace math
}  // namespace CREDENCE_ISA
}  // namespace credence
