// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/portable_math_log.hpp"

/// The bodies of the modified Bessel functions of order 0 and 1, scaled by exp(-|x|): branch-free. Callers use
/// credence/special/bessel.hpp.
///
/// Up to 8 a polynomial in (x / 2)^2; above, exp(-x) I(x) = P(1 / x) / sqrt(2 pi x).
namespace credence {
inline namespace CREDENCE_ISA {
namespace special {
namespace inlined {

/// I0(x) for |x| <= 8.
CREDENCE_HD CREDENCE_INLINE double bessel_i0_small(double x) {
  const double y = 0.25 * x * x;
  return math::fma(y,
                   math::inlined::polynomial(y, 0x1.0000000000000p+0, 0x1.ffffffffffff5p-3, 0x1.c71c71c71c833p-6,
                                             0x1.c71c71c71abecp-10, 0x1.23456789c4224p-14, 0x1.02e85c06e15e4p-19,
                                             0x1.522a441fcf876p-25, 0x1.522a413d71425p-31, 0x1.0b315313650a7p-37,
                                             0x1.55ff588457790p-44, 0x1.69e5b7691c913p-51, 0x1.40a88350b7dd1p-58,
                                             0x1.f28c307d8fbfbp-66, 0x1.10c55eb5bc7e7p-73, 0x1.1c6dc6979613bp-80),
                   1.0);
}
/// 2 I1(x) / x for |x| <= 8.
CREDENCE_HD CREDENCE_INLINE double bessel_i1_small(double x) {
  const double y = 0.25 * x * x;
  return math::fma(y,
                   math::inlined::polynomial(y, 0x1.0000000000000p-1, 0x1.5555555555553p-4, 0x1.c71c71c71c790p-8,
                                             0x1.6c16c16c161ccp-12, 0x1.845c8a0cf6287p-17, 0x1.27e4fb7668bffp-22,
                                             0x1.522a441024fb2p-28, 0x1.2c97573e11135p-34, 0x1.ab820f623a3f5p-41,
                                             0x1.f17434675109dp-48, 0x1.e280171f4801ep-55, 0x1.8ad983d5d7a27p-62,
                                             0x1.1c0c892553264p-69, 0x1.273900fa5f747p-77, 0x1.178cc0bb5534fp-84),
                   1.0);
}
/// sqrt(2 pi x) exp(-x) I0(x) for x >= 8.
CREDENCE_HD CREDENCE_INLINE double bessel_i0_large(double x) {
  return math::inlined::polynomial(
      1.0 / x, 0x1.0000000000000p+0, 0x1.ffffffffff778p-4, 0x1.2000000245d27p-4, 0x1.2bfffc841b6d5p-4,
      0x1.cb621807318bbp-4, 0x1.d132bbc759c7dp-3, 0x1.03b32a9de9196p-1, 0x1.bcccbd7392fbbp+3, -0x1.43ae136a7b2aap+10,
      0x1.737af631dbcf9p+16, -0x1.36c725221ec7cp+22, 0x1.8b62f304df643p+27, -0x1.86ed375c4b6dcp+32,
      0x1.3090a562d4d76p+37, -0x1.79010224da51ap+41, 0x1.742208b33be89p+45, -0x1.24e1ddc220b59p+49,
      0x1.6e23283250cd3p+52, -0x1.6880d20553c02p+55, 0x1.13b474485bf82p+58, -0x1.406c0851bad45p+60,
      0x1.11313814d0cc7p+62, -0x1.4219f054a87f7p+63, 0x1.d51d838666903p+63, -0x1.3dedbd864eea9p+63);
}
CREDENCE_HD CREDENCE_INLINE double bessel_i1_large(double x) {
  return math::inlined::polynomial(
      1.0 / x, 0x1.0000000000000p+0, -0x1.7fffffffffdf9p-2, -0x1.e00000020752fp-4, -0x1.a3fffd3f067bap-4,
      -0x1.2750825088657p-3, -0x1.1c838d34ac569p-2, -0x1.27ae0dab6d85ap-1, -0x1.1aa6f8fab77d7p+4, 0x1.85f7e8b4891bep+10,
      -0x1.af4772f6c69dcp+16, 0x1.60675a64f6af9p+22, -0x1.b8fd6b23ec47cp+27, 0x1.aeacdb4f6a246p+32,
      -0x1.4c5533899bd9ep+37, 0x1.98397b90d4bd3p+41, -0x1.9068c267df9f1p+45, 0x1.397817f23a89ep+49,
      -0x1.861af88617a0ep+52, 0x1.7e9b0049f87b2p+55, -0x1.239cafd848382p+58, 0x1.51e43a2a69bf3p+60,
      -0x1.1f51400930ae8p+62, 0x1.51f1d16f1f61dp+63, -0x1.eb20aba3323a0p+63, 0x1.4c3203b2f531ap+63);
}
CREDENCE_HD CREDENCE_INLINE double inverse_root_two_pi(double x) { return 0x1.9884533d43651p-2 / math::sqrt(x); }

/// exp(-|x|) I0(x).
CREDENCE_HD CREDENCE_INLINE double bessel_i0_scaled(double x) {
  const double a = math::abs(x);
  const double small = bessel_i0_small(a) * math::inlined::exp(-a);
  return math::select(a > 8.0, bessel_i0_large(a) * inverse_root_two_pi(a), small);
}
/// exp(-|x|) I1(x).
CREDENCE_HD CREDENCE_INLINE double bessel_i1_scaled(double x) {
  const double a = math::abs(x);
  const double small = 0.5 * a * bessel_i1_small(a) * math::inlined::exp(-a);
  return math::copysign(math::select(a > 8.0, bessel_i1_large(a) * inverse_root_two_pi(a), small), x);
}
/// exp(x) for 0 <= x <= 760 in two factors, so that a product below overflow does not overflow on the way.
CREDENCE_HD CREDENCE_INLINE double times_exp(double factor, double x) {
  const math::inlined::scaled_pair e = math::inlined::exp_pair(math::min(x, 760.0), 0.0);
  return math::inlined::scale(factor * e.hi, e.k);
}
CREDENCE_HD CREDENCE_INLINE double bessel_i0(double x) {
  const double a = math::abs(x);
  const double value =
      math::select(a > 8.0, times_exp(bessel_i0_large(a) * inverse_root_two_pi(a), a), bessel_i0_small(a));
  return math::select(a < math::infinity<double>, value, a);
}
CREDENCE_HD CREDENCE_INLINE double bessel_i1(double x) {
  const double a = math::abs(x);
  const double value =
      math::select(a > 8.0, times_exp(bessel_i1_large(a) * inverse_root_two_pi(a), a), 0.5 * a * bessel_i1_small(a));
  return math::copysign(math::select(a < math::infinity<double>, value, a), x);
}
/// log(I0(x)).
CREDENCE_HD CREDENCE_INLINE double log_bessel_i0(double x) {
  const double a = math::abs(x), y = 0.25 * a * a;
  const double small = math::inlined::log1p(
      math::select(a > 8.0, 0.0,
                   y * math::inlined::polynomial(y, 0x1.0000000000000p+0, 0x1.ffffffffffff5p-3, 0x1.c71c71c71c833p-6,
                                                 0x1.c71c71c71abecp-10, 0x1.23456789c4224p-14, 0x1.02e85c06e15e4p-19,
                                                 0x1.522a441fcf876p-25, 0x1.522a413d71425p-31, 0x1.0b315313650a7p-37,
                                                 0x1.55ff588457790p-44, 0x1.69e5b7691c913p-51, 0x1.40a88350b7dd1p-58,
                                                 0x1.f28c307d8fbfbp-66, 0x1.10c55eb5bc7e7p-73, 0x1.1c6dc6979613bp-80)));
  const double large = a + math::inlined::log(bessel_i0_large(a) * inverse_root_two_pi(a));
  return math::select(a > 8.0, math::select(a < math::infinity<double>, large, a), small);
}
/// I1(x) / I0(x), the mean resultant length of the von Mises distribution.
CREDENCE_HD CREDENCE_INLINE double bessel_ratio(double x) {
  const double a = math::abs(x);
  const double small = 0.5 * a * bessel_i1_small(a) / bessel_i0_small(a);
  const double large = bessel_i1_large(a) / bessel_i0_large(a);
  return math::copysign(math::select(a > 8.0, large, small), x);
}

}  // namespace inlined
}  // namespace special
}  // namespace CREDENCE_ISA
}  // namespace credence
