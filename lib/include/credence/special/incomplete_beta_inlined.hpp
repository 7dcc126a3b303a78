// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/special/incomplete_gamma_inlined.hpp"

/// The bodies of log_beta and the regularised incomplete beta functions. Callers use
/// credence/special/incomplete_beta.hpp.
namespace credence {
inline namespace CREDENCE_ISA {
namespace special {
namespace inlined {

/// lgamma(b) - lgamma(a + b) for b >= 8, without the cancellation of the two.
CREDENCE_HD inline double lgamma_difference(double a, double b) {
  const double sum = a + b;
  return (math::inlined::stirling_rest(b) - math::inlined::stirling_rest(sum)) -
         math::fma(sum - 0.5, math::inlined::log1p(a / b), math::fma(a, math::inlined::log(b), -a));
}
CREDENCE_HD inline double log_beta(double a, double b) {
  const double small = math::min(a, b), large = math::max(a, b);
  if (!(small > 0.0)) return small == 0.0 ? math::infinity<double> : math::not_a_number<double>;
  if (large == math::infinity<double>) return -math::infinity<double>;
  if (small >= 8.0) {
    // Stirling's formula for all three: the large terms become logarithms of ratios
    const double sum = small + large;
    const double rests =
        math::inlined::stirling_rest(small) + math::inlined::stirling_rest(large) - math::inlined::stirling_rest(sum);
    return 0.91893853320467274178 - 0.5 * math::inlined::log(large) +
           ((small - 0.5) * math::inlined::log(small / sum) - large * math::inlined::log1p(small / large)) + rests;
  }
  if (large >= 8.0) return lgamma_positive(small) + lgamma_difference(small, large);
  return lgamma_positive(small) + (lgamma_positive(large) - lgamma_positive(small + large));
}
/// log of n choose k, for real 0 <= k <= n.
CREDENCE_HD inline double log_binomial(double n, double k) {
  if (!(k >= 0.0 && k <= n)) return k == k && n == n ? -math::infinity<double> : math::not_a_number<double>;
  if (k == 0.0 || k == n) return 0.0;
  return -math::inlined::log1p(n) - log_beta(n - k + 1.0, k + 1.0);
}

/// A number with its derivatives by a and b.
struct two_slopes {
  double value, by_a, by_b;
};
CREDENCE_HD inline two_slopes operator*(two_slopes u, two_slopes v) {
  return {u.value * v.value, math::fma(u.by_a, v.value, u.value * v.by_a),
          math::fma(u.by_b, v.value, u.value * v.by_b)};
}
CREDENCE_HD inline two_slopes operator/(two_slopes u, two_slopes v) {
  const double inverse = 1.0 / v.value, q = u.value * inverse;
  return {q, math::fma(-q, v.by_a, u.by_a) * inverse, math::fma(-q, v.by_b, u.by_b) * inverse};
}
CREDENCE_HD inline two_slopes one_plus(two_slopes u) { return {1.0 + u.value, u.by_a, u.by_b}; }

/// The continued fraction of a I_x(a, b) / D, D = x^a (1 - x)^b / B(a, b) (DLMF 8.17.22), by the modified Lentz
/// algorithm; for x below about (a + 1) / (a + b + 2).
CREDENCE_HD inline two_slopes beta_fraction(double a, double b, double x) {
  two_slopes c = {1.0, 0.0, 0.0}, d = {0.0, 0.0, 0.0}, h = {1.0, 0.0, 0.0};
  int settled = 0;
  for (int n = 1; n < 100000; ++n) {
    two_slopes coefficient;
    const int m = n / 2;
    if (n % 2 == 1) {
      const double p = a + m, q = a + b + m, r = a + 2 * m, s = r + 1.0;
      const double value = -x * (p / r) * (q / s);
      // (1/p - 1/r) and (1/q - 1/s) as fractions: each difference cancels for large a
      const double by_a = value * (m / (p * r) + (m + 1.0 - b) / (q * s));
      coefficient = {value, by_a, value / q};
    } else {
      const double r = a + 2 * m, s = r - 1.0;
      const double scale = m * x / (r * s);
      coefficient = {scale * (b - m), -scale * (b - m) * (1.0 / r + 1.0 / s), scale};
    }
    const two_slopes e = one_plus(coefficient * d);
    d = two_slopes{1.0, 0.0, 0.0} / e;
    c = one_plus(coefficient / c);
    const two_slopes delta = c * d;
    h = h * delta;
    const double change = math::abs(delta.value - 1.0);
    const double slopes = math::abs(delta.by_a) + math::abs(delta.by_b);
    const double size = math::abs(h.by_a / h.value) + math::abs(h.by_b / h.value);
    // The slopes settle later, much later for a whole b, where the fraction itself ends.
    settled += change < 4e-16 ? 1 : 0;
    if ((settled > 2 && slopes < 4e-15 * (1e-3 + size)) || settled > 300) break;
  }
  return two_slopes{1.0, 0.0, 0.0} / h;
}

/// D = x^a y^b / B(a, b), y = 1 - x; and its logarithm.
CREDENCE_HD inline double beta_exponent(double a, double b, double x, double y) {
  // a log(x / x0) + b log(y / y0) with x0 = a / (a + b): the linear terms cancel
  const math::inlined::pair left = math::inlined::two_product(b, x), right = math::inlined::two_product(a, y);
  const double w = (left.hi - right.hi) + (left.lo - right.lo);
  const double sum = a + b;
  return -(a * excess_over_log(w / a, x / a * sum) + b * excess_over_log(-w / b, y / b * sum)) +
         math::inlined::stirling_rest(sum) - math::inlined::stirling_rest(a) - math::inlined::stirling_rest(b);
}
CREDENCE_HD inline double log_power(double base, double other, double exponent) {
  return exponent * (base < 0.5 ? math::inlined::log(base) : math::inlined::log1p(-other));
}
CREDENCE_HD inline double log_beta_prefactor(double a, double b, double x, double y) {
  if (a >= 8.0 && b >= 8.0) {
    return beta_exponent(a, b, x, y) + 0.5 * math::inlined::log(a / (a + b) * b) - 0.91893853320467274178;
  }
  return log_power(x, y, a) + log_power(y, x, b) - log_beta(a, b);
}
CREDENCE_HD inline double beta_prefactor(double a, double b, double x, double y) {
  if (a >= 8.0 && b >= 8.0) {
    return math::inlined::exp(beta_exponent(a, b, x, y)) * 0x1.9884533d43651p-2 * math::sqrt(a / (a + b) * b);
  }
  return math::inlined::exp(log_beta_prefactor(a, b, x, y));
}

/// log(x) - digamma(a + 1) + digamma(a + b), the derivative of log(D / a) by a.
CREDENCE_HD inline double beta_log_slope_own(double a, double b, double x, double y) {
  const double log_x = x < 0.5 ? math::inlined::log(x) : math::inlined::log1p(-y);
  if (a < 8.0) return log_x - digamma_positive(a + 1.0) + digamma_positive(a + b);
  // logarithm of x / x0: from x - x0 = (b x - a y) / (a + b)
  const math::inlined::pair left = math::inlined::two_product(b, x), right = math::inlined::two_product(a, y);
  const double w = ((left.hi - right.hi) + (left.lo - right.lo)) / a;
  return log_of_ratio(w, x / a * (a + b)) + (log_minus_digamma_large(a) - 1.0 / a) - log_minus_digamma_large(a + b);
}
/// log(y) - digamma(b) + digamma(a + b), its derivative by b.
CREDENCE_HD inline double beta_log_slope_other(double a, double b, double x, double y) {
  const double log_y = y < 0.5 ? math::inlined::log(y) : math::inlined::log1p(-x);
  if (b < 8.0) return log_y - digamma_positive(b) + digamma_positive(a + b);
  const math::inlined::pair left = math::inlined::two_product(a, y), right = math::inlined::two_product(b, x);
  const double w = ((left.hi - right.hi) + (left.lo - right.lo)) / b;
  return log_of_ratio(w, y / b * (a + b)) + log_minus_digamma_large(b) - log_minus_digamma_large(a + b);
}

/// Which of I and 1 - I is known directly, as D times `factor.value`, and its derivatives as D times the slopes.
struct incomplete_beta_parts {
  bool lower;
  two_slopes factor;
};
CREDENCE_HD inline incomplete_beta_parts incomplete_beta(double a, double b, double x, double y) {
  const bool lower = x * (a + b + 2.0) <= a + 1.0;
  if (!lower) {
    const double t = a;
    a = b;
    b = t;
    const double u = x;
    x = y;
    y = u;
  }
  two_slopes f = beta_fraction(a, b, x);
  const double own = beta_log_slope_own(a, b, x, y), other = beta_log_slope_other(a, b, x, y);
  f = {f.value / a, math::fma(f.value, own, f.by_a) / a, math::fma(f.value, other, f.by_b) / a};
  if (!lower) f = {f.value, f.by_b, f.by_a};
  return {lower, f};
}
CREDENCE_HD inline bool is_beta_domain(double a, double b, double x) {
  return a > 0.0 && b > 0.0 && a < math::infinity<double> && b < math::infinity<double> && x >= 0.0 && x <= 1.0;
}

CREDENCE_HD inline double beta_p(double a, double b, double x) {
  if (!is_beta_domain(a, b, x)) return math::not_a_number<double>;
  if (x == 0.0 || x == 1.0) return x;
  const incomplete_beta_parts parts = incomplete_beta(a, b, x, 1.0 - x);
  const double direct = beta_prefactor(a, b, x, 1.0 - x) * parts.factor.value;
  return parts.lower ? direct : 1.0 - direct;
}
CREDENCE_HD inline double beta_q(double a, double b, double x) {
  if (!is_beta_domain(a, b, x)) return math::not_a_number<double>;
  if (x == 0.0 || x == 1.0) return 1.0 - x;
  const incomplete_beta_parts parts = incomplete_beta(a, b, x, 1.0 - x);
  const double direct = beta_prefactor(a, b, x, 1.0 - x) * parts.factor.value;
  return parts.lower ? 1.0 - direct : direct;
}
CREDENCE_HD inline double log_beta_side(double a, double b, double x, bool lower) {
  const incomplete_beta_parts parts = incomplete_beta(a, b, x, 1.0 - x);
  const double direct = beta_prefactor(a, b, x, 1.0 - x) * parts.factor.value;
  if (parts.lower != lower) return math::inlined::log1p(-direct);
  if (direct > 0.3) return math::inlined::log(direct);
  return log_beta_prefactor(a, b, x, 1.0 - x) + math::inlined::log(parts.factor.value);
}
CREDENCE_HD inline double log_beta_p(double a, double b, double x) {
  if (!is_beta_domain(a, b, x)) return math::not_a_number<double>;
  if (x == 0.0 || x == 1.0) return x == 0.0 ? -math::infinity<double> : 0.0;
  return log_beta_side(a, b, x, true);
}
CREDENCE_HD inline double log_beta_q(double a, double b, double x) {
  if (!is_beta_domain(a, b, x)) return math::not_a_number<double>;
  if (x == 0.0 || x == 1.0) return x == 0.0 ? 0.0 : -math::infinity<double>;
  return log_beta_side(a, b, x, false);
}

/// dI / dx = D / (x (1 - x)).
CREDENCE_HD inline double beta_p_derivative_x(double a, double b, double x) {
  if (!is_beta_domain(a, b, x)) return math::not_a_number<double>;
  if (x == 0.0) return a < 1.0 ? math::infinity<double> : a == 1.0 ? b : 0.0;
  if (x == 1.0) return b < 1.0 ? math::infinity<double> : b == 1.0 ? a : 0.0;
  return beta_prefactor(a, b, x, 1.0 - x) / (x * (1.0 - x));
}
CREDENCE_HD inline double beta_slope(double a, double b, double x, bool by_a) {
  const incomplete_beta_parts parts = incomplete_beta(a, b, x, 1.0 - x);
  const double slope = by_a ? parts.factor.by_a : parts.factor.by_b;
  return parts.lower ? slope : -slope;
}
CREDENCE_HD inline double beta_p_derivative(double a, double b, double x, bool by_a) {
  if (!is_beta_domain(a, b, x)) return math::not_a_number<double>;
  if (x == 0.0 || x == 1.0) return 0.0;
  return beta_prefactor(a, b, x, 1.0 - x) * beta_slope(a, b, x, by_a);
}
CREDENCE_HD inline double beta_p_derivative_a(double a, double b, double x) { return beta_p_derivative(a, b, x, true); }
CREDENCE_HD inline double beta_p_derivative_b(double a, double b, double x) {
  return beta_p_derivative(a, b, x, false);
}
CREDENCE_HD inline double beta_variate_derivative(double a, double b, double x, bool by_a) {
  if (!is_beta_domain(a, b, x)) return math::not_a_number<double>;
  if (x == 0.0 || x == 1.0) return 0.0;
  return -beta_slope(a, b, x, by_a) * x * (1.0 - x);
}
CREDENCE_HD inline double beta_variate_derivative_a(double a, double b, double x) {
  return beta_variate_derivative(a, b, x, true);
}
CREDENCE_HD inline double beta_variate_derivative_b(double a, double b, double x) {
  return beta_variate_derivative(a, b, x, false);
}

}  // namespace inlined
}  // namespace special
}  // namespace CREDENCE_ISA
}  // namespace credence
