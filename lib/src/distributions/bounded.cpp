// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/beta.hpp"
#include "credence/distributions/beta_proportion.hpp"
#include "credence/distributions/kumaraswamy.hpp"
#include "credence/distributions/triangular.hpp"
#include "credence/distributions/uniform.hpp"

#include "credence/random/gamma.hpp"
#include "distributions/tails.hpp"

#include <boost/math/special_functions/beta.hpp>

/// Families on a bounded interval.
namespace credence {

using namespace detail;

void uniform_family::check(const double* p) {
  if (!(p[0] < p[1])) check::fail_domain(name, "upper", p[1], "above lower, which is " + check::to_text(p[0]));
  if (!(p[1] - p[0] < infinity))
    check::fail_domain(name, "upper", p[1], "so near to lower that their difference is finite");
}
support_interval uniform_family::support(const double* p) { return support_interval{p[0], p[1], true, true, false}; }
double uniform_family::cdf(const double* p, double x) { return (x - p[0]) / (p[1] - p[0]); }
double uniform_family::ccdf(const double* p, double x) { return (p[1] - x) / (p[1] - p[0]); }
double uniform_family::log_cdf(const double* p, double x) { return log_of(cdf(p, x), ccdf(p, x)); }
double uniform_family::log_ccdf(const double* p, double x) { return log_of(ccdf(p, x), cdf(p, x)); }
double uniform_family::quantile(const double* p, double probability) {
  return probability < 0.5 ? p[0] + probability * (p[1] - p[0]) : p[1] - (1.0 - probability) * (p[1] - p[0]);
}
double uniform_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return p[0] + (p[1] - p[0]) * random::uniform(key, index);
}
double uniform_family::mean(const double* p) { return p[0] + 0.5 * (p[1] - p[0]); }
double uniform_family::variance(const double* p) { return (p[1] - p[0]) * (p[1] - p[0]) / 12.0; }
double uniform_family::mode(const double* p) { return p[0]; }
double uniform_family::entropy(const double* p) { return std::log(p[1] - p[0]); }

support_interval beta_family::support(const double*) { return support_interval{0.0, 1.0, true, true, false}; }
double beta_family::cdf(const double* p, double x) { return special::beta_p(p[0], p[1], x); }
double beta_family::ccdf(const double* p, double x) { return special::beta_q(p[0], p[1], x); }
double beta_family::log_cdf(const double* p, double x) { return log_ibeta(p[0], p[1], x, 1.0 - x); }
double beta_family::log_ccdf(const double* p, double x) { return log_ibeta(p[1], p[0], 1.0 - x, x); }
double beta_family::quantile(const double* p, double probability) {
  return boost::math::ibeta_inv(p[0], p[1], probability, quiet());
}
double beta_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return random::beta(key, index, p[0], p[1]);
}
double beta_family::mean(const double* p) { return p[0] / (p[0] + p[1]); }
double beta_family::variance(const double* p) {
  const double s = p[0] + p[1];
  return p[0] / s * (p[1] / s) / (s + 1.0);
}
double beta_family::mode(const double* p) {
  if (p[0] > 1.0 && p[1] > 1.0) return (p[0] - 1.0) / (p[0] + p[1] - 2.0);
  return p[0] <= 1.0 && (p[0] < p[1] || p[1] <= 1.0) ? 0.0 : 1.0;
}
double beta_family::entropy(const double* p) {
  const double a = p[0], b = p[1];
  return kernels::log_beta(a, b) - (a - 1.0) * kernels::digamma(a) - (b - 1.0) * kernels::digamma(b) +
         (a + b - 2.0) * kernels::digamma(a + b);
}

namespace {
/// The a and b of a beta_proportion(mean, precision).
struct beta_parameters {
  double ab[2];
  explicit beta_parameters(const double* p) : ab{p[0] * p[1], (1.0 - p[0]) * p[1]} {}
  operator const double*() const { return ab; }  // NOLINT: read as the parameters of a beta
};
}  // namespace
support_interval beta_proportion_family::support(const double*) {
  return support_interval{0.0, 1.0, true, true, false};
}
double beta_proportion_family::cdf(const double* p, double x) { return beta_family::cdf(beta_parameters(p), x); }
double beta_proportion_family::ccdf(const double* p, double x) { return beta_family::ccdf(beta_parameters(p), x); }
double beta_proportion_family::log_cdf(const double* p, double x) {
  return beta_family::log_cdf(beta_parameters(p), x);
}
double beta_proportion_family::log_ccdf(const double* p, double x) {
  return beta_family::log_ccdf(beta_parameters(p), x);
}
double beta_proportion_family::quantile(const double* p, double probability) {
  return beta_family::quantile(beta_parameters(p), probability);
}
double beta_proportion_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return beta_family::sample(beta_parameters(p), key, index);
}
double beta_proportion_family::mean(const double* p) { return p[0]; }
double beta_proportion_family::variance(const double* p) { return p[0] * (1.0 - p[0]) / (1.0 + p[1]); }
double beta_proportion_family::mode(const double* p) { return beta_family::mode(beta_parameters(p)); }
double beta_proportion_family::entropy(const double* p) { return beta_family::entropy(beta_parameters(p)); }

