// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/gumbel.hpp"
#include "credence/distributions/laplace.hpp"
#include "credence/distributions/logistic.hpp"

#include "credence/random/normal.hpp"
#include "distributions/tails.hpp"

/// Families given by a location and a scale.
namespace credence {

using namespace detail;

support_interval laplace_family::support(const double*) { return real_line; }
double laplace_family::cdf(const double* p, double x) {
  const double z = (x - p[0]) / p[1];
  return z < 0.0 ? 0.5 * std::exp(z) : 1.0 - 0.5 * std::exp(-z);
}
double laplace_family::ccdf(const double* p, double x) {
  const double z = (x - p[0]) / p[1];
  return z > 0.0 ? 0.5 * std::exp(-z) : 1.0 - 0.5 * std::exp(z);
}
double laplace_family::log_cdf(const double* p, double x) {
  const double z = (x - p[0]) / p[1];
  return z < 0.0 ? z - constants::log_two : std::log1p(-0.5 * std::exp(-z));
}
double laplace_family::log_ccdf(const double* p, double x) {
  const double z = (x - p[0]) / p[1];
  return z > 0.0 ? -z - constants::log_two : std::log1p(-0.5 * std::exp(z));
}
double laplace_family::quantile(const double* p, double probability) {
  return probability < 0.5 ? p[0] + p[1] * std::log(2.0 * probability)
                           : p[0] - p[1] * std::log(2.0 * (1.0 - probability));
}
double laplace_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return quantile(p, random::uniform(key, index));
}
double laplace_family::mean(const double* p) { return p[0]; }
double laplace_family::variance(const double* p) { return 2.0 * p[1] * p[1]; }
double laplace_family::mode(const double* p) { return p[0]; }
double laplace_family::entropy(const double* p) { return 1.0 + std::log(2.0 * p[1]); }

support_interval logistic_family::support(const double*) { return real_line; }
double logistic_family::cdf(const double* p, double x) { return math::inv_logit((x - p[0]) / p[1]); }
double logistic_family::ccdf(const double* p, double x) { return math::inv_logit((p[0] - x) / p[1]); }
double logistic_family::log_cdf(const double* p, double x) { return -math::log1p_exp((p[0] - x) / p[1]); }
double logistic_family::log_ccdf(const double* p, double x) { return -math::log1p_exp((x - p[0]) / p[1]); }
double logistic_family::quantile(const double* p, double probability) {
  return p[0] + p[1] * (std::log(probability) - std::log1p(-probability));
}
double logistic_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return quantile(p, random::uniform(key, index));
}
double logistic_family::mean(const double* p) { return p[0]; }
double logistic_family::variance(const double* p) { return p[1] * p[1] * (constants::pi * constants::pi / 3.0); }
double logistic_family::mode(const double* p) { return p[0]; }
double logistic_family::entropy(const double* p) { return 2.0 + std::log(p[1]); }

support_interval gumbel_family::support(const double*) { return real_line; }
double gumbel_family::cdf(const double* p, double x) { return std::exp(-std::exp((p[0] - x) / p[1])); }
double gumbel_family::ccdf(const double* p, double x) { return -std::expm1(-std::exp((p[0] - x) / p[1])); }
double gumbel_family::log_cdf(const double* p, double x) { return -std::exp((p[0] - x) / p[1]); }
double gumbel_family::log_ccdf(const double* p, double x) {
  const double z = (x - p[0]) / p[1];
  return z > 40.0 ? -z : log1m_exp(-std::exp(-z));
}
double gumbel_family::quantile(const double* p, double probability) {
  return p[0] - p[1] * std::log(-std::log(probability));
}
double gumbel_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return p[0] + p[1] * random::gumbel(key, index);
}
double gumbel_family::mean(const double* p) { return p[0] + p[1] * constants::euler_gamma; }
double gumbel_family::variance(const double* p) { return p[1] * p[1] * (constants::pi * constants::pi / 6.0); }
double gumbel_family::mode(const double* p) { return p[0]; }
double gumbel_family::entropy(const double* p) { return 1.0 + constants::euler_gamma + std::log(p[1]); }

}  // namespace credence
