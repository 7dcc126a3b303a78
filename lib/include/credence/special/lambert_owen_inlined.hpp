// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/special/erf_inlined.hpp"

/// The bodies of Lambert's W and Owen's T. Callers use credence/special/lambert_w.hpp and credence/special/owens_t.hpp.
namespace credence {
inline namespace CREDENCE_ISA {
namespace special {
namespace inlined {

/// e x + 1, rounded about once: how far x is above the branch point -1 / e.
CREDENCE_HD inline double above_branch_point(double x) {
  return math::fma(0x1.5bf0a8b145769p+1, x, 1.0) + 0x1.4d57ee2b1013ap-53 * x;
}
/// W near the branch point as a power series in p = +-sqrt(2 (e x + 1)), |p| < 1/4 (Corless et al., 1996, section 4).
CREDENCE_HD inline double lambert_w_series(double p) {
  return math::inlined::polynomial(
      p, -0x1.0000000000000p+0, 0x1.0000000000000p+0, -0x1.5555555555555p-2, 0x1.38e38e38e38e4p-3,
      -0x1.4629b7f0d462ap-4, 0x1.6c901e573ac90p-5, -0x1.a9bbcb24fe29fp-6, 0x1.002c98983bc43p-6, -0x1.3b20565de449cp-7,
      0x1.8a2b4a92630e7p-8, -0x1.f38df0d491306p-9, 0x1.3fee464a7d9c5p-9, -0x1.9d620108b4284p-10, 0x1.0d075d983b845p-10,
      -0x1.605a95d04e643p-11, 0x1.cff7754715cf2p-12, -0x1.32e4f1bc682e6p-12, 0x1.97a8dfca09940p-13,
      -0x1.0fbca7a215b09p-13, 0x1.6b701d0eab7e4p-14, -0x1.e77e059770444p-15, 0x1.47cc8ab17efb8p-15,
      -0x1.b9e1207154a3cp-16, 0x1.2a78f41328c77p-16);
}
/// Newton's method on w + log(w / x) = 0, which has the root and no cancellation away from the branch point.
CREDENCE_HD inline double lambert_w_by_log(double w, double x) {
  for (int i = 0; i < 6; ++i) {
    const double f = w + math::inlined::log(w / x);
    // Halley: f' = 1 + 1 / w, f'' = -1 / w^2
    const double slope = 1.0 + 1.0 / w;
    const double step = f / slope;
    const double change = step / (1.0 + 0.5 * step / (slope * w * w));
    w -= change;
    if (math::abs(change) < 1e-10 * math::abs(w)) break;
  }
  return w;
}

CREDENCE_HD inline double lambert_w0(double x) {
  const double q = above_branch_point(x);
  if (!(q >= 0.0)) return x > -0.36787944117144239 && x < 0.0 ? -1.0 : math::not_a_number<double>;
  if (x == math::infinity<double>) return x;
  if (q < 0.03125) return lambert_w_series(math::sqrt(2.0 * q));
  if (x > 3.0) {
    const double l = math::inlined::log(x), ll = math::inlined::log(l);
    return lambert_w_by_log(l - ll + ll / l, x);
  }
  if (math::abs(x) < 1e-9) return math::fma(-x, x, x);
  double w = x < 0.0 ? lambert_w_series(math::min(math::sqrt(2.0 * q), 1.2))
                     : math::inlined::log1p(x) * (1.0 - 0.2 * math::min(x, 1.0));
  // Halley's method on w - x exp(-w)
  for (int i = 0; i < 6; ++i) {
    const double e = x * math::inlined::exp(-w);
    const double f = w - e, slope = 1.0 + e;
    const double step = f / slope;
    const double change = step / (1.0 + 0.5 * step * e / slope);
    w -= change;
    if (math::abs(change) < 1e-10 * math::abs(w)) break;
  }
  return w;
}
CREDENCE_HD inline double lambert_wm1(double x) {
  const double q = above_branch_point(x);
  if (!(q >= 0.0) || x > 0.0) return x > -0.36787944117144239 && x < 0.0 ? -1.0 : math::not_a_number<double>;
  if (x == 0.0) return -math::infinity<double>;
  if (q < 0.03125) return lambert_w_series(-math::sqrt(2.0 * q));
  const double l = math::inlined::log(-x), ll = math::inlined::log(-l);
  const double start = q < 0.6 ? lambert_w_series(-math::sqrt(2.0 * q)) : l - ll + ll / l;
  return lambert_w_by_log(start, x);
}

/// The nodes (those above the middle) and weights of the 32-point Gauss-Legendre rule on [-1, 1].
CREDENCE_HD inline double legendre_node(int i) {
  static constexpr double node[16] = {
      0x1.fe995e70409b6p-1, 0x1.f8a212714bcdcp-1, 0x1.edf5518053baap-1, 0x1.deac0259f7f42p-1,
      0x1.caea9b4574cb9p-1, 0x1.b2e04fd686a13p-1, 0x1.96c69481c4bc5p-1, 0x1.76e0931d693bap-1,
      0x1.537a89c487f8ap-1, 0x1.2ce9146962ca4p-1, 0x1.038862866b29dp-1, 0x1.af76b57c6f8f1p-2,
      0x1.53d55ce57bdf6p-2, 0x1.ea0f7e19c094bp-3, 0x1.27e0ea717f237p-3, 0x1.8bbc8488cc499p-5};
  return node[i];
}
CREDENCE_HD inline double legendre_weight(int i) {
  static constexpr double weight[16] = {
      0x1.cbf8bc743cc5cp-8, 0x1.0aa3c248696c9p-6, 0x1.a0060a8531ffap-6, 0x1.18c5800a355d9p-5,
      0x1.5ee963a335495p-5, 0x1.a1c6ae961fbfap-5, 0x1.e0bd76c924981p-5, 0x1.0d9b9a62cac10p-4,
      0x1.2854103b35e0cp-4, 0x1.40483e126fd14p-4, 0x1.553ee25ebebc6p-4, 0x1.6705e18e13ed1p-4,
      0x1.7572bdb3f6e51p-4, 0x1.8062fc0f6fef9p-4, 0x1.87bc776f8c6d7p-4, 0x1.8b6d9eaec77adp-4};
  return weight[i];
}

/// T(h, a) for h >= 0 and 0 <= a <= 1: the defining integral of exp(-h^2 (1 + x^2) / 2) / (2 pi (1 + x^2)) over [0, a],
/// cut where the integrand has fallen to 1e-17 of its start.
CREDENCE_HD inline double owens_t_integral(double h, double a) {
  const double end = h * a > 8.9 ? 8.9 / h : a;
  const double half = 0.5 * end, factor = -0.5 * h * h;
  double sum = 0.0;
  for (int i = 0; i < 16; ++i) {
    const double up = half * (1.0 + legendre_node(i)), down = half * (1.0 - legendre_node(i));
    const double f_up = math::inlined::exp(factor * up * up) / math::fma(up, up, 1.0);
    const double f_down = math::inlined::exp(factor * down * down) / math::fma(down, down, 1.0);
    sum = math::fma(legendre_weight(i), f_up + f_down, sum);
  }
  return sum * half * 0.15915494309189533577 * exp_minus_square(math::min(h, 39.0), 0.5);
}
CREDENCE_HD inline double owens_t(double h, double a) {
  if (h != h || a != a) return math::not_a_number<double>;
  const double p = math::abs(h), q = math::abs(a);
  double t = 0.0;
  if (p > 38.7) {
    t = 0.0;  // below half the tail beyond h, which underflows
  } else if (q <= 1.0) {
    t = owens_t_integral(p, q);
  } else {
    // T(h, a) + T(a h, 1 / a) = (c + d) / 2 - c d with the upper tails c of h and d of a h
    const double c = 0.5 * normal_tail_twice(p);
    const double d = p == 0.0 ? 0.5 : 0.5 * normal_tail_twice(p * q);
    const double other = q == math::infinity<double> || p * q > 40.0 ? 0.0 : owens_t_integral(p * q, 1.0 / q);
    t = 0.5 * c + d * (0.5 - c) - other;
    if (p == 0.0) t = 0.25 - (q == math::infinity<double> ? 0.0 : owens_t_integral(0.0, 1.0 / q));
  }
  return a < 0.0 ? -t : t;
}

}  // namespace inlined
}  // namespace special
}  // namespace CREDENCE_ISA
}  // namespace credence
