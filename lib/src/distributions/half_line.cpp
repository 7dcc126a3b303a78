// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/chi_squared.hpp"
#include "credence/distributions/exponential.hpp"
#include "credence/distributions/gamma.hpp"
#include "credence/distributions/inverse_chi_squared.hpp"
#include "credence/distributions/inverse_gamma.hpp"
#include "credence/distributions/nakagami.hpp"

#include "credence/random/gamma.hpp"
#include "credence/random/normal.hpp"
#include "distributions/tails.hpp"

#include <boost/math/special_functions/gamma.hpp>

/// Families on the positive half line.
namespace credence {

using namespace detail;

support_interval exponential_family::support(const double*) { return half_line; }
double exponential_family::cdf(const double* p, double x) { return -std::expm1(-p[0] * x); }
double exponential_family::ccdf(const double* p, double x) { return std::exp(-p[0] * x); }
double exponential_family::log_cdf(const double* p, double x) { return log1m_exp(-p[0] * x); }
double exponential_family::log_ccdf(const double* p, double x) { return -p[0] * x; }
double exponential_family::quantile(const double* p, double probability) { return -std::log1p(-probability) / p[0]; }
double exponential_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return random::exponential(key, index) / p[0];
}
double exponential_family::mean(const double* p) { return 1.0 / p[0]; }
double exponential_family::variance(const double* p) { return 1.0 / (p[0] * p[0]); }
double exponential_family::mode(const double*) { return 0.0; }
double exponential_family::entropy(const double* p) { return 1.0 - std::log(p[0]); }

support_interval gamma_family::support(const double*) { return half_line; }
double gamma_family::cdf(const double* p, double x) { return gamma_p(p[0], p[1] * x); }
double gamma_family::ccdf(const double* p, double x) { return gamma_q(p[0], p[1] * x); }
double gamma_family::log_cdf(const double* p, double x) { return log_gamma_p(p[0], p[1] * x); }
double gamma_family::log_ccdf(const double* p, double x) { return log_gamma_q(p[0], p[1] * x); }
double gamma_family::quantile(const double* p, double probability) {
  return boost::math::gamma_p_inv(p[0], probability, quiet()) / p[1];
}
double gamma_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return random::gamma(key, index, p[0]) / p[1];
}
double gamma_family::mean(const double* p) { return p[0] / p[1]; }
double gamma_family::variance(const double* p) { return p[0] / (p[1] * p[1]); }
double gamma_family::mode(const double* p) { return p[0] > 1.0 ? (p[0] - 1.0) / p[1] : 0.0; }
double gamma_family::entropy(const double* p) {
  return p[0] - std::log(p[1]) + kernels::lgamma(p[0]) + (1.0 - p[0]) * kernels::digamma(p[0]);
}

support_interval inverse_gamma_family::support(const double*) { return open_half_line; }
double inverse_gamma_family::cdf(const double* p, double x) { return gamma_q(p[0], p[1] / x); }
double inverse_gamma_family::ccdf(const double* p, double x) { return gamma_p(p[0], p[1] / x); }
double inverse_gamma_family::log_cdf(const double* p, double x) { return log_gamma_q(p[0], p[1] / x); }
double inverse_gamma_family::log_ccdf(const double* p, double x) { return log_gamma_p(p[0], p[1] / x); }
double inverse_gamma_family::quantile(const double* p, double probability) {
  return p[1] / boost::math::gamma_q_inv(p[0], probability, quiet());
}
double inverse_gamma_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return p[1] / random::gamma(key, index, p[0]);
}
double inverse_gamma_family::mean(const double* p) { return p[0] > 1.0 ? p[1] / (p[0] - 1.0) : infinity; }
double inverse_gamma_family::variance(const double* p) {
  if (!(p[0] > 2.0)) return infinity;
  const double m = p[1] / (p[0] - 1.0);
  return m * m / (p[0] - 2.0);
}
double inverse_gamma_family::mode(const double* p) { return p[1] / (p[0] + 1.0); }
double inverse_gamma_family::entropy(const double* p) {
  return p[0] + std::log(p[1]) + kernels::lgamma(p[0]) - (1.0 + p[0]) * kernels::digamma(p[0]);
}

