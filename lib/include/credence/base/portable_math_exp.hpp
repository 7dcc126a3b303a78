// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/portable_math_core.hpp"

/// The bodies of exp and its relatives. Callers use credence/base/portable_math.hpp.
///
/// x = k log 2 + r with |r| <= log(2) / 2; exp(r) = 1 + r + r^2 q(r), q a minimax polynomial
/// (docs/design/portable_math.md).
namespace credence {
inline namespace CREDENCE_ISA {
namespace math {
namespace inlined {

inline constexpr double log2_e = 0x1.71547652b82fep+0;
inline constexpr double ln2_high = 0x1.62e42fefa3800p-1;  // 42 bits: k times it is exact
inline constexpr double ln2_low = 0x1.ef35793c76730p-45;

/// (exp(r) - 1 - r) / r^2 on |r| <= 0.3466, within 2^-57.9 of exp(r).
CREDENCE_HD CREDENCE_INLINE double exp_q(double r) {
  return polynomial(r, 0x1.000000000000ap-1, 0x1.55555555554f9p-3, 0x1.55555555508a2p-5, 0x1.1111111128033p-7,
                    0x1.6c16c184245b9p-10, 0x1.a01a0129039e7p-13, 0x1.a0199a1759069p-16, 0x1.71df2807bd47ep-19,
                    0x1.28ad6ba21eb4cp-22, 0x1.ad7b83d996ed7p-26);
}
/// The same within 2^-61.7 of expm1(r).
CREDENCE_HD CREDENCE_INLINE double expm1_q(double r) {
  return polynomial(r, 0x1.0000000000000p-1, 0x1.5555555555559p-3, 0x1.555555555555ap-5, 0x1.111111110f6afp-7,
                    0x1.6c16c16c1441bp-10, 0x1.a01a01afe52a1p-13, 0x1.a01a01b0c3b34p-16, 0x1.71ddf85375c40p-19,
                    0x1.27e4c58a13434p-22, 0x1.af5ebf7d0c6d5p-26, 0x1.1f9582a061919p-29);
}
/// The same for single-precision results: within 2^-32 of expm1(r).
CREDENCE_HD CREDENCE_INLINE double exp_q_short(double r) {
  return polynomial(r, 0x1.00000027d85a9p-1, 0x1.55555589e8c4dp-3, 0x1.5554add7e7d2bp-5, 0x1.11108e8c776c1p-7,
                    0x1.6d74857c179bbp-10, 0x1.a1a29fb7eb038p-13);
}

/// t = k + bias for a whole number k, as fma(x, log2_e, bias) gives: p 2^k in two exact steps and one rounding, so that
/// subnormal results are right too. k >> 1 and k - (k >> 1) are both in the range of normal exponents.
inline constexpr double two_step_bias = 0x1.8p52 + 2046.0;
inline constexpr float two_step_bias_f32 = 0x1.8p23F + 254.0F;
CREDENCE_HD CREDENCE_INLINE double scale_by_bits(double p, double t) {
  const std::uint64_t both = to_bits(t), half = both >> 1;
  return p * from_bits(half << 52) * from_bits((both - half) << 52);
}
CREDENCE_HD CREDENCE_INLINE float scale_by_bits(float p, float t) {
  const std::uint32_t both = to_bits(t), half = both >> 1;
  return p * from_bits(half << 23) * from_bits((both - half) << 23);
}

CREDENCE_HD CREDENCE_INLINE double exp(double x) {
  const double t = fma(x, log2_e, two_step_bias), k = t - two_step_bias;
  const double r = fma(-k, ln2_low, fma(-k, ln2_high, x));
  double result = scale_by_bits(1.0 + fma(r * r, exp_q(r), r), t);
  // Outside, the steps above give nonsense. Choosing at the end is cheaper than bounding x first: compilers compute
  // every later step of a bounded x for the bound as well.
  result = select(x > 709.8, infinity<double>, result);
  return select(x < -745.2, 0.0, result);
}

/// exp(x) for x <= 0, 0 below -708: one scaling step and no overflow.
CREDENCE_HD CREDENCE_INLINE double exp_nonpositive(double x) {
  constexpr double bias = 0x1.8p52 + 1023.0;
  const double t = fma(x, log2_e, bias), k = t - bias;
  const double r = fma(-k, ln2_low, fma(-k, ln2_high, x));
  const double result = (1.0 + fma(r * r, exp_q(r), r)) * from_bits(to_bits(t) << 52);
  return select(x < -708.0, 0.0, result);
}

CREDENCE_HD CREDENCE_INLINE float exp(float x) {
  const float t = fma(x, 0x1.715476p+0F, two_step_bias_f32), k = t - two_step_bias_f32;
  const float r = fma(-k, 0x1.7f7d1cp-20F, fma(-k, 0x1.62e4p-1F, x));
  const float q = polynomial(r, 0x1.fffffcp-2F, 0x1.555492p-3F, 0x1.5558f0p-5F, 0x1.1239e4p-7F, 0x1.6a25d0p-10F);
  float result = scale_by_bits(1.0F + fma(r * r, q, r), t);
  result = select(x > 88.8F, infinity<float>, result);
  return select(x < -104.0F, 0.0F, result);
}

/// exp(x + x_low) as 2^k (hi + lo), |x| < 760.
struct scaled_pair {
  double hi, lo, k;
};
CREDENCE_HD CREDENCE_INLINE scaled_pair exp_pair(double x, double x_low) {
  const double k = round_small(x * log2_e);
  const double r0 = fma(-k, ln2_high, x), shift = fma(-k, ln2_low, x_low);
  const pair r = fast_two_sum(r0, shift);
  const pair t = fast_two_sum(r.hi, fma(r.hi * r.hi, expm1_q(r.hi), r.lo));
  const pair p = fast_two_sum(1.0, t.hi);
  return {p.hi, p.lo + fma(t.hi, r.lo, t.lo), k};
}

/// expm1(x) as 2^k (hi + lo), for -40 <= x <= 710. With c = 1 - 2^-k: expm1(x) = 2^k (c + expm1(r)).
CREDENCE_HD CREDENCE_INLINE scaled_pair expm1_pair(double x) {
  const double k = round_small(x * log2_e);
  const double r0 = fma(-k, ln2_high, x), shift = -k * ln2_low;
  const pair r = fast_two_sum(r0, shift);
  const double rest = fma(r.hi * r.hi, expm1_q(r.hi), r.lo);
  // Above 2^64 the one has no effect; the bound keeps 2^-k a normal number.
  const double c = 1.0 - power_of_two(-select(k > 64.0, 64.0, k));
  const pair sum = fast_two_sum(c, r.hi);
  const pair result = fast_two_sum(sum.hi, sum.lo + rest);
  return {result.hi, result.lo, k};
}

CREDENCE_HD CREDENCE_INLINE double expm1(double x) {
  const double bounded = select(x > 710.0, 710.0, select(x < -40.0, -40.0, x));
  const scaled_pair e = expm1_pair(bounded);
  return select(abs(x) < 0x1p-54, x, scale(e.hi, e.k));  // keeps -0
}

CREDENCE_HD CREDENCE_INLINE double expm1_short(double x) {  // -40 <= x <= 100
  const double k = round_small(x * log2_e);
  const double r = fma(-k, ln2_high, x);
  const double power = power_of_two(k);
  return fma(power, fma(r * r, exp_q_short(r), r), power - 1.0);
}

CREDENCE_HD CREDENCE_INLINE float expm1(float x) {
  const float bounded = select(x > 89.0F, 89.0F, select(x < -40.0F, -40.0F, x));
  return select(abs(x) < 0x1p-25F, x, static_cast<float>(expm1_short(static_cast<double>(bounded))));
}

/// exp(x) for single-precision results; 0 below -200, x <= 100.
CREDENCE_HD CREDENCE_INLINE double exp_short(double x) {
  x = select(x < -200.0, -200.0, x);
  const double k = round_small(x * log2_e);
  const double r = fma(-k, ln2_high, x);
  return (1.0 + fma(r * r, exp_q_short(r), r)) * power_of_two(k);
}

/// 2^x.
CREDENCE_HD CREDENCE_INLINE double exp2(double x) {
  x = select(x > 1025.0, 1025.0, select(x < -1080.0, -1080.0, x));
  const double k = round_small(x);
  const double fraction = x - k;
  const pair r = two_product(fraction, 0x1.62e42fefa39efp-1);  // log 2
  const double low = fma(fraction, 0x1.abc9e3b39803fp-56, r.lo);
  return scale(1.0 + (r.hi + fma(r.hi * r.hi, exp_q(r.hi), low)), k);
}
CREDENCE_HD CREDENCE_INLINE float exp2(float x) {
  x = select(x > 129.0F, 129.0F, select(x < -151.0F, -151.0F, x));
  const double y = x, k = round_small(y), r = (y - k) * 0x1.62e42fefa39efp-1;
  return static_cast<float>((1.0 + fma(r * r, exp_q_short(r), r)) * power_of_two(k));
}

/// tanh(x) = E / (E + 2) with E = expm1(2 |x|).
CREDENCE_HD CREDENCE_INLINE double tanh(double x) {
  const double doubled = 2.0 * abs(x);
  const scaled_pair e = expm1_pair(select(doubled > 40.0, 40.0, doubled));
  const double power = power_of_two(e.k);
  const pair numerator = {e.hi * power, e.lo * power};
  const pair sum =
      fast_two_sum(select(numerator.hi > 2.0, numerator.hi, 2.0), select(numerator.hi > 2.0, 2.0, numerator.hi));
  return copysign(divide(numerator, {sum.hi, sum.lo + numerator.lo}), x);
}
CREDENCE_HD CREDENCE_INLINE float tanh(float x) {
  const float doubled = 2.0F * abs(x);
  const double e = expm1_short(static_cast<double>(select(doubled > 40.0F, 40.0F, doubled)));
  const float t = static_cast<float>(e / (e + 2.0));
  return copysign(select(abs(x) < 0x1p-13F, abs(x), t), x);
}

/// sinh(x) = (E + E / (E + 1)) / 2 with E = expm1(|x|), or exp(|x|) / 2 where the rest is below rounding.
CREDENCE_HD CREDENCE_INLINE double sinh(double x) {
  const double a = abs(x);
  const scaled_pair small = expm1_pair(select(a > 40.0, 40.0, a));
  const double power = power_of_two(small.k);
  const pair e = {small.hi * power, small.lo * power};
  const pair below = fast_two_sum(select(e.hi > 1.0, e.hi, 1.0), select(e.hi > 1.0, 1.0, e.hi));
  const double ratio = divide(e, {below.hi, below.lo + e.lo});
  const double near = 0.5 * (e.hi + (e.lo + ratio));
  const double bounded = select(a > 715.0, 715.0, a);
  const scaled_pair large = exp_pair(bounded, 0.0);
  const double far = scale(large.hi + large.lo, large.k - 1.0);
  return copysign(select(a < 0x1p-28, a, select(a > 40.0, far, near)), x);
}
/// cosh(x) = (e + 1 / e) / 2 with e = exp(|x|).
CREDENCE_HD CREDENCE_INLINE double cosh(double x) {
  const double a = abs(x);
  const double bounded = select(a > 715.0, 715.0, a);
  const scaled_pair e = exp_pair(bounded, 0.0);
  // 2^-k exp(-a) is added before the scaling, which may overflow only in the result.
  const double down = power_of_two(-2.0 * select(e.k > 60.0, 60.0, e.k));
  return scale(e.hi + (e.lo + down / e.hi), e.k - 1.0);
}
CREDENCE_HD CREDENCE_INLINE float sinh(float x) {
  const double a = abs(x);
  const double e = expm1_short(select(a > 100.0, 100.0, a));
  const double s = 0.5 * (e + e / (e + 1.0));
  return copysign(select(abs(x) < 0x1p-13F, abs(x), static_cast<float>(s)), x);
}
CREDENCE_HD CREDENCE_INLINE float cosh(float x) {
  const double a = abs(x);
  const double e = expm1_short(select(a > 100.0, 100.0, a)) + 1.0;
  return static_cast<float>(0.5 * (e + 1.0 / e));
}

/// 1 / (1 + exp(-x)).
CREDENCE_HD CREDENCE_INLINE double inv_logit(double x) {
  const double a = abs(x);
  const scaled_pair e = exp_pair(-select(a > 746.0, 746.0, a), 0.0);
  const pair small = {scale(e.hi, e.k), scale(e.lo, e.k)};
  const pair one_plus = fast_two_sum(1.0, small.hi);
  const bool up = x >= 0.0;
  return divide({select(up, 1.0, small.hi), select(up, 0.0, small.lo)}, {one_plus.hi, one_plus.lo + small.lo});
}
CREDENCE_HD CREDENCE_INLINE float inv_logit(float x) {
  const double small = exp_short(-abs(static_cast<double>(x)));
  return static_cast<float>(select(x >= 0.0F, 1.0, small) / (1.0 + small));
}

}  // namespace inlined
}  // namespace math
}  // namespace CREDENCE_ISA
}  // namespace credence
