// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/special/erf_inlined.hpp"
#include "credence/special/gamma_inlined.hpp"

/// The bodies of the regularised incomplete gamma functions. Callers use credence/special/incomplete_gamma.hpp.
///
/// With D = x^a exp(-x) / Gamma(a + 1): below about a, P = D S by its power series; above, Q = D U by Legendre's
/// continued fraction; for a > 1e5 near x = a, Temme's uniform expansion. Derivatives by a are carried term by term.
namespace credence {
inline namespace CREDENCE_ISA {
namespace special {
namespace inlined {

/// mu - log(ratio) for ratio = 1 + mu, without cancellation near 0 and without the loss of 1 + mu far from it.
/// With s = mu / (2 + mu): s mu - (2 atanh(s) - 2 s).
CREDENCE_HD inline double excess_over_log(double mu, double ratio) {
  if (mu > 0.4 || mu < -0.29) return mu - math::inlined::log(ratio);
  const double s = mu / (2.0 + mu);
  return s * mu - s * math::inlined::log_series(s * s);
}
CREDENCE_HD inline double log_of_ratio(double mu, double ratio) {
  return math::abs(mu) < 0.5 ? math::inlined::log1p(mu) : math::inlined::log(ratio);
}

/// log(x) - digamma(a + 1).
CREDENCE_HD inline double log_minus_digamma_next(double x, double a) {
  if (a < 8.0) return math::inlined::log(x) - digamma_positive(a + 1.0);
  return log_of_ratio((x - a) / a, x / a) + (log_minus_digamma_large(a) - 1.0 / a);
}

/// 1 / sqrt(2 pi a).
CREDENCE_HD inline double inverse_root_two_pi_of(double a) { return 0x1.9884533d43651p-2 / math::sqrt(a); }

/// D and log D.
CREDENCE_HD inline double gamma_prefactor(double a, double x) {
  if (a >= 8.0) {
    const double exponent = a * excess_over_log((x - a) / a, x / a);
    return math::inlined::exp(-exponent - math::inlined::stirling_rest(a)) * inverse_root_two_pi_of(a);
  }
  if (x > 2000.0) return 0.0;  // and the power below cannot overflow
  const double half = math::inlined::exp(-0.5 * x);
  return math::inlined::pow(x, a) * half * math::inlined::exp(-math::inlined::log_factorial(a)) * half;
}
CREDENCE_HD inline double log_gamma_prefactor(double a, double x) {
  if (a >= 8.0) {
    return -a * excess_over_log((x - a) / a, x / a) - math::inlined::stirling_rest(a) +
           math::inlined::log(inverse_root_two_pi_of(a));
  }
  return a * math::inlined::log(x) - x - math::inlined::log_factorial(a);
}

/// Which of P and Q is known directly, as D times `factor`, and its derivative by a as D times `slope`.
struct incomplete_gamma_parts {
  bool lower;
  double factor, slope;
};

/// S = sum of x^n / ((a + 1) ... (a + n)) and S log-derivative terms.
CREDENCE_HD inline incomplete_gamma_parts gamma_series(double a, double x) {
  double term = 1.0, sum = 1.0, harmonic = 0.0, slope = 0.0;
  for (int n = 1; n < 100000; ++n) {
    const double inverse = 1.0 / (a + n);
    term *= x * inverse;
    harmonic += inverse;
    sum += term;
    slope -= term * harmonic;
    if (term * (1.0 + harmonic) < 1e-17 * sum && n > x - a) break;
  }
  return {true, sum, math::fma(sum, log_minus_digamma_next(x, a), slope)};
}

/// U = a / (x + 1 - a - 1 (1 - a) / (x + 3 - a - ...)), by the modified Lentz algorithm with derivatives by a.
CREDENCE_HD inline incomplete_gamma_parts gamma_fraction(double a, double x) {
  double b = x + 1.0 - a;
  double c = 1e300, c_slope = 0.0;
  double d = 1.0 / b, d_slope = d * d;  // b' = -1
  double h = d, h_slope = d_slope;
  int settled = 0;
  for (int n = 1; n < 100000; ++n) {
    const double an = -n * (n - a), an_slope = n;
    b += 2.0;
    const double e = math::fma(an, d, b), e_slope = an_slope * d + an * d_slope - 1.0;
    d = 1.0 / e;
    d_slope = -e_slope * d * d;
    const double ratio = an / c;
    c_slope = (an_slope - ratio * c_slope) / c - 1.0;
    c = b + ratio;
    const double delta = c * d, delta_slope = math::fma(c_slope, d, c * d_slope);
    h_slope = math::fma(h_slope, delta, h * delta_slope);
    h *= delta;
    // The slope settles later, much later for a whole a, where the fraction itself ends.
    settled += math::abs(delta - 1.0) < 4e-16 ? 1 : 0;
    if ((settled > 0 && math::abs(h * delta_slope) < 4e-15 * (h + math::abs(h_slope))) || settled > 300) break;
  }
  const double factor = a * h;
  return {false, factor, math::fma(factor, log_minus_digamma_next(x, a), math::fma(a, h_slope, h))};
}

/// Temme's expansion for large a and |x - a| < a / 10: Q = erfc(eta sqrt(a / 2)) / 2 + R, eta^2 / 2 = mu - log(1 + mu);
/// P likewise with -eta and -R (N. M. Temme, SIAM J. Math. Anal. 10, 1979).
struct temme_parts {
  double eta, remainder;
};
CREDENCE_HD inline temme_parts temme(double a, double x) {
  const double mu = (x - a) / a;
  const double eta = math::copysign(math::sqrt(2.0 * excess_over_log(mu, x / a)), mu);
  // Taylor coefficients of the first two of Temme's functions C0 and C1; C2 / a^2 is below 1e-15 of the rest.
  const double c0 =
      math::inlined::polynomial(eta, -1.0 / 3.0, 1.0 / 12.0, -2.0 / 135.0, 1.0 / 864.0, 1.0 / 2835.0, -139.0 / 777600.0,
                                1.0 / 25515.0, -571.0 / 261273600.0, -281.0 / 151559100.0);
  const double c1 = math::inlined::polynomial(eta, -1.0 / 540.0, -1.0 / 288.0, 1.0 / 378.0, -77.0 / 77760.0);
  const double density = math::inlined::exp(-0.5 * a * eta * eta) * inverse_root_two_pi_of(a);
  return {eta, density * (c0 + c1 / a)};
}

CREDENCE_HD inline incomplete_gamma_parts incomplete_gamma(double a, double x) {
  return x < math::max(1.1, a) ? gamma_series(a, x) : gamma_fraction(a, x);
}
CREDENCE_HD inline bool is_gamma_domain(double a, double x) {
  return a > 0.0 && a < math::infinity<double> && x >= 0.0;
}
CREDENCE_HD inline bool takes_temme(double a, double x) { return a > 1e5 && math::abs(x - a) < 0.1 * a; }

/// Q for a < 1, x < 1.1, where 1 - P would cancel: 1 - (x^a / a!) (1 + a sum of (-x)^n / ((a + n) n!)).
CREDENCE_HD inline double gamma_q_small(double a, double x) {
  double term = 1.0, sum = 0.0;
  for (int n = 1; n < 40; ++n) {
    term *= -x / n;
    const double add = term / (a + n);
    sum += add;
    if (math::abs(add) < 1e-17 * math::abs(sum)) break;
  }
  const double exponent = math::fma(a, math::inlined::log(x), -math::inlined::log_factorial(a));
  const double less_one = math::inlined::expm1(exponent);
  return -less_one - (1.0 + less_one) * a * sum;
}

CREDENCE_HD inline double gamma_p(double a, double x) {
  if (!is_gamma_domain(a, x)) return math::not_a_number<double>;
  if (x == 0.0 || x == math::infinity<double>) return x == 0.0 ? 0.0 : 1.0;
  if (takes_temme(a, x)) {
    const temme_parts t = temme(a, x);
    return 0.5 * inlined::erfc(-t.eta * math::sqrt(0.5 * a)) - t.remainder;
  }
  const incomplete_gamma_parts parts = incomplete_gamma(a, x);
  const double direct = gamma_prefactor(a, x) * parts.factor;
  return parts.lower ? math::min(direct, 1.0) : 1.0 - direct;
}
CREDENCE_HD inline double gamma_q(double a, double x) {
  if (!is_gamma_domain(a, x)) return math::not_a_number<double>;
  if (x == 0.0 || x == math::infinity<double>) return x == 0.0 ? 1.0 : 0.0;
  if (takes_temme(a, x)) {
    const temme_parts t = temme(a, x);
    return 0.5 * inlined::erfc(t.eta * math::sqrt(0.5 * a)) + t.remainder;
  }
  if (a < 1.0 && x < 1.1) return gamma_q_small(a, x);
  const incomplete_gamma_parts parts = incomplete_gamma(a, x);
  const double direct = gamma_prefactor(a, x) * parts.factor;
  return parts.lower ? 1.0 - direct : direct;
}
CREDENCE_HD inline double log_gamma_p(double a, double x) {
  if (!is_gamma_domain(a, x)) return math::not_a_number<double>;
  if (x == 0.0 || x == math::infinity<double>) return x == 0.0 ? -math::infinity<double> : 0.0;
  if (takes_temme(a, x)) {
    const double p = inlined::gamma_p(a, x), q = inlined::gamma_q(a, x);
    if (p > 1e-300) return p < 0.5 ? math::inlined::log(p) : math::inlined::log1p(-q);
  }
  const incomplete_gamma_parts parts = incomplete_gamma(a, x);
  if (!parts.lower) return math::inlined::log1p(-gamma_prefactor(a, x) * parts.factor);
  const double p = gamma_prefactor(a, x) * parts.factor;
  if (p > 0.5) return math::inlined::log1p(-inlined::gamma_q(a, x));
  return log_gamma_prefactor(a, x) + math::inlined::log(parts.factor);
}
CREDENCE_HD inline double log_gamma_q(double a, double x) {
  if (!is_gamma_domain(a, x)) return math::not_a_number<double>;
  if (x == 0.0 || x == math::infinity<double>) return x == 0.0 ? 0.0 : -math::infinity<double>;
  if (takes_temme(a, x)) {
    const double p = inlined::gamma_p(a, x), q = inlined::gamma_q(a, x);
    if (q > 1e-300) return q < 0.5 ? math::inlined::log(q) : math::inlined::log1p(-p);
  }
  if (a < 1.0 && x < 1.1) {
    const double q = gamma_q_small(a, x);
    return q < 0.5 ? math::inlined::log(q) : math::inlined::log1p(-inlined::gamma_p(a, x));
  }
  const incomplete_gamma_parts parts = incomplete_gamma(a, x);
  if (parts.lower) return math::inlined::log1p(-gamma_prefactor(a, x) * parts.factor);
  const double q = gamma_prefactor(a, x) * parts.factor;
  if (q > 0.5) return math::inlined::log1p(-inlined::gamma_p(a, x));
  return log_gamma_prefactor(a, x) + math::inlined::log(parts.factor);
}

/// dP / dx = x^(a - 1) exp(-x) / Gamma(a).
CREDENCE_HD inline double gamma_p_derivative_x(double a, double x) {
  if (!is_gamma_domain(a, x)) return math::not_a_number<double>;
  if (x == 0.0) return a < 1.0 ? math::infinity<double> : a == 1.0 ? 1.0 : 0.0;
  if (x == math::infinity<double>) return 0.0;
  return gamma_prefactor(a, x) * (a / x);
}
/// dP / da over D; D is common to everything here, so that ratios outlive its underflow.
CREDENCE_HD inline double gamma_slope(double a, double x) {
  if (takes_temme(a, x)) {
    const double mu = (x - a) / a;
    const double eta = math::copysign(math::sqrt(2.0 * excess_over_log(mu, x / a)), mu);
    // P = Phi(eta sqrt(a)) - R, and a eta^2 / 2 = x - a - a log(x / a) has the derivative -log(x / a) by a
    const double c0 = math::inlined::polynomial(eta, -1.0 / 3.0, 1.0 / 12.0, -2.0 / 135.0, 1.0 / 864.0, 1.0 / 2835.0);
    const double c0_slope = math::inlined::polynomial(eta, 1.0 / 12.0, -4.0 / 135.0, 3.0 / 864.0, 4.0 / 2835.0);
    const double c1 = math::inlined::polynomial(eta, -1.0 / 540.0, -1.0 / 288.0, 1.0 / 378.0, -77.0 / 77760.0);
    const double l = math::inlined::log1p(mu);
    // -log(x/a) / eta in series where eta is tiny: mu ~ eta + eta^2 / 3
    const double l_over_eta = math::abs(eta) < 1e-9 ? 1.0 - eta / 6.0 : l / eta;
    const double eta_slope = -(l_over_eta + 0.5 * eta) / a;  // d eta / da
    // over exp(-a eta^2 / 2) / sqrt(2 pi a):
    const double main = -l_over_eta;
    const double r = c0 + c1 / a;
    const double r_slope = r * (l - 0.5 / a) + c0_slope * eta_slope - c1 / (a * a);
    // D = exp(-a eta^2 / 2 - stirling) / sqrt(2 pi a)
    return (main - r_slope) * math::inlined::exp(math::inlined::stirling_rest(a));
  }
  const incomplete_gamma_parts parts = incomplete_gamma(a, x);
  return parts.lower ? parts.slope : -parts.slope;
}
CREDENCE_HD inline double gamma_p_derivative_a(double a, double x) {
  if (!is_gamma_domain(a, x)) return math::not_a_number<double>;
  if (x == 0.0 || x == math::infinity<double>) return 0.0;
  return gamma_prefactor(a, x) * gamma_slope(a, x);
}
CREDENCE_HD inline double gamma_variate_derivative(double a, double x) {
  if (!is_gamma_domain(a, x)) return math::not_a_number<double>;
  if (x == 0.0) return 0.0;
  return -gamma_slope(a, x) * (x / a);
}

}  // namespace inlined
}  // namespace special
}  // namespace CREDENCE_ISA
}  // namespace credence