support_interval chi_squared_family::support(const double*) { return half_line; }
double chi_squared_family::cdf(const double* p, double x) { return gamma_p(0.5 * p[0], 0.5 * x); }
double chi_squared_family::ccdf(const double* p, double x) { return gamma_q(0.5 * p[0], 0.5 * x); }
double chi_squared_family::log_cdf(const double* p, double x) { return log_gamma_p(0.5 * p[0], 0.5 * x); }
double chi_squared_family::log_ccdf(const double* p, double x) { return log_gamma_q(0.5 * p[0], 0.5 * x); }
double chi_squared_family::quantile(const double* p, double probability) {
  return 2.0 * boost::math::gamma_p_inv(0.5 * p[0], probability, quiet());
}
double chi_squared_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return 2.0 * random::gamma(key, index, 0.5 * p[0]);
}
double chi_squared_family::mean(const double* p) { return p[0]; }
double chi_squared_family::variance(const double* p) { return 2.0 * p[0]; }
double chi_squared_family::mode(const double* p) { return p[0] > 2.0 ? p[0] - 2.0 : 0.0; }
double chi_squared_family::entropy(const double* p) {
  const double h = 0.5 * p[0];
  return h + constants::log_two + kernels::lgamma(h) + (1.0 - h) * kernels::digamma(h);
}

support_interval inverse_chi_squared_family::support(const double*) { return open_half_line; }
double inverse_chi_squared_family::cdf(const double* p, double x) { return gamma_q(0.5 * p[0], 0.5 / x); }
double inverse_chi_squared_family::ccdf(const double* p, double x) { return gamma_p(0.5 * p[0], 0.5 / x); }
double inverse_chi_squared_family::log_cdf(const double* p, double x) { return log_gamma_q(0.5 * p[0], 0.5 / x); }
double inverse_chi_squared_family::log_ccdf(const double* p, double x) { return log_gamma_p(0.5 * p[0], 0.5 / x); }
double inverse_chi_squared_family::quantile(const double* p, double probability) {
  return 0.5 / boost::math::gamma_q_inv(0.5 * p[0], probability, quiet());
}
double inverse_chi_squared_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return 0.5 / random::gamma(key, index, 0.5 * p[0]);
}
double inverse_chi_squared_family::mean(const double* p) { return p[0] > 2.0 ? 1.0 / (p[0] - 2.0) : infinity; }
double inverse_chi_squared_family::variance(const double* p) {
  if (!(p[0] > 4.0)) return infinity;
  const double m = 1.0 / (p[0] - 2.0);
  return 2.0 * m * m / (p[0] - 4.0);
}
double inverse_chi_squared_family::mode(const double* p) { return 1.0 / (p[0] + 2.0); }
double inverse_chi_squared_family::entropy(const double* p) {
  const double h = 0.5 * p[0];
  return h - constants::log_two + kernels::lgamma(h) - (1.0 + h) * kernels::digamma(h);
}

support_interval nakagami_family::support(const double*) { return half_line; }
double nakagami_family::cdf(const double* p, double x) { return gamma_p(p[0], p[0] * (x / p[1] * x)); }
double nakagami_family::ccdf(const double* p, double x) { return gamma_q(p[0], p[0] * (x / p[1] * x)); }
double nakagami_family::log_cdf(const double* p, double x) { return log_gamma_p(p[0], p[0] * (x / p[1] * x)); }
double nakagami_family::log_ccdf(const double* p, double x) { return log_gamma_q(p[0], p[0] * (x / p[1] * x)); }
double nakagami_family::quantile(const double* p, double probability) {
  return std::sqrt(p[1] / p[0] * boost::math::gamma_p_inv(p[0], probability, quiet()));
}
double nakagami_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return std::sqrt(p[1] / p[0] * random::gamma(key, index, p[0]));
}
double nakagami_family::mean(const double* p) {
  return std::exp(kernels::lgamma_half_step(p[0])) * std::sqrt(p[1] / p[0]);
}
double nakagami_family::variance(const double* p) {
  const double m = mean(p);
  return p[1] - m * m;
}
double nakagami_family::mode(const double* p) { return p[0] > 0.5 ? std::sqrt((p[0] - 0.5) / p[0] * p[1]) : 0.0; }
double nakagami_family::entropy(const double* p) {
  const double m = p[0], digamma = kernels::digamma(m);
  return m + kernels::lgamma(m) + (0.5 - m) * digamma - 0.5 * std::log(m / p[1]) - constants::log_two;
}

}  // namespace credence
