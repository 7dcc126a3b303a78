// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/bernoulli.hpp"
#include "credence/distributions/bernoulli_logit.hpp"
#include "credence/distributions/beta_binomial.hpp"
#include "credence/distributions/binomial.hpp"
#include "credence/distributions/binomial_logit.hpp"
#include "credence/distributions/geometric.hpp"
#include "credence/distributions/negative_binomial.hpp"
#include "credence/distributions/negative_binomial_p.hpp"
#include "credence/distributions/poisson.hpp"
#include "credence/distributions/poisson_log.hpp"

#include "credence/random/discrete.hpp"
#include "credence/random/gamma.hpp"
#include "credence/random/normal.hpp"
#include "distributions/tails.hpp"

#include <algorithm>

/// Families of counts.
namespace credence {

using namespace detail;

support_interval bernoulli_logit_family::support(const double*) { return support_interval{0.0, 1.0, true, true, true}; }
double bernoulli_logit_family::cdf(const double* p, double) { return math::inv_logit(-p[0]); }
double bernoulli_logit_family::ccdf(const double* p, double) { return math::inv_logit(p[0]); }
double bernoulli_logit_family::log_cdf(const double* p, double) { return -math::log1p_exp(p[0]); }
double bernoulli_logit_family::log_ccdf(const double* p, double) { return -math::log1p_exp(-p[0]); }
double bernoulli_logit_family::quantile(const double* p, double probability) {
  return probability <= math::inv_logit(-p[0]) ? 0.0 : 1.0;
}
double bernoulli_logit_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return random::uniform(key, index) < math::inv_logit(p[0]) ? 1.0 : 0.0;
}
double bernoulli_logit_family::mean(const double* p) { return math::inv_logit(p[0]); }
double bernoulli_logit_family::variance(const double* p) { return math::inv_logit(p[0]) * math::inv_logit(-p[0]); }
double bernoulli_logit_family::mode(const double* p) { return p[0] > 0.0 ? 1.0 : 0.0; }
double bernoulli_logit_family::entropy(const double* p) {
  return math::inv_logit(p[0]) * math::log1p_exp(-p[0]) + math::inv_logit(-p[0]) * math::log1p_exp(p[0]);
}

support_interval poisson_family::support(const double* p) {
  return p[0] == 0.0 ? support_interval{0.0, 0.0, true, true, true} : counts;
}
double poisson_family::cdf(const double* p, double x) { return gamma_q(x + 1.0, p[0]); }
double poisson_family::ccdf(const double* p, double x) { return gamma_p(x + 1.0, p[0]); }
double poisson_family::log_cdf(const double* p, double x) { return log_gamma_q(x + 1.0, p[0]); }
double poisson_family::log_ccdf(const double* p, double x) { return log_gamma_p(x + 1.0, p[0]); }
double poisson_family::quantile(const double* p, double probability) {
  if (p[0] == 0.0) return 0.0;
  return discrete_quantile([p](double k) { return cdf(p, k); }, 0.0,
                           p[0] + normal_quantile(probability) * std::sqrt(p[0]), probability);
}
double poisson_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return static_cast<double>(random::poisson(key, index, p[0]));
}
double poisson_family::mean(const double* p) { return p[0]; }
double poisson_family::variance(const double* p) { return p[0]; }
double poisson_family::mode(const double* p) { return std::ceil(p[0]) - (p[0] > 0.0 ? 1.0 : 0.0); }

support_interval bernoulli_family::support(const double* p) {
  return support_interval{p[0] == 1.0 ? 1.0 : 0.0, p[0] == 0.0 ? 0.0 : 1.0, true, true, true};
}
double bernoulli_family::cdf(const double* p, double) { return 1.0 - p[0]; }
double bernoulli_family::ccdf(const double* p, double) { return p[0]; }
double bernoulli_family::log_cdf(const double* p, double) { return std::log1p(-p[0]); }
double bernoulli_family::log_ccdf(const double* p, double) { return std::log(p[0]); }
double bernoulli_family::quantile(const double* p, double probability) {
  return p[0] == 1.0 || probability > 1.0 - p[0] ? 1.0 : 0.0;
}
double bernoulli_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return random::uniform(key, index) < p[0] ? 1.0 : 0.0;
}
double bernoulli_family::mean(const double* p) { return p[0]; }
double bernoulli_family::variance(const double* p) { return p[0] * (1.0 - p[0]); }
double bernoulli_family::mode(const double* p) { return p[0] > 0.5 ? 1.0 : 0.0; }
double bernoulli_family::entropy(const double* p) {
  const double q = 1.0 - p[0];
  return (p[0] > 0.0 ? -p[0] * std::log(p[0]) : 0.0) + (q > 0.0 ? -q * std::log1p(-p[0]) : 0.0);
}