namespace {
/// log(1 - x^a).
double log_one_minus_power(double x, double a) { return log1m_exp(a * std::log(x)); }
}  // namespace
support_interval kumaraswamy_family::support(const double*) { return support_interval{0.0, 1.0, true, true, false}; }
double kumaraswamy_family::cdf(const double* p, double x) { return -std::expm1(log_ccdf(p, x)); }
double kumaraswamy_family::ccdf(const double* p, double x) { return std::exp(log_ccdf(p, x)); }
double kumaraswamy_family::log_cdf(const double* p, double x) {
  const double l = log_ccdf(p, x);
  return l > -1e-290 ? std::log(p[1]) + p[0] * std::log(x) : log1m_exp(l);
}
double kumaraswamy_family::log_ccdf(const double* p, double x) { return p[1] * log_one_minus_power(x, p[0]); }
double kumaraswamy_family::quantile(const double* p, double probability) {
  return std::exp(log1m_exp(std::log1p(-probability) / p[1]) / p[0]);
}
double kumaraswamy_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return quantile(p, random::uniform(key, index));
}
double kumaraswamy_family::mean(const double* p) { return p[1] * std::exp(kernels::log_beta(1.0 + 1.0 / p[0], p[1])); }
double kumaraswamy_family::variance(const double* p) {
  const double m = mean(p);
  return p[1] * std::exp(kernels::log_beta(1.0 + 2.0 / p[0], p[1])) - m * m;
}
double kumaraswamy_family::mode(const double* p) {
  if (p[0] > 1.0 && p[1] > 1.0) return std::pow((p[0] - 1.0) / (p[0] * p[1] - 1.0), 1.0 / p[0]);
  return p[0] < 1.0 || (p[0] == 1.0 && p[1] >= 1.0) ? 0.0 : 1.0;
}
double kumaraswamy_family::entropy(const double* p) {
  const double harmonic = kernels::digamma(p[1] + 1.0) + constants::euler_gamma;
  return (1.0 - 1.0 / p[1]) + (1.0 - 1.0 / p[0]) * harmonic - std::log(p[0] * p[1]);
}

void triangular_family::check(const double* p) {
  if (!(p[0] < p[2])) check::fail_domain(name, "upper", p[2], "above lower, which is " + check::to_text(p[0]));
  if (!(p[1] >= p[0] && p[1] <= p[2])) check::fail_domain(name, "mode", p[1], "from lower to upper");
  if (!(p[2] - p[0] < infinity))
    check::fail_domain(name, "upper", p[2], "so near to lower that their difference is finite");
}
support_interval triangular_family::support(const double* p) { return support_interval{p[0], p[2], true, true, false}; }
double triangular_family::cdf(const double* p, double x) {
  const double w = p[2] - p[0];
  return x < p[1] ? (x - p[0]) / w * ((x - p[0]) / (p[1] - p[0])) : 1.0 - ccdf(p, x);
}
double triangular_family::ccdf(const double* p, double x) {
  const double w = p[2] - p[0];
  return x >= p[1] ? (p[2] - x) / w * ((p[2] - x) / (p[2] - p[1])) : 1.0 - cdf(p, x);
}
double triangular_family::log_cdf(const double* p, double x) {
  return x < p[1] ? 2.0 * std::log(x - p[0]) - std::log(p[2] - p[0]) - std::log(p[1] - p[0]) : std::log1p(-ccdf(p, x));
}
double triangular_family::log_ccdf(const double* p, double x) {
  return x >= p[1] ? 2.0 * std::log(p[2] - x) - std::log(p[2] - p[0]) - std::log(p[2] - p[1]) : std::log1p(-cdf(p, x));
}
double triangular_family::quantile(const double* p, double probability) {
  const double w = p[2] - p[0], left = p[1] - p[0], right = p[2] - p[1];
  return probability * w < left ? p[0] + std::sqrt(probability * w * left)
                                : p[2] - std::sqrt((1.0 - probability) * w * right);
}
double triangular_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return quantile(p, random::uniform(key, index));
}
double triangular_family::mean(const double* p) { return (p[0] + p[1] + p[2]) / 3.0; }
double triangular_family::variance(const double* p) {
  const double l = p[1] - p[0], w = p[2] - p[0];
  return (w * w - l * (w - l)) / 18.0;
}
double triangular_family::mode(const double* p) { return p[1]; }
double triangular_family::entropy(const double* p) { return 0.5 + std::log(0.5 * (p[2] - p[0])); }

}  // namespace credence
