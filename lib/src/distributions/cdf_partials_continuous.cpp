// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/cdf_partials.hpp"
#include "credence/distributions/kernels/log1p_ratio.hpp"
#include "credence/distributions/kernels/normal_ratio.hpp"
#include "distributions/tails.hpp"

/// How points of fixed probability move with the parameters of continuous families: by differentiating the quantile.
namespace credence::detail {

namespace {

void location_scale(const double* p, double x, double* out) {
  out[0] = 1.0;
  out[1] = (x - p[0]) / p[1];
}

/// dt / d df for Student's t, from that of w = df / (df + t^2), which is beta(df / 2, 1/2) in the tail.
double student_slope(double df, double t) {
  const double square = t * t, sum = df + square, half = 0.5 * df;
  if (square == 0.0) return 0.0;
  const double by_half = square < df ? -special::beta_variate_derivative_b(0.5, half, square / sum)
                                     : special::beta_variate_derivative_a(half, 0.5, df / sum);
  return 0.5 * t / df - by_half * (sum / t) * (sum / df) * 0.25;
}

/// (exp(u) (u - 1) + 1) / u^2, 1/2 at 0.
double bend(double u) {
  if (std::abs(u) > 0.5) return (std::exp(u) * (u - 1.0) + 1.0) / (u * u);
  double sum = 0.0, term = 0.5;  // sum of (k + 1) u^k / (k + 2)!
  for (int k = 0; k < 20; ++k) {
    sum += term * (k + 1.0);
    term *= u / (k + 3.0);
  }
  return sum;
}
/// z = (exp(shape s) - 1) / shape with s fixed by the probability.
void extreme_value(const double* p, double x, double* out) {
  const double z = (x - p[0]) / p[1], s = z * kernels::log1p_ratio(p[2] * z);
  out[0] = 1.0;
  out[1] = z;
  out[2] = p[1] * s * s * bend(p[2] * s);
}

}  // namespace

void variate_slopes(const beta_family*, const double* p, double x, double* out) {
  out[0] = special::beta_variate_derivative_a(p[0], p[1], x);
  out[1] = special::beta_variate_derivative_b(p[0], p[1], x);
}
void variate_slopes(const beta_proportion_family*, const double* p, double x, double* out) {
  const double a = p[0] * p[1], b = (1.0 - p[0]) * p[1];
  const double by_a = special::beta_variate_derivative_a(a, b, x), by_b = special::beta_variate_derivative_b(a, b, x);
  out[0] = p[1] * (by_a - by_b);
  out[1] = p[0] * by_a + (1.0 - p[0]) * by_b;
}
void variate_slopes(const burr_xii_family*, const double* p, double x, double* out) {
  const double y = std::pow(x / p[0], p[1]);
  out[0] = x / p[0];
  out[1] = -x * std::log(x / p[0]) / p[1];
  out[2] = -x * (1.0 + y) * kernels::log1p_ratio(y) / (p[1] * p[2]);
}
void variate_slopes(const cauchy_family*, const double* p, double x, double* out) { location_scale(p, x, out); }
void variate_slopes(const chi_squared_family*, const double* p, double x, double* out) {
  out[0] = special::gamma_variate_derivative(0.5 * p[0], 0.5 * x);
}
void variate_slopes(const exp_mod_normal_family*, const double* p, double x, double* out) {
  const double z = (x - p[0]) / p[1], w = p[1] * p[2], ratio = kernels::normal_ratio(z - w);
  out[0] = 1.0;
  out[1] = w - ratio;
  out[2] = p[1] * (w - z - ratio) / p[2];
}
void variate_slopes(const exponential_family*, const double* p, double x, double* out) { out[0] = -x / p[0]; }
void variate_slopes(const frechet_family*, const double* p, double x, double* out) {
  out[0] = -x * std::log(x / p[1]) / p[0];
  out[1] = x / p[1];
}
void variate_slopes(const gamma_family*, const double* p, double x, double* out) {
  out[0] = special::gamma_variate_derivative(p[0], p[1] * x) / p[1];
  out[1] = -x / p[1];
}
void variate_slopes(const generalized_extreme_value_family*, const double* p, double x, double* out) {
  extreme_value(p, x, out);
}
void variate_slopes(const generalized_pareto_family*, const double* p, double x, double* out) {
  extreme_value(p, x, out);
}
void variate_slopes(const gompertz_family*, const double* p, double x, double* out) {
  const double fall = std::expm1(-p[0] * x);
  out[0] = -(fall / p[0] + x) / p[0];
  out[1] = fall / (p[0] * p[1]);
}
void variate_slopes(const gumbel_family*, const double* p, double x, double* out) { location_scale(p, x, out); }
void variate_slopes(const half_cauchy_family*, const double* p, double x, double* out) { out[0] = x / p[0]; }
void variate_slopes(const half_normal_family*, const double* p, double x, double* out) { out[0] = x / p[0]; }
void variate_slopes(const half_student_t_family*, const double* p, double x, double* out) {
  out[0] = p[1] * student_slope(p[0], x / p[1]);
  out[1] = x / p[1];
}
void variate_slopes(const inverse_chi_squared_family*, const double* p, double x, double* out) {
  out[0] = -x * x * special::gamma_variate_derivative(0.5 * p[0], 0.5 / x);
}
void variate_slopes(const inverse_gamma_family*, const double* p, double x, double* out) {
  out[0] = -x * x / p[1] * special::gamma_variate_derivative(p[0], p[1] / x);
  out[1] = x / p[1];
}
void variate_slopes(const inverse_gaussian_family*, const double* p, double x, double* out) {
  // by Mills' ratio of sqrt(shape / x) (x / mean + 1); the two slopes times their parameters add up to x
  const double b = std::sqrt(p[1] / x) * (x / p[0] + 1.0);
  const double mills = 1.25331413731550025121 * special::erfcx(b * constants::inv_sqrt_two);
  const double part = 2.0 * std::sqrt(p[1] * x) * x * mills / p[0];
  out[0] = part / p[0];
  out[1] = (x - part) / p[1];
}
void variate_slopes(const kumaraswamy_family*, const double* p, double x, double* out) {
  const double u = std::pow(x, p[0]);
  out[0] = -x * std::log(x) / p[0];
  out[1] = -x * (1.0 - u) * kernels::log1p_ratio(-u) / (p[0] * p[1]);
}
void variate_slopes(const laplace_family*, const double* p, double x, double* out) { location_scale(p, x, out); }
void variate_slopes(const log_logistic_family*, const double* p, double x, double* out) {
  out[0] = x / p[0];
  out[1] = -x * std::log(x / p[0]) / p[1];
}
void variate_slopes(const logistic_family*, const double* p, double x, double* out) { location_scale(p, x, out); }
void variate_slopes(const lognormal_family*, const double* p, double x, double* out) {
  out[0] = x;
  out[1] = x * (std::log(x) - p[0]) / p[1];
}
void variate_slopes(const nakagami_family*, const double* p, double x, double* out) {
  const double g = p[0] * (x / p[1] * x);
  out[0] = 0.5 * x * (special::gamma_variate_derivative(p[0], g) / g - 1.0 / p[0]);
  out[1] = 0.5 * x / p[1];
}
void variate_slopes(const normal_family*, const double* p, double x, double* out) { location_scale(p, x, out); }
void variate_slopes(const pareto_family*, const double* p, double x, double* out) {
  out[0] = x / p[0];
  out[1] = -x * std::log(x / p[0]) / p[1];
}
void variate_slopes(const pareto_ii_family*, const double* p, double x, double* out) {
  const double from = x - p[0];
  out[0] = 1.0;
  out[1] = from / p[1];
  out[2] = -(p[1] + from) * std::log1p(from / p[1]) / p[2];
}
void variate_slopes(const rayleigh_family*, const double* p, double x, double* out) { out[0] = x / p[0]; }
void variate_slopes(const skew_normal_family*, const double* p, double x, double* out) {
  const double z = (x - p[0]) / p[1];
  out[0] = 1.0;
  out[1] = z;
  out[2] = p[1] * kernels::normal_ratio(p[2] * z) / (1.0 + p[2] * p[2]);
}
void variate_slopes(const student_t_family*, const double* p, double x, double* out) {
  const double t = (x - p[1]) / p[2];
  out[0] = p[2] * student_slope(p[0], t);
  out[1] = 1.0;
  out[2] = t;
}
void variate_slopes(const triangular_family*, const double* p, double x, double* out) {
  const bool left = x <= p[1];
  const double from = left ? x - p[0] : p[2] - x, all = p[2] - p[0], side = left ? p[1] - p[0] : p[2] - p[1];
  const double by_side = 0.5 * from / side, by_all = 0.5 * from / all;
  out[0] = left ? 1.0 - by_all - by_side : by_all;
  out[1] = by_side;
  out[2] = left ? by_all : 1.0 - by_all - by_side;
}
void variate_slopes(const uniform_family*, const double* p, double x, double* out) {
  out[0] = (p[1] - x) / (p[1] - p[0]);
  out[1] = (x - p[0]) / (p[1] - p[0]);
}
void variate_slopes(const weibull_family*, const double* p, double x, double* out) {
  out[0] = -x * std::log(x / p[1]) / p[0];
  out[1] = x / p[1];
}

}  // namespace credence::detail