support_interval binomial_family::support(const double* p) {
  return support_interval{p[1] == 1.0 ? p[0] : 0.0, p[1] == 0.0 ? 0.0 : p[0], true, true, true};
}
double binomial_family::cdf(const double* p, double x) { return special::beta_q(x + 1.0, p[0] - x, p[1]); }
double binomial_family::ccdf(const double* p, double x) { return special::beta_p(x + 1.0, p[0] - x, p[1]); }
double binomial_family::log_cdf(const double* p, double x) { return log_ibeta(p[0] - x, x + 1.0, 1.0 - p[1], p[1]); }
double binomial_family::log_ccdf(const double* p, double x) { return log_ibeta(x + 1.0, p[0] - x, p[1], 1.0 - p[1]); }
double binomial_family::quantile(const double* p, double probability) {
  const support_interval s = support(p);
  if (s.lower == s.upper) return s.lower;
  const double guess = p[0] * p[1] + normal_quantile(probability) * std::sqrt(variance(p));
  return discrete_quantile([p](double k) { return k >= p[0] ? 1.0 : cdf(p, k); }, 0.0, std::min(guess, p[0]),
                           probability);
}
double binomial_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return static_cast<double>(random::binomial(key, index, static_cast<std::int64_t>(p[0]), p[1]));
}
double binomial_family::mean(const double* p) { return p[0] * p[1]; }
double binomial_family::variance(const double* p) { return p[0] * p[1] * (1.0 - p[1]); }
double binomial_family::mode(const double* p) { return std::clamp(std::ceil((p[0] + 1.0) * p[1]) - 1.0, 0.0, p[0]); }

namespace {
/// The parameters of the binomial that a binomial_logit is.
struct binomial_parameters {
  double values[2];
  explicit binomial_parameters(const double* p) : values{p[0], math::inv_logit(p[1])} {}
  operator const double*() const { return values; }  // NOLINT: read as the parameters of a binomial
};
}  // namespace
support_interval binomial_logit_family::support(const double* p) {
  return support_interval{0.0, p[0], true, true, true};
}
double binomial_logit_family::cdf(const double* p, double x) { return binomial_family::cdf(binomial_parameters(p), x); }
double binomial_logit_family::ccdf(const double* p, double x) {
  return binomial_family::ccdf(binomial_parameters(p), x);
}
double binomial_logit_family::log_cdf(const double* p, double x) {
  return log_ibeta(p[0] - x, x + 1.0, math::inv_logit(-p[1]), math::inv_logit(p[1]));
}
double binomial_logit_family::log_ccdf(const double* p, double x) {
  return log_ibeta(x + 1.0, p[0] - x, math::inv_logit(p[1]), math::inv_logit(-p[1]));
}
double binomial_logit_family::quantile(const double* p, double probability) {
  return binomial_family::quantile(binomial_parameters(p), probability);
}
double binomial_logit_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return binomial_family::sample(binomial_parameters(p), key, index);
}
double binomial_logit_family::mean(const double* p) { return binomial_family::mean(binomial_parameters(p)); }
double binomial_logit_family::variance(const double* p) {
  return p[0] * math::inv_logit(p[1]) * math::inv_logit(-p[1]);
}
double binomial_logit_family::mode(const double* p) { return binomial_family::mode(binomial_parameters(p)); }

