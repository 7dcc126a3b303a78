// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/portable_math_gamma.hpp"
#include "credence/base/portable_math_trig.hpp"

/// The bodies of lgamma, digamma, trigamma and tetragamma: branch-free. Callers use credence/special/gamma.hpp.
namespace credence {
inline namespace CREDENCE_ISA {
namespace special {
namespace inlined {

using math::abs;
using math::floor;
using math::fma;
using math::select;
using math::inlined::pair;
using math::inlined::polynomial;

/// lgamma for x > 0: log((x - 1)!), or log(x!) - log(x) below 1.
CREDENCE_HD CREDENCE_INLINE double lgamma_positive(double x) {
  const bool low = x < 1.0;
  const double n = select(low, x, x - 1.0);
  const pair l = math::inlined::log_pair(select(low, x, n));
  const pair small = math::inlined::log_factorial_small(n);
  const pair sum = math::inlined::two_sum(small.hi, -select(low, l.hi, 0.0));
  const double below = sum.hi + (sum.lo + (small.lo - select(low, l.lo, 0.0)));
  const double result = select(n >= 8.0, math::inlined::log_factorial_large(n, l), below);
  const double edges = select(x > 0.0, result, select(x == 0.0, math::infinity<double>, math::not_a_number<double>));
  return select(x < math::infinity<double>, edges, x);
}

/// log |Gamma(x)|. Below 0 by reflection: lgamma(-a) = log(pi / |sin(pi a)|) - log(a!).
CREDENCE_HD CREDENCE_INLINE double lgamma(double x) {
  const bool negative = x < 0.0;
  const double a = abs(x);
  const bool low = !negative && a < 1.0;
  const double n = select(low || negative, a, a - 1.0);
  const pair l = math::inlined::log_pair(select(low, a, n));
  const pair small = math::inlined::log_factorial_small(n);
  const double factorial = select(n >= 8.0, math::inlined::log_factorial_large(n, l), small.hi + small.lo);
  double s = 0.0, c = 0.0;
  math::inlined::sincos_pi(a, s, c);
  const double ratio = 3.14159265358979323846 / abs(s);
  const double reflected = math::inlined::log(ratio) - factorial;
  const pair sum = math::inlined::two_sum(small.hi, -l.hi);
  const double near_zero = sum.hi + (sum.lo + (small.lo - l.lo));
  double result = select(negative, reflected, select(low, near_zero, factorial));
  result = select(a == 0.0, math::infinity<double>, result);
  return select(a < math::infinity<double>, result, select(x == x, math::infinity<double>, x));
}

/// log(x) - digamma(x) for x >= 8.
CREDENCE_HD CREDENCE_INLINE double log_minus_digamma_large(double x) {
  const double w = 1.0 / x, z = w * w;
  return fma(z,
             polynomial(z, 0x1.5555555555555p-4, -0x1.11111111099f9p-7, 0x1.041040c7a2c08p-8, -0x1.1110b4d0a9d49p-8,
                        0x1.f0389fe460f7ap-8, -0x1.532852022a878p-6, 0x1.04d0c0b4e6189p-4),
             0.5 * w);
}

/// digamma for x > 0: (x - x0) times a polynomial in t = (x - c) / (x + c) on [1, 8], x0 its zero; digamma(x + 1) - 1/x
/// below; the asymptotic series above.
CREDENCE_HD CREDENCE_INLINE double digamma_positive(double x) {
  const bool low = x < 1.0;
  const double y = select(low, x + 1.0, x);
  const double t = (y - 2.828125) / (y + 2.828125);
  const double series = polynomial(
      t, 0x1.3f6cbebd8f94dp-1, -0x1.a9134945deec5p-1, 0x1.12fd228cb91e8p-1, -0x1.1372fa8e769e4p-1, 0x1.f76c9e3b4af8bp-2,
      -0x1.fe594b0a50991p-2, 0x1.eed8cedc38dd8p-2, -0x1.f4c4d77f3cbafp-2, 0x1.edb526c6f4fc9p-2, -0x1.f1fb7d3ca5d8fp-2,
      0x1.edef0f519e193p-2, -0x1.f0f8b15032a83p-2, 0x1.ee4a100576596p-2, -0x1.f066e3e23ec11p-2, 0x1.ee82bfd24ff32p-2,
      -0x1.f17ae54e9fb3ap-2, 0x1.ef9b233d9ef3dp-2, -0x1.e3efd256a7791p-2, 0x1.e5e471c46bc37p-2, -0x1.2131188f6e457p-1,
      0x1.187b5022254f1p-1, -0x1.a29d1203f26f0p-4, 0x1.48104ccae6837p-3, -0x1.b4623064545e5p+0, 0x1.9058a8c052682p+0,
      0x1.f29340d3da1d4p+0, -0x1.c040663186a1dp+0, -0x1.7d22ac6f5bf08p+1, 0x1.6d2ef2f6e15f4p+1);
  // below 1, what rounding x + 1 lost
  const double lost = select(low, x - (y - 1.0), 0.0);
  const double from_zero = ((y - 0x1.762d86356be3fp+0) + lost) - 0x1.b86a722197829p-54;
  const double small = fma(from_zero, series, -select(low, 1.0 / x, 0.0));
  const double large = math::inlined::log(x) - log_minus_digamma_large(x);
  return select(x < math::infinity<double>, select(x >= 8.0, large, small), x);
}

/// digamma. Below 0 by reflection: digamma(-a) = digamma(1 + a) + pi cot(pi a).
CREDENCE_HD CREDENCE_INLINE double digamma(double x) {
  const bool negative = x < 0.0;
  const double result = digamma_positive(select(negative, 1.0 - x, x));
  double s = 0.0, c = 0.0;
  math::inlined::sincos_pi(x, s, c);
  const double reflected = result - 3.14159265358979323846 * c / s;
  const double value = select(negative, select(s == 0.0, math::not_a_number<double>, reflected), result);
  return select(x == 0.0, math::copysign(math::infinity<double>, -x), value);
}

/// trigamma for x > 0.
CREDENCE_HD CREDENCE_INLINE double trigamma_positive(double x) {
  const bool low = x < 1.0;
  const double y = select(low, x + 1.0, x);
  const double t = (y - 2.828125) / (y + 2.828125);
  const double series =
      polynomial(t, 0x1.327893fbd6c84p+0, -0x1.bba1a1ff21a02p-2, 0x1.033037642b235p-1, -0x1.22a34f68c2ea9p-1,
                 0x1.3b070dcb64c59p-1, -0x1.4c8ef0f4196a5p-1, 0x1.5853defbb102cp-1, -0x1.5fc6e7d407ae0p-1,
                 0x1.6444b66f1c84ap-1, -0x1.66dfc5d69cdebp-1, 0x1.68577a2d67fdfp-1, -0x1.692753d6c542bp-1,
                 0x1.699828b1b5bd9p-1, -0x1.69c0cd4866065p-1, 0x1.69d2f5ca816f3p-1, -0x1.6af01fb243b15p-1,
                 0x1.6b885646022ffp-1, -0x1.611c91dd9ebf4p-1, 0x1.5ce0e7a1ba258p-1, -0x1.a6dcd4fdca44ep-1,
                 0x1.bd5c9d1d0b1b6p-1, -0x1.289fec245e67dp-3, -0x1.f0edec29c000cp-7, -0x1.401c202dabcbdp+1,
                 0x1.70dfe50874441p+1, 0x1.6e37156e7ff43p+1, -0x1.b294e230a25f1p+1, -0x1.17121c8badf5ep+2,
                 0x1.2c771de519f9dp+2) /
      y;
  const double w = 1.0 / x, z = w * w;
  const double small = select(low, fma(w, w, series), series);
  const double large =
      fma(w * z,
          polynomial(z, 0x1.5555555555551p-3, -0x1.11111110f494ap-5, 0x1.8618609e7018fp-6, -0x1.11105fde4778ep-5,
                     0x1.360c90ac06b3ap-4, -0x1.f9f07bd1ee655p-3, 0x1.b81ebd9e5a2fep-1),
          fma(0.5 * w, w, w));
  return select(x >= 8.0, large, small);
}
/// trigamma. Below 0 by reflection: trigamma(-a) = (pi / sin(pi a))^2 - trigamma(1 + a).
CREDENCE_HD CREDENCE_INLINE double trigamma(double x) {
  const bool negative = x < 0.0;
  const double result = trigamma_positive(select(negative, 1.0 - x, x));
  double s = 0.0, c = 0.0;
  math::inlined::sincos_pi(x, s, c);
  const double ratio = 3.14159265358979323846 / s;
  return select(negative, fma(ratio, ratio, -result), result);
}

/// tetragamma, the derivative of trigamma.
CREDENCE_HD CREDENCE_INLINE double tetragamma(double x) {
  const bool negative = x < 0.0;
  const double p = select(negative, 1.0 - x, x);
  const bool low = p < 1.0;
  const double y = select(low, p + 1.0, p);
  const double t = (y - 2.828125) / (y + 2.828125);
  const double series =
      polynomial(t, 0x1.69ecc83bbafc5p+0, -0x1.e1010863bbf67p-1, 0x1.241e6300c30a7p+0, -0x1.4ac099cdacd09p+0,
                 0x1.633bb888dae80p+0, -0x1.6fbe392b0711fp+0, 0x1.741357b7e9d25p+0, -0x1.73ef115522da1p+0,
                 0x1.71fdd3fdd96b7p+0, -0x1.6fc1580f073bdp+0, 0x1.6ddde6dce51fep+0, -0x1.6c7b840924185p+0,
                 0x1.6b8e19489a99fp+0, -0x1.6af619b09dde3p+0, 0x1.6a79e130bad7cp+0, -0x1.6a385f981851cp+0,
                 0x1.6ba01b3f71f58p+0, -0x1.6becd64b3a518p+0, 0x1.5dbb9083c161bp+0, -0x1.5b14b57b0c6f2p+0,
                 0x1.b930dff2f9a30p+0, -0x1.c653b36a3b45dp+0, 0x1.d8f605542c9c9p-6, 0x1.307e6b69c1510p-3,
                 0x1.67ea0221a88b2p+2, -0x1.81c33539f9560p+2, -0x1.a61892c7af28dp+2, 0x1.c8e4959ba7e02p+2,
                 0x1.2894d92d13c86p+3, -0x1.3314cd72912dcp+3) /
      (y * y);
  const double w = 1.0 / p, z = w * w;
  const double small = select(low, fma(2.0 * w, z, series), series);
  const double large = z + fma(z, w,
                               z * z *
                                   polynomial(z, 0x1.fffffffffffffp-2, -0x1.555555555106cp-3, 0x1.5555553e4a5cdp-3,
                                              -0x1.33331ba6bed61p-2, 0x1.aa9ec7559532dp-1, -0x1.a388542f7e705p+1,
                                              0x1.0764b5ea2829bp+4, -0x1.291051d9e9e89p+6));
  const double positive = -select(p >= 8.0, large, small);
  double s = 0.0, c = 0.0;
  math::inlined::sincos_pi(x, s, c);
  const double ratio = 3.14159265358979323846 / s;
  // tetragamma(-a) = tetragamma(1 + a) + 2 pi^3 cos(pi a) / sin(pi a)^3
  const double reflected = positive - 2.0 * ratio * ratio * ratio * c;
  return select(negative, reflected, positive);
}

}  // namespace inlined
}  // namespace special
}  // namespace CREDENCE_ISA
}  // namespace credence
