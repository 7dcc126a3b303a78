// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/frechet.hpp"
#include "credence/distributions/log_logistic.hpp"
#include "credence/distributions/pareto.hpp"
#include "credence/distributions/pareto_ii.hpp"
#include "credence/distributions/rayleigh.hpp"
#include "credence/distributions/weibull.hpp"

#include "credence/random/normal.hpp"
#include "distributions/tails.hpp"

/// Families whose distribution functions are elementary functions of a power.
namespace credence {

using namespace detail;

support_interval weibull_family::support(const double*) { return half_line; }
double weibull_family::cdf(const double* p, double x) { return -std::expm1(-std::pow(x / p[1], p[0])); }
double weibull_family::ccdf(const double* p, double x) { return std::exp(-std::pow(x / p[1], p[0])); }
double weibull_family::log_cdf(const double* p, double x) {
  const double l = p[0] * std::log(x / p[1]);
  return l < -40.0 ? l : log1m_exp(-std::exp(l));
}
double weibull_family::log_ccdf(const double* p, double x) { return -std::pow(x / p[1], p[0]); }
double weibull_family::quantile(const double* p, double probability) {
  return p[1] * std::pow(-std::log1p(-probability), 1.0 / p[0]);
}
double weibull_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return p[1] * math::pow(random::exponential(key, index), 1.0 / p[0]);
}
double weibull_family::mean(const double* p) { return p[1] * std::tgamma(1.0 + 1.0 / p[0]); }
double weibull_family::variance(const double* p) {
  const double g = std::tgamma(1.0 + 1.0 / p[0]);
  return p[1] * p[1] * (std::tgamma(1.0 + 2.0 / p[0]) - g * g);
}
double weibull_family::mode(const double* p) {
  return p[0] > 1.0 ? p[1] * std::pow((p[0] - 1.0) / p[0], 1.0 / p[0]) : 0.0;
}
double weibull_family::entropy(const double* p) {
  return constants::euler_gamma * (1.0 - 1.0 / p[0]) + std::log(p[1] / p[0]) + 1.0;
}

support_interval frechet_family::support(const double*) { return open_half_line; }
double frechet_family::cdf(const double* p, double x) { return std::exp(-std::pow(x / p[1], -p[0])); }
double frechet_family::ccdf(const double* p, double x) { return -std::expm1(-std::pow(x / p[1], -p[0])); }
double frechet_family::log_cdf(const double* p, double x) { return -std::pow(x / p[1], -p[0]); }
double frechet_family::log_ccdf(const double* p, double x) {
  const double l = -p[0] * std::log(x / p[1]);
  return l < -40.0 ? l : log1m_exp(-std::exp(l));
}
double frechet_family::quantile(const double* p, double probability) {
  return p[1] * std::pow(-std::log(probability), -1.0 / p[0]);
}
double frechet_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return p[1] * math::pow(random::exponential(key, index), -1.0 / p[0]);
}
double frechet_family::mean(const double* p) { return p[0] > 1.0 ? p[1] * std::tgamma(1.0 - 1.0 / p[0]) : infinity; }
double frechet_family::variance(const double* p) {
  if (!(p[0] > 2.0)) return infinity;
  const double g = std::tgamma(1.0 - 1.0 / p[0]);
  return p[1] * p[1] * (std::tgamma(1.0 - 2.0 / p[0]) - g * g);
}
double frechet_family::mode(const double* p) { return p[1] * std::pow(p[0] / (1.0 + p[0]), 1.0 / p[0]); }
double frechet_family::entropy(const double* p) {
  return 1.0 + constants::euler_gamma * (1.0 + 1.0 / p[0]) + std::log(p[1] / p[0]);
}

support_interval rayleigh_family::support(const double*) { return half_line; }
double rayleigh_family::cdf(const double* p, double x) {
  const double z = x / p[0];
  return -std::expm1(-0.5 * z * z);
}
double rayleigh_family::ccdf(const double* p, double x) {
  const double z = x / p[0];
  return std::exp(-0.5 * z * z);
}
double rayleigh_family::log_cdf(const double* p, double x) {
  const double z = x / p[0];
  return z < 1e-9 ? 2.0 * std::log(z) - constants::log_two : log1m_exp(-0.5 * z * z);
}
double rayleigh_family::log_ccdf(const double* p, double x) {
  const double z = x / p[0];
  return -0.5 * z * z;
}
double rayleigh_family::quantile(const double* p, double probability) {
  return p[0] * std::sqrt(-2.0 * std::log1p(-probability));
}
double rayleigh_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return p[0] * std::sqrt(2.0 * random::exponential(key, index));
}
double rayleigh_family::mean(const double* p) { return p[0] * std::sqrt(0.5 * constants::pi); }
double rayleigh_family::variance(const double* p) { return p[0] * p[0] * (2.0 - 0.5 * constants::pi); }
double rayleigh_family::mode(const double* p) { return p[0]; }
double rayleigh_family::entropy(const double* p) {
  return 1.0 + std::log(p[0] * constants::inv_sqrt_two) + 0.5 * constants::euler_gamma;
}