support_interval poisson_log_family::support(const double*) { return counts; }
double poisson_log_family::cdf(const double* p, double x) {
  const double rate = std::exp(p[0]);
  return poisson_family::cdf(&rate, x);
}
double poisson_log_family::ccdf(const double* p, double x) {
  const double rate = std::exp(p[0]);
  return poisson_family::ccdf(&rate, x);
}
double poisson_log_family::log_cdf(const double* p, double x) {
  const double rate = std::exp(p[0]);
  return poisson_family::log_cdf(&rate, x);
}
double poisson_log_family::log_ccdf(const double* p, double x) {
  const double rate = std::exp(p[0]);
  return poisson_family::log_ccdf(&rate, x);
}
double poisson_log_family::quantile(const double* p, double probability) {
  const double rate = std::exp(p[0]);
  return poisson_family::quantile(&rate, probability);
}
double poisson_log_family::sample(const double* p, rng_key key, std::uint64_t index) {
  const double rate = math::exp(p[0]);
  return poisson_family::sample(&rate, key, index);
}
double poisson_log_family::mean(const double* p) { return std::exp(p[0]); }
double poisson_log_family::variance(const double* p) { return std::exp(p[0]); }
double poisson_log_family::mode(const double* p) {
  const double rate = std::exp(p[0]);
  return poisson_family::mode(&rate);
}

support_interval negative_binomial_family::support(const double*) { return counts; }
double negative_binomial_family::cdf(const double* p, double x) {
  const double s = p[0] + p[1];
  return p[0] < p[1] ? special::beta_q(x + 1.0, p[1], p[0] / s) : special::beta_p(p[1], x + 1.0, p[1] / s);
}
double negative_binomial_family::ccdf(const double* p, double x) {
  const double s = p[0] + p[1];
  return p[0] < p[1] ? special::beta_p(x + 1.0, p[1], p[0] / s) : special::beta_q(p[1], x + 1.0, p[1] / s);
}
double negative_binomial_family::log_cdf(const double* p, double x) {
  const double s = p[0] + p[1];
  return log_ibeta(p[1], x + 1.0, p[1] / s, p[0] / s);
}
double negative_binomial_family::log_ccdf(const double* p, double x) {
  const double s = p[0] + p[1];
  return log_ibeta(x + 1.0, p[1], p[0] / s, p[1] / s);
}
double negative_binomial_family::quantile(const double* p, double probability) {
  const double guess = p[0] + normal_quantile(probability) * std::sqrt(variance(p));
  return discrete_quantile([p](double k) { return cdf(p, k); }, 0.0, guess, probability);
}
double negative_binomial_family::sample(const double* p, rng_key key, std::uint64_t index) {
  const double rate = random::gamma(key.split(purpose::user, 1), index, p[1]) * (p[0] / p[1]);
  return static_cast<double>(random::poisson(key, index, rate));
}
double negative_binomial_family::mean(const double* p) { return p[0]; }
double negative_binomial_family::variance(const double* p) { return p[0] + p[0] * (p[0] / p[1]); }
double negative_binomial_family::mode(const double* p) {
  return std::max(0.0, std::ceil(p[0] * ((p[1] - 1.0) / p[1])) - 1.0);
}

support_interval negative_binomial_p_family::support(const double*) { return counts; }
double negative_binomial_p_family::cdf(const double* p, double x) { return special::beta_p(p[0], x + 1.0, p[1]); }
double negative_binomial_p_family::ccdf(const double* p, double x) { return special::beta_q(p[0], x + 1.0, p[1]); }
double negative_binomial_p_family::log_cdf(const double* p, double x) {
  return log_ibeta(p[0], x + 1.0, p[1], 1.0 - p[1]);
}
double negative_binomial_p_family::log_ccdf(const double* p, double x) {
  return log_ibeta(x + 1.0, p[0], 1.0 - p[1], p[1]);
}
double negative_binomial_p_family::quantile(const double* p, double probability) {
  const double guess = mean(p) + normal_quantile(probability) * std::sqrt(variance(p));
  return discrete_quantile([p](double k) { return cdf(p, k); }, 0.0, guess, probability);
}
double negative_binomial_p_family::sample(const double* p, rng_key key, std::uint64_t index) {
  const double rate = random::gamma(key.split(purpose::user, 1), index, p[0]) * ((1.0 - p[1]) / p[1]);
  return static_cast<double>(random::poisson(key, index, rate));
}
double negative_binomial_p_family::mean(const double* p) { return p[0] * ((1.0 - p[1]) / p[1]); }
double negative_binomial_p_family::variance(const double* p) { return p[0] * ((1.0 - p[1]) / (p[1] * p[1])); }
double negative_binomial_p_family::mode(const double* p) {
  return std::max(0.0, std::ceil((p[0] - 1.0) * ((1.0 - p[1]) / p[1])) - 1.0);
}

