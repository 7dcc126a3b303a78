// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/burr_xii.hpp"
#include "credence/distributions/generalized_extreme_value.hpp"
#include "credence/distributions/generalized_pareto.hpp"

#include "credence/distributions/kernels/gamma_functions.hpp"
#include "credence/random/normal.hpp"
#include "distributions/tails.hpp"

/// Families of extreme values, exceedances and power-law tails.
namespace credence {

using namespace detail;

namespace {
/// -log P(X > x).
double exceedance(const double* p, double x) {
  const double z = (x - p[0]) / p[1];
  return z * kernels::log1p_ratio(p[2] * z);
}
/// The z with exceedance y: (exp(shape y) - 1) / shape.
double exceedance_inverse(double shape, double y) {
  return std::abs(shape * y) < 1e-17 ? y : std::expm1(shape * y) / shape;
}
}  // namespace
support_interval generalized_pareto_family::support(const double* p) {
  return support_interval{p[0], p[2] < 0.0 ? p[0] - p[1] / p[2] : infinity, true, false, false};
}
double generalized_pareto_family::cdf(const double* p, double x) { return -std::expm1(-exceedance(p, x)); }
double generalized_pareto_family::ccdf(const double* p, double x) { return std::exp(-exceedance(p, x)); }
double generalized_pareto_family::log_cdf(const double* p, double x) { return log1m_exp(-exceedance(p, x)); }
double generalized_pareto_family::log_ccdf(const double* p, double x) { return -exceedance(p, x); }
double generalized_pareto_family::quantile(const double* p, double probability) {
  return p[0] + p[1] * exceedance_inverse(p[2], -std::log1p(-probability));
}
double generalized_pareto_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return p[0] + p[1] * exceedance_inverse(p[2], random::exponential(key, index));
}
double generalized_pareto_family::mean(const double* p) { return p[2] < 1.0 ? p[0] + p[1] / (1.0 - p[2]) : infinity; }
double generalized_pareto_family::variance(const double* p) {
  if (!(p[2] < 0.5)) return infinity;
  const double m = p[1] / (1.0 - p[2]);
  return m * m / (1.0 - 2.0 * p[2]);
}
double generalized_pareto_family::mode(const double* p) { return p[2] > -1.0 ? p[0] : p[0] - p[1] / p[2]; }
double generalized_pareto_family::entropy(const double* p) { return std::log(p[1]) + p[2] + 1.0; }

support_interval generalized_extreme_value_family::support(const double* p) {
  return support_interval{p[2] > 0.0 ? p[0] - p[1] / p[2] : -infinity, p[2] < 0.0 ? p[0] - p[1] / p[2] : infinity,
                          false, false, false};
}
double generalized_extreme_value_family::cdf(const double* p, double x) {
  return std::exp(-std::exp(-exceedance(p, x)));
}
double generalized_extreme_value_family::ccdf(const double* p, double x) {
  return -std::expm1(-std::exp(-exceedance(p, x)));
}
double generalized_extreme_value_family::log_cdf(const double* p, double x) { return -std::exp(-exceedance(p, x)); }
double generalized_extreme_value_family::log_ccdf(const double* p, double x) {
  const double s = exceedance(p, x);
  return s > 40.0 ? -s : log1m_exp(-std::exp(-s));
}
double generalized_extreme_value_family::quantile(const double* p, double probability) {
  return p[0] + p[1] * exceedance_inverse(p[2], -std::log(-std::log(probability)));
}
double generalized_extreme_value_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return p[0] + p[1] * exceedance_inverse(p[2], random::gumbel(key, index));
}
double generalized_extreme_value_family::mean(const double* p) {
  const double s = p[2];
  if (!(s < 1.0)) return infinity;
  const double ratio = std::abs(s) < 1e-5
                           ? constants::euler_gamma + 0.98905599532797255540 * s  // (gamma^2 + pi^2/6) / 2
                           : (std::tgamma(1.0 - s) - 1.0) / s;
  return p[0] + p[1] * ratio;
}
double generalized_extreme_value_family::variance(const double* p) {
  const double s = p[2];
  if (!(s < 0.5)) return infinity;
  if (std::abs(s) < 1e-4) {  // pi^2/6 + (2 zeta(3) + gamma pi^2 / 3) s, the next term is 1.2e-7 at most
    return p[1] * p[1] * (1.6449340668482264365 + 4.3030772285491516 * s);
  }
  const double g = std::tgamma(1.0 - s);
  return p[1] * p[1] * ((std::tgamma(1.0 - 2.0 * s) - g * g) / (s * s));
}
double generalized_extreme_value_family::mode(const double* p) {
  return p[2] > -1.0 ? p[0] + p[1] * exceedance_inverse(p[2], -std::log1p(p[2])) : p[0] - p[1] / p[2];
}
double generalized_extreme_value_family::entropy(const double* p) {
  return std::log(p[1]) + constants::euler_gamma * (p[2] + 1.0) + 1.0;
}

support_interval burr_xii_family::support(const double*) { return open_half_line; }
double burr_xii_family::cdf(const double* p, double x) { return -std::expm1(log_ccdf(p, x)); }
double burr_xii_family::ccdf(const double* p, double x) { return std::exp(log_ccdf(p, x)); }
double burr_xii_family::log_cdf(const double* p, double x) {
  const double l = log_ccdf(p, x);
  return l > -1e-290 ? std::log(p[2]) + p[1] * std::log(x / p[0]) : log1m_exp(l);
}
double burr_xii_family::log_ccdf(const double* p, double x) {
  return -p[2] * math::log1p_exp(p[1] * std::log(x / p[0]));
}
double burr_xii_family::quantile(const double* p, double probability) {
  return p[0] * std::pow(std::expm1(-std::log1p(-probability) / p[2]), 1.0 / p[1]);
}
double burr_xii_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return p[0] * math::pow(math::expm1(random::exponential(key, index) / p[2]), 1.0 / p[1]);
}
double burr_xii_family::mean(const double* p) {
  return p[1] * p[2] > 1.0 ? p[0] * p[2] * std::exp(kernels::log_beta(p[2] - 1.0 / p[1], 1.0 + 1.0 / p[1])) : infinity;
}
double burr_xii_family::variance(const double* p) {
  if (!(p[1] * p[2] > 2.0)) return infinity;
  const double m = mean(p);
  return p[0] * p[0] * p[2] * std::exp(kernels::log_beta(p[2] - 2.0 / p[1], 1.0 + 2.0 / p[1])) - m * m;
}
double burr_xii_family::mode(const double* p) {
  return p[1] > 1.0 ? p[0] * std::pow((p[1] - 1.0) / (p[2] * p[1] + 1.0), 1.0 / p[1]) : 0.0;
}

}  // namespace credence
