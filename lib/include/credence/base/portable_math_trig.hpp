// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/portable_math_core.hpp"

/// The bodies of the trigonometric functions. Callers use credence/base/portable_math.hpp.
namespace credence {
inline namespace CREDENCE_ISA {
namespace math {
namespace inlined {

/// x = quadrant pi / 2 + hi + lo with |hi| <= pi / 4 or a rounding above. The quadrant is a whole number; only its
/// value modulo 4 means something.
struct angle {
  double hi, lo, quadrant;
};

/// Below this |x| the short reduction is exact enough; above it every function takes the long one.
inline constexpr double reduction_limit = 0x1p20;

/// Subtracts n pi / 2, pi / 2 in four parts of 33 bits: n < 2^20 times a part is exact (Cody and Waite).
CREDENCE_HD CREDENCE_INLINE angle reduce_short(double x) {
  const double n = round_small(x * 0x1.45f306dc9c883p-1);
  const double first = fma(-n, 0x1.921fb54400000p+0, x);
  const pair second = two_sum(first, -n * 0x1.0b4611a600000p-34);
  const pair third = two_sum(second.hi, -n * 0x1.3198a2e000000p-69);
  const pair r = fast_two_sum(third.hi, (second.lo + third.lo) - n * 0x1.b839a252049c1p-104);
  return {r.hi, r.lo, n};
}

/// 2^(32 j - 32) 2 / pi modulo 4 in four doubles, for j = 0 .. 31 (Payne and Hanek's idea in floating point).
CREDENCE_HD CREDENCE_INLINE double two_over_pi_part(std::uint64_t index) {
  static constexpr double parts[128] = {
      0x1.45f306dc9c883p-33, -0x1.6b01ec5417056p-87, -0x1.6447e493ad4cep-141, 0x1.e21c820ff28b2p-195,
      0x1.45f306dc9c883p-1,  -0x1.6b01ec5417056p-55, -0x1.6447e493ad4cep-109, 0x1.e21c820ff28b2p-163,
      0x1.27220a94fe13bp+1,  -0x1.05c1596447e49p-53, -0x1.d6a66c3bc6fbep-108, -0x1.ae9c5421443aap-168,
      0x1.fc2757d1f534ep+0,  -0x1.1f924eb53361ep-55, 0x1.c820ff28b1d5fp-111,  -0x1.443a9e48db91cp-168,
      0x1.f534ddc0db629p+0,  0x1.664f10e4107f9p-54,  0x1.163abdebbc562p-108,  -0x1.236e4716f6c8bp-162,
      0x1.b6c52b3278872p-1,  0x1.07f9458eaf7afp-58,  -0x1.d4f246dc8e2dfp-115, 0x1.374b801924bbbp-170,
      0x1.3c439041fe516p+0,  0x1.d5ef5de2b0db9p-55,  0x1.1b8e909374b80p-110,  0x1.924bba8274648p-166,
      0x1.fe5163abdebbcp+0,  0x1.586dc91b8e909p-54,  0x1.ba5c00c925dd4p-109,  0x1.3a32439fc3bd6p-165,
      0x1.ef5de2b0db923p+1,  0x1.c74849ba5c00dp-53,  -0x1.b688afb1736f2p-107, 0x1.fc3bd63962535p-161,
      0x1.b7246e3a424ddp+0,  0x1.700324977504fp-55,  -0x1.cdbc603c429c7p-109, 0x1.894d39f74411bp-163,
      0x1.2126e97003249p+1,  0x1.dd413a32439fcp-53,  0x1.deb1cb129a73fp-108,  -0x1.77dca0ad144bbp-164,
      0x1.924bba8274648p-6,  0x1.cfe1deb1cb12ap-60,  -0x1.63045df7282b4p-114, -0x1.44bb7b16638fep-168,
      0x1.04e8c90e7f0efp+1,  0x1.63962534e7dd1p-53,  0x1.1afa975da2427p-111,  0x1.338e04d68befdp-165,
      0x1.fc3bd63962535p-1,  -0x1.822efb9415a29p-57, 0x1.a24274ce38136p-111,  -0x1.741037d8cdc54p-165,
      0x1.62534e7dd1047p-1,  -0x1.0568a25dbd8b3p-55, -0x1.c7eca5d040df6p-111, -0x1.9b8a719f2b318p-166,
      0x1.74411afa975dap+1,  0x1.213a671c09ad1p-54,  0x1.f7e413991d63ap-108,  -0x1.f2b3182d8dee8p-162,
      0x1.2ebb4484e99c7p+0,  0x1.35a2fbf209cc9p-59,  -0x1.4e33e566305b2p-115, 0x1.08bf177bf2507p-169,
      0x1.d338e04d68bf0p-1,  -0x1.bec66e29c67cbp-56, 0x1.9cfa4e422fc5ep-111,  -0x1.036be27003b40p-167,
      0x1.5a2fbf209cc8fp+1,  -0x1.38cf9598c16c7p-53, 0x1.17e2ef7e4a0ecp-110,  0x1.ff897ffde0598p-164,
      0x1.3991d63983534p+0,  -0x1.82d8dee81d108p-54, -0x1.b5f13801da001p-110, 0x1.e05980fef2f12p-164,
      0x1.835339f49c846p+0,  -0x1.d1081b5f13802p-58, 0x1.2fffbc0b301fep-113,  -0x1.a1dce94beb25cp-169,
      0x1.3908bf177bf25p-1,  0x1.d8ffc4bffef03p-59,  -0x1.9fc04343b9d29p-114, -0x1.f592e092c9813p-168,
      0x1.defc941d8ffc5p+1,  -0x1.00043f4cfe022p-53, 0x1.788c5ad053690p-107,  -0x1.25930261b069fp-161,
      0x1.8ffc4bffef02dp+1,  -0x1.fc04343b9d298p-54, 0x1.4da3eda6cfd9ep-109,  0x1.3e584dba7a320p-163,
      0x1.ef02cc07f7979p+1,  -0x1.ce94beb25c126p-53, 0x1.b3f6793e584dcp-107,  -0x1.61738132c3403p-161,
      0x1.f79788c5ad053p+1,  0x1.a3eda6cfd9e50p-53,  -0x1.a7b24585ce04dp-107, 0x1.3cbfd45aea4f7p-161,
      0x1.ad05368fb69b4p+1,  -0x1.30d834f648b0cp-56, 0x1.8fd9a797fa8b6p-110,  -0x1.5b08a7028341dp-165,
      0x1.b69b3f6793e58p+1,  0x1.36e9e8c7ecd3dp-53,  -0x1.00ae9456c229cp-107, -0x1.41a0e84c2f8c6p-164,
      0x1.93e584dba7a32p+1,  -0x1.32c3402ba515bp-57, -0x1.14e050683a131p-114, 0x1.0739f78a5292fp-168,
      0x1.a7a31fb34f2ffp+1,  0x1.45aea4f758fd8p-53,  -0x1.a0e84c2f8c608p-108, -0x1.d6b5b45650128p-162,
      0x1.4f2ff516ba93ep+1,  -0x1.4e050683a130cp-54, 0x1.ce7de294a4baap-110,  -0x1.404a04ee072a3p-164,
      0x1.7527bac7ebe5fp+0,  0x1.7b3d0739f78a5p-56,  0x1.497535fdafd89p-111,  -0x1.ca8bdea7f33eep-170};
  return parts[index];
}

/// v modulo 4, in [0, 4), for v >= 0.
CREDENCE_HD CREDENCE_INLINE double modulo_four(double v) {
  const double quarter = 0.25 * v;
  return 4.0 * (quarter - math::floor(quarter));
}

/// v less the nearest multiple of 4: exact, also for small v.
CREDENCE_HD CREDENCE_INLINE double centred_modulo_four(double v) { return v - 4.0 * math::floor(fma(0.25, v, 0.5)); }

/// The same for reduction_limit <= |x|. |x| = m 2^(32 j - 32) with a whole number m in [2^52, 2^84): multiples of 4 in
/// 2^(32 j - 32) 2 / pi drop out of the product with m.
CREDENCE_HD CREDENCE_INLINE angle reduce_long(double x) {
  const double a = math::abs(x);
  const std::uint64_t j = (((to_bits(a) >> 52) - 1043U) >> 5) & 31U;  // the mask keeps small x inside the table
  const double m = a * from_bits((1055U - 32U * j) << 52);
  const double p1 = two_over_pi_part(4U * j), p2 = two_over_pi_part(4U * j + 1U);
  const double p3 = two_over_pi_part(4U * j + 2U), p4 = two_over_pi_part(4U * j + 3U);
  const pair h1 = two_product(m, p1), h2 = two_product(m, p2), h3 = two_product(m, p3);
  // Sums are exact (each error is kept), largest first; the quarter turns leave before the small parts enter.
  const pair s1 = two_sum(modulo_four(h1.hi), centred_modulo_four(h1.lo));
  const pair s2 = two_sum(s1.hi, centred_modulo_four(h2.hi));
  const double n = round_small(s2.hi);
  const pair s3 = two_sum(s2.hi - n, s1.lo);
  const pair s4 = two_sum(s3.hi, s2.lo);
  const pair s5 = two_sum(s4.hi, h2.lo);
  const pair s6 = two_sum(s5.hi, h3.hi);
  const pair y = fast_two_sum(s6.hi, s3.lo + s4.lo + s5.lo + s6.lo + fma(m, p4, h3.lo));
  // times pi / 2
  const pair r = two_product(y.hi, 0x1.921fb54442d18p+0);
  const double low = fma(y.hi, 0x1.1a62633145c07p-54, fma(y.lo, 0x1.921fb54442d18p+0, r.lo));
  const bool negative = x < 0.0;
  return {select(negative, -r.hi, r.hi), select(negative, -low, low), select(negative, -n, n)};
}

CREDENCE_HD CREDENCE_INLINE angle reduce(double x) {
  const angle near = reduce_short(x), far = reduce_long(x);
  const bool is_near = math::abs(x) < reduction_limit;
  return {select(is_near, near.hi, far.hi), select(is_near, near.lo, far.lo),
          select(is_near, near.quadrant, far.quadrant)};
}

/// sin(hi + lo) for |hi| <= pi / 4.
CREDENCE_HD CREDENCE_INLINE pair sin_near(double hi, double lo) {
  const double z = hi * hi;
  const double series = polynomial(z, -0x1.5555555555549p-3, 0x1.111111110f88ap-7, -0x1.a01a019c13225p-13,
                                   0x1.71de3578b87e8p-19, -0x1.ae5e66d24cec3p-26, 0x1.5d9321f1ec26cp-33);
  return fast_two_sum(hi, fma(hi * z, series, fma(-0.5 * z, lo, lo)));
}
/// cos(hi + lo).
CREDENCE_HD CREDENCE_INLINE pair cos_near(double hi, double lo) {
  const double z = hi * hi, half = 0.5 * z, w = 1.0 - half;
  const double series = polynomial(z, 0x1.555555555554cp-5, -0x1.6c16c16c15185p-10, 0x1.a01a019cb267bp-16,
                                   -0x1.27e4f80a605e7p-22, 0x1.1ee9ec300d412p-29, -0x1.8faebf7375b04p-37);
  return fast_two_sum(w, ((1.0 - w) - half) + fma(z * z, series, -hi * lo));
}

/// Sine and cosine of x from its reduction: the quadrant exchanges them and sets the signs.
CREDENCE_HD CREDENCE_INLINE void sincos_of(angle r, double& sine, double& cosine) {
  const double s = sin_near(r.hi, r.lo).hi, c = cos_near(r.hi, r.lo).hi;
  const std::uint64_t q = to_bits(r.quadrant + 0x1.8p52);
  const bool swap = (q & 1U) != 0;
  const std::uint64_t sin_sign = (q & 2U) << 62, cos_sign = ((q + 1U) & 2U) << 62;
  sine = from_bits(to_bits(select(swap, c, s)) ^ sin_sign);
  cosine = from_bits(to_bits(select(swap, s, c)) ^ cos_sign);
}

/// The second form is for callers who know that |x| < reduction_limit: the same bits for less work.
CREDENCE_HD CREDENCE_INLINE void sincos(double x, double& sine, double& cosine) {
  double s = 0.0;
  sincos_of(reduce(x), s, cosine);
  sine = select(math::abs(x) < 0x1p-27, x, s);  // keeps -0 and subnormal numbers
}
CREDENCE_HD CREDENCE_INLINE void sincos_below_limit(double x, double& sine, double& cosine) {
  double s = 0.0;
  sincos_of(reduce_short(x), s, cosine);
  sine = select(math::abs(x) < 0x1p-27, x, s);
}

CREDENCE_HD CREDENCE_INLINE void sincos_of_f32(angle r, double& sine, double& cosine) {
  const double z = r.hi * r.hi;
  const double s = fma(
      r.hi * z,
      polynomial(z, -0x1.5555554cbaf86p-3, 0x1.1111089672269p-7, -0x1.a00f9d992b45fp-13, 0x1.6cd850dbabb44p-19), r.hi);
  const double c =
      fma(z * z, polynomial(z, 0x1.55554ab6aeb2fp-5, -0x1.6c0c8ca6cf909p-10, 0x1.9a027c5baf534p-16), fma(-0.5, z, 1.0));
  const std::uint64_t q = to_bits(r.quadrant + 0x1.8p52);
  const bool swap = (q & 1U) != 0;
  sine = from_bits(to_bits(select(swap, c, s)) ^ ((q & 2U) << 62));
  cosine = from_bits(to_bits(select(swap, s, c)) ^ (((q + 1U) & 2U) << 62));
}
CREDENCE_HD CREDENCE_INLINE angle reduce_short_f32(double x) {
  const double n = round_small(x * 0x1.45f306dc9c883p-1);
  return {fma(-n, 0x1.1a62633145c07p-54, fma(-n, 0x1.921fb54442d18p+0, x)), 0.0, n};
}
CREDENCE_HD CREDENCE_INLINE void sincos_below_limit(float x, float& sine, float& cosine) {
  double s = 0.0, c = 0.0;
  sincos_of_f32(reduce_short_f32(x), s, c);
  sine = select(math::abs(x) < 0x1p-13F, x, static_cast<float>(s));
  cosine = static_cast<float>(c);
}
CREDENCE_HD CREDENCE_INLINE void sincos(float x, float& sine, float& cosine) {
  const double y = x;
  const angle near = reduce_short_f32(y), far = reduce_long(y);
  const bool is_near = math::abs(y) < reduction_limit;
  double s = 0.0, c = 0.0;
  sincos_of_f32({select(is_near, near.hi, far.hi), 0.0, select(is_near, near.quadrant, far.quadrant)}, s, c);
  sine = select(math::abs(x) < 0x1p-13F, x, static_cast<float>(s));
  cosine = static_cast<float>(c);
}

template <class T>
CREDENCE_HD CREDENCE_INLINE T sin(T x) {
  T s = T(0), c = T(0);
  inlined::sincos(x, s, c);
  return s;
}
template <class T>
CREDENCE_HD CREDENCE_INLINE T cos(T x) {
  T s = T(0), c = T(0);
  inlined::sincos(x, s, c);
  return c;
}
CREDENCE_HD CREDENCE_INLINE double tan_of(double x, angle r) {
  const pair s = sin_near(r.hi, r.lo), c = cos_near(r.hi, r.lo);
  const bool swap = (to_bits(r.quadrant + 0x1.8p52) & 1U) != 0;
  const double t = divide({select(swap, -c.hi, s.hi), select(swap, -c.lo, s.lo)},
                          {select(swap, s.hi, c.hi), select(swap, s.lo, c.lo)});
  return select(math::abs(x) < 0x1p-27, x, t);
}
CREDENCE_HD CREDENCE_INLINE double tan(double x) { return tan_of(x, reduce(x)); }
CREDENCE_HD CREDENCE_INLINE double tan_below_limit(double x) { return tan_of(x, reduce_short(x)); }
CREDENCE_HD CREDENCE_INLINE float tan_of_f32(float x, angle r) {
  double s = 0.0, c = 0.0;
  sincos_of_f32(r, s, c);
  return select(math::abs(x) < 0x1p-13F, x, static_cast<float>(s / c));
}
CREDENCE_HD CREDENCE_INLINE float tan(float x) {
  const double y = x;
  const angle near = reduce_short_f32(y), far = reduce_long(y);
  const bool is_near = math::abs(y) < reduction_limit;
  return tan_of_f32(x, {select(is_near, near.hi, far.hi), 0.0, select(is_near, near.quadrant, far.quadrant)});
}
CREDENCE_HD CREDENCE_INLINE float tan_below_limit(float x) { return tan_of_f32(x, reduce_short_f32(x)); }

/// sin(pi x) and cos(pi x): the reduction is exact for every x.
CREDENCE_HD CREDENCE_INLINE void sincos_pi(double x, double& sine, double& cosine) {
  const double turns = x - 2.0 * math::floor(fma(0.5, x, 0.5));  // in [-1, 1], exactly
  const double n = round_small(2.0 * turns);
  const double f = fma(-0.5, n, turns);
  const pair r = two_product(f, 0x1.921fb54442d18p+1);
  double s = 0.0;
  sincos_of({r.hi, fma(f, 0x1.1a62633145c07p-53, r.lo), n}, s, cosine);
  sine = select(f == 0.0 && (to_bits(n + 0x1.8p52) & 1U) == 0, copysign(0.0, x), s);
}
CREDENCE_HD CREDENCE_INLINE void sincos_pi(float x, float& sine, float& cosine) {
  const double y = x;
  const double turns = y - 2.0 * math::floor(fma(0.5, y, 0.5));
  const double n = round_small(2.0 * turns);
  const double f = fma(-0.5, n, turns);
  double s = 0.0, c = 0.0;
  sincos_of_f32({f * 0x1.921fb54442d18p+1, 0.0, n}, s, c);
  sine = static_cast<float>(select(f == 0.0 && (to_bits(n + 0x1.8p52) & 1U) == 0, copysign(0.0, y), s));
  cosine = static_cast<float>(c);
}

/// |x| to w = (n / d) with |w| <= tan(pi / 8), by atan(a) = offset + atan((a - c) / (1 + a c)) for c = 0, 1, infinity.
CREDENCE_HD CREDENCE_INLINE double atan(double x) {
  const double a = math::abs(x);
  const bool low = a<0x1.a827999fcef32p-2, high = a> 0x1.3504f333f9de6p+1;  // sqrt(2) -+ 1
  const double bounded = select(high, 1.0, a);
  const pair less = two_sum(bounded, -1.0), more = two_sum(1.0, bounded);
  const pair n = {select(low, a, select(high, -1.0, less.hi)), select(low || high, 0.0, less.lo)};
  const pair d = {select(low, 1.0, select(high, a, more.hi)), select(low || high, 0.0, more.lo)};
  // atan(w) / w = 1 + z A(z), z = w^2
  const double w = divide(n, d), z = w * w;
  const double series =
      polynomial(z, -0x1.555555555553dp-2, 0x1.9999999995863p-3, -0x1.24924922ad9afp-3, 0x1.c71c70e6332b3p-4,
                 -0x1.745cf8e05df4ep-4, 0x1.3b11195410ae5p-4, -0x1.10ebb9caeaae4p-4, 0x1.df0f50ad2debap-5,
                 -0x1.9cd2841aa1430p-5, 0x1.37d43c5e75ac6p-5, -0x1.25656380ff57bp-6);
  const double offset = select(low, 0.0, select(high, 0x1.921fb54442d18p+0, 0x1.921fb54442d18p-1));
  const double offset_low = select(low, 0.0, select(high, 0x1.1a62633145c07p-54, 0x1.1a62633145c07p-55));
  const pair sum = two_sum(offset, w);
  const double result = sum.hi + (sum.lo + fma(w * z, series, offset_low));
  return copysign(select(a < infinity<double>, result, select(x == x, 0x1.921fb54442d18p+0, x)), x);
}
CREDENCE_HD CREDENCE_INLINE float atan(float x) {
  const double a = math::abs(static_cast<double>(x));
  const bool low = a<0x1.a827999fcef32p-2, high = a> 0x1.3504f333f9de6p+1;
  const double w = select(low, a, select(high, -1.0, a - 1.0)) / select(low, 1.0, select(high, a, a + 1.0));
  const double z = w * w;
  const double series = polynomial(z, -0x1.55554952a799ep-2, 0x1.9991a82928f0ap-3, -0x1.23b64d98bb9aap-3,
                                   0x1.b1fb375548913p-4, -0x1.f22fa4da2954cp-5);
  const double offset = select(low, 0.0, select(high, 0x1.921fb54442d18p+0, 0x1.921fb54442d18p-1));
  return copysign(static_cast<float>(offset + fma(w * z, series, w)), x);
}

/// (asin(w) - w) / w for w^2 = z <= 1/4.
CREDENCE_HD CREDENCE_INLINE double asin_series(double z) {
  return z * polynomial(z, 0x1.5555555555387p-3, 0x1.333333336f84fp-4, 0x1.6db6db41d63adp-5, 0x1.f1c72c6c8ec5cp-6,
                        0x1.6e89ef8b1f414p-6, 0x1.1c6c26c6f23bbp-6, 0x1.c6f88fc55c509p-7, 0x1.8ee43714665b8p-7,
                        0x1.aab73612f89a2p-8, 0x1.40af9bedcb57bp-6, -0x1.0af17df249639p-6, 0x1.05cd4776fec37p-5);
}
/// Up to 1/2 by the series; above by asin(x) = pi / 2 - 2 asin(sqrt((1 - x) / 2)).
CREDENCE_HD CREDENCE_INLINE double asin(double x) {
  const double a = math::abs(x);
  const bool large = a > 0.5;
  const double z = select(large, 0.5 * (1.0 - a), a * a), root = math::sqrt(z);
  const double root_low = fma(-root, root, z) / select(root == 0.0, 1.0, 2.0 * root);
  const double series = asin_series(z);
  const double w = select(large, root, a);
  const double rest = fma(w, series, select(large, root_low, 0.0));
  // pi / 2 - 2 (root + rest), pi / 2 halved so that the difference is rounded once
  const pair half = two_sum(0x1.921fb54442d18p-1, -root);
  const double beyond = 2.0 * (half.hi + (half.lo + (0x1.1a62633145c07p-55 - rest)));
  return copysign(select(large, beyond, w + rest), x);
}
CREDENCE_HD CREDENCE_INLINE double acos(double x) {
  const double a = math::abs(x);
  const bool large = a > 0.5;
  const double z = select(large, 0.5 * (1.0 - a), a * a), root = math::sqrt(z);
  const double root_low = fma(-root, root, z) / select(root == 0.0, 1.0, 2.0 * root);
  const double w = select(large, root, a);
  const double rest = fma(w, asin_series(z), select(large, root_low, 0.0));
  const double near_one = 2.0 * (w + rest);
  const pair from_pi = two_sum(0x1.921fb54442d18p+0, -w);
  const double near_minus_one = 2.0 * (from_pi.hi + (from_pi.lo + (0x1.1a62633145c07p-54 - rest)));
  const double signed_w = copysign(w, x), signed_rest = copysign(1.0, x) * rest;
  const pair middle = two_sum(0x1.921fb54442d18p+0, -signed_w);
  const double inner = middle.hi + (middle.lo + (0x1.1a62633145c07p-54 - signed_rest));
  return select(large, select(x > 0.0, near_one, near_minus_one), inner);
}
CREDENCE_HD CREDENCE_INLINE float asin(float x) { return static_cast<float>(inlined::asin(static_cast<double>(x))); }
CREDENCE_HD CREDENCE_INLINE float acos(float x) { return static_cast<float>(inlined::acos(static_cast<double>(x))); }

}  // namespace inlined
}  // namespace math
}  // namespace CREDENCE_ISA
}  // namespace credence