support_interval geometric_family::support(const double*) { return counts; }
double geometric_family::cdf(const double* p, double x) { return -std::expm1(log_ccdf(p, x)); }
double geometric_family::ccdf(const double* p, double x) { return std::exp(log_ccdf(p, x)); }
double geometric_family::log_cdf(const double* p, double x) { return log1m_exp(log_ccdf(p, x)); }
double geometric_family::log_ccdf(const double* p, double x) { return (x + 1.0) * std::log1p(-p[0]); }
double geometric_family::quantile(const double* p, double probability) {
  return discrete_quantile([p](double k) { return cdf(p, k); }, 0.0, std::log1p(-probability) / std::log1p(-p[0]) - 1.0,
                           probability);
}
double geometric_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return std::floor(random::exponential(key, index) / -math::log1p(-p[0]));
}
double geometric_family::mean(const double* p) { return (1.0 - p[0]) / p[0]; }
double geometric_family::variance(const double* p) { return (1.0 - p[0]) / (p[0] * p[0]); }
double geometric_family::mode(const double*) { return 0.0; }
double geometric_family::entropy(const double* p) {
  return (-p[0] * std::log(p[0]) - (1.0 - p[0]) * std::log1p(-p[0])) / p[0];
}

namespace {
double beta_binomial_log_pmf(const double* p, double x) {
  double terms[beta_binomial_kernel::parameter_terms], variate[beta_binomial_kernel::variate_terms];
  beta_binomial_kernel::prepare_parameters(p, terms);
  beta_binomial_kernel::prepare_variate(x, variate);
  return beta_binomial_kernel::log_pdf(x, variate, p, terms);
}
/// log of the sum of the probabilities from first to last, added from the far end.
double beta_binomial_log_sum(const double* p, double first, double last) {
  double largest = -infinity, sum = 0.0;
  for (double k = first; k <= last; k += 1.0) largest = std::max(largest, beta_binomial_log_pmf(p, k));
  for (double k = first; k <= last; k += 1.0) sum += std::exp(beta_binomial_log_pmf(p, k) - largest);
  return largest + std::log(sum);
}
}  // namespace
support_interval beta_binomial_family::support(const double* p) {
  return support_interval{0.0, p[0], true, true, true};
}
double beta_binomial_family::cdf(const double* p, double x) { return std::exp(log_cdf(p, x)); }
double beta_binomial_family::ccdf(const double* p, double x) { return std::exp(log_ccdf(p, x)); }
double beta_binomial_family::log_cdf(const double* p, double x) {
  const double l = beta_binomial_log_sum(p, 0.0, x);
  return l < -0.5 ? l : log1m_exp(beta_binomial_log_sum(p, x + 1.0, p[0]));
}
double beta_binomial_family::log_ccdf(const double* p, double x) {
  const double l = beta_binomial_log_sum(p, x + 1.0, p[0]);
  return l < -0.5 ? l : log1m_exp(beta_binomial_log_sum(p, 0.0, x));
}
double beta_binomial_family::quantile(const double* p, double probability) {
  return discrete_quantile([p](double k) { return k >= p[0] ? 1.0 : cdf(p, k); }, 0.0, std::floor(mean(p)),
                           probability);
}
double beta_binomial_family::sample(const double* p, rng_key key, std::uint64_t index) {
  const double chance = random::beta(key.split(purpose::user, 1), index, p[1], p[2]);
  return static_cast<double>(random::binomial(key, index, static_cast<std::int64_t>(p[0]), chance));
}
double beta_binomial_family::mean(const double* p) { return p[0] * (p[1] / (p[1] + p[2])); }
double beta_binomial_family::variance(const double* p) {
  const double s = p[1] + p[2];
  return p[0] * (p[1] / s) * (p[2] / s) * ((s + p[0]) / (s + 1.0));
}
double beta_binomial_family::mode(const double* p) {
  const double turn = (p[0] + 1.0) * (p[1] - 1.0) / (p[1] + p[2] - 2.0);
  double best = 0.0;
  for (const double k : {std::floor(turn) - 1.0, std::floor(turn), std::floor(turn) + 1.0, p[0]}) {
    if (k >= 0.0 && k <= p[0] && beta_binomial_log_pmf(p, k) > beta_binomial_log_pmf(p, best)) best = k;
  }
  return best;
}

}  // namespace credence