support_interval pareto_family::support(const double* p) {
  return support_interval{p[0], infinity, true, false, false};
}
double pareto_family::cdf(const double* p, double x) { return -std::expm1(log_ccdf(p, x)); }
double pareto_family::ccdf(const double* p, double x) { return std::exp(log_ccdf(p, x)); }
double pareto_family::log_cdf(const double* p, double x) { return log1m_exp(log_ccdf(p, x)); }
double pareto_family::log_ccdf(const double* p, double x) { return -p[1] * std::log1p((x - p[0]) / p[0]); }
double pareto_family::quantile(const double* p, double probability) {
  return p[0] * std::exp(-std::log1p(-probability) / p[1]);
}
double pareto_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return p[0] * math::exp(random::exponential(key, index) / p[1]);
}
double pareto_family::mean(const double* p) { return p[1] > 1.0 ? p[0] * p[1] / (p[1] - 1.0) : infinity; }
double pareto_family::variance(const double* p) {
  if (!(p[1] > 2.0)) return infinity;
  const double m = p[0] / (p[1] - 1.0);
  return m * m * p[1] / (p[1] - 2.0);
}
double pareto_family::mode(const double* p) { return p[0]; }
double pareto_family::entropy(const double* p) { return std::log(p[0] / p[1]) + 1.0 / p[1] + 1.0; }

support_interval pareto_ii_family::support(const double* p) {
  return support_interval{p[0], infinity, true, false, false};
}
double pareto_ii_family::cdf(const double* p, double x) { return -std::expm1(log_ccdf(p, x)); }
double pareto_ii_family::ccdf(const double* p, double x) { return std::exp(log_ccdf(p, x)); }
double pareto_ii_family::log_cdf(const double* p, double x) { return log1m_exp(log_ccdf(p, x)); }
double pareto_ii_family::log_ccdf(const double* p, double x) { return -p[2] * std::log1p((x - p[0]) / p[1]); }
double pareto_ii_family::quantile(const double* p, double probability) {
  return p[0] + p[1] * std::expm1(-std::log1p(-probability) / p[2]);
}
double pareto_ii_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return p[0] + p[1] * math::expm1(random::exponential(key, index) / p[2]);
}
double pareto_ii_family::mean(const double* p) { return p[2] > 1.0 ? p[0] + p[1] / (p[2] - 1.0) : infinity; }
double pareto_ii_family::variance(const double* p) {
  if (!(p[2] > 2.0)) return infinity;
  const double m = p[1] / (p[2] - 1.0);
  return m * m * p[2] / (p[2] - 2.0);
}
double pareto_ii_family::mode(const double* p) { return p[0]; }
double pareto_ii_family::entropy(const double* p) { return std::log(p[1] / p[2]) + 1.0 / p[2] + 1.0; }

support_interval log_logistic_family::support(const double*) { return open_half_line; }
double log_logistic_family::cdf(const double* p, double x) { return math::inv_logit(p[1] * std::log(x / p[0])); }
double log_logistic_family::ccdf(const double* p, double x) { return math::inv_logit(-p[1] * std::log(x / p[0])); }
double log_logistic_family::log_cdf(const double* p, double x) { return -math::log1p_exp(-p[1] * std::log(x / p[0])); }
double log_logistic_family::log_ccdf(const double* p, double x) { return -math::log1p_exp(p[1] * std::log(x / p[0])); }
double log_logistic_family::quantile(const double* p, double probability) {
  return p[0] * std::exp((std::log(probability) - std::log1p(-probability)) / p[1]);
}
double log_logistic_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return quantile(p, random::uniform(key, index));
}
double log_logistic_family::mean(const double* p) {
  const double b = constants::pi / p[1];
  return p[1] > 1.0 ? p[0] * b / std::sin(b) : infinity;
}
double log_logistic_family::variance(const double* p) {
  const double b = constants::pi / p[1];
  if (!(p[1] > 2.0)) return infinity;
  const double m = b / std::sin(b);
  return p[0] * p[0] * (2.0 * b / std::sin(2.0 * b) - m * m);
}
double log_logistic_family::mode(const double* p) {
  return p[1] > 1.0 ? p[0] * std::pow((p[1] - 1.0) / (p[1] + 1.0), 1.0 / p[1]) : 0.0;
}
double log_logistic_family::entropy(const double* p) { return 2.0 + std::log(p[0] / p[1]); }

}  // namespace credence
