// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/negative_binomial.hpp"
#include "credence/distributions/poisson.hpp"
#include "credence/distributions/zero_inflated_negative_binomial.hpp"
#include "credence/distributions/zero_inflated_poisson.hpp"
#include "credence/distributions/zero_truncated_negative_binomial.hpp"
#include "credence/distributions/zero_truncated_poisson.hpp"

#include "credence/random/discrete.hpp"
#include "distributions/tail_integral.hpp"

#include <algorithm>

/// Counts with more or with no zeros.
namespace credence {

using namespace detail;

support_interval zero_inflated_poisson_family::support(const double* p) {
  return p[0] == 1.0 ? support_interval{0.0, 0.0, true, true, true} : counts;
}
double zero_inflated_poisson_family::cdf(const double* p, double x) {
  return p[0] + (1.0 - p[0]) * poisson_family::cdf(p + 1, x);
}
double zero_inflated_poisson_family::ccdf(const double* p, double x) {
  return (1.0 - p[0]) * poisson_family::ccdf(p + 1, x);
}
double zero_inflated_poisson_family::log_cdf(const double* p, double x) { return log_of(cdf(p, x), ccdf(p, x)); }
double zero_inflated_poisson_family::log_ccdf(const double* p, double x) {
  return std::log1p(-p[0]) + poisson_family::log_ccdf(p + 1, x);
}
double zero_inflated_poisson_family::quantile(const double* p, double probability) {
  if (p[0] == 1.0) return 0.0;
  return discrete_quantile([p](double k) { return cdf(p, k); }, 0.0, p[1], probability);
}
double zero_inflated_poisson_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return random::uniform(key.split(purpose::user, 1), index) < p[0] ? 0.0 : poisson_family::sample(p + 1, key, index);
}
double zero_inflated_poisson_family::mean(const double* p) { return (1.0 - p[0]) * p[1]; }
double zero_inflated_poisson_family::variance(const double* p) { return (1.0 - p[0]) * p[1] * (1.0 + p[0] * p[1]); }
double zero_inflated_poisson_family::mode(const double* p) {
  const double peak = poisson_family::mode(p + 1);
  const double at_zero = p[0] + (1.0 - p[0]) * std::exp(-p[1]);
  return at_zero >= (1.0 - p[0]) * std::exp(peak * std::log(p[1]) - p[1] - math::log_factorial(peak)) ? 0.0 : peak;
}

support_interval zero_truncated_poisson_family::support(const double*) {
  return support_interval{1.0, infinity, true, false, true};
}
double zero_truncated_poisson_family::cdf(const double* p, double x) {
  const double none = std::exp(-p[0]), some = -std::expm1(-p[0]);
  return x < p[0] ? (poisson_family::cdf(p, x) - none) / some : 1.0 - poisson_family::ccdf(p, x) / some;
}
double zero_truncated_poisson_family::ccdf(const double* p, double x) {
  return poisson_family::ccdf(p, x) / -std::expm1(-p[0]);
}
double zero_truncated_poisson_family::log_cdf(const double* p, double x) {
  const double upper = ccdf(p, x);
  if (upper < 0.5) return std::log1p(-upper);
  double sum = 0.0, term = 1.0;  // probabilities of 1 .. x over that of x, added downwards
  for (double k = x; k >= 1.0 && term > 1e-18 * sum; k -= 1.0) {
    sum += term;
    term *= k / p[0];
  }
  return x * std::log(p[0]) - math::log_factorial(x) - p[0] - std::log(-std::expm1(-p[0])) + std::log(sum);
}
double zero_truncated_poisson_family::log_ccdf(const double* p, double x) {
  return poisson_family::log_ccdf(p, x) - std::log(-std::expm1(-p[0]));
}
double zero_truncated_poisson_family::quantile(const double* p, double probability) {
  return discrete_quantile([p](double k) { return k < 1.0 ? 0.0 : cdf(p, k); }, 1.0, p[0], probability);
}
double zero_truncated_poisson_family::sample(
    const double* p, rng_key key,
    std::uint64_t index) {  // inversion through the poisson: small rates would reject nearly always
  const double u = random::uniform(key, index);
  return quantile(p, u);
}
double zero_truncated_poisson_family::mean(const double* p) { return p[0] / -std::expm1(-p[0]); }
double zero_truncated_poisson_family::variance(const double* p) {
  const double m = mean(p);
  return m * (1.0 + p[0] - m);
}
double zero_truncated_poisson_family::mode(const double* p) { return std::max(1.0, poisson_family::mode(p)); }

namespace {
/// log P(0) of negative_binomial(mean, dispersion).
double log_no_count(const double* p) { return -p[1] * std::log1p(p[0] / p[1]); }
double log_pmf(const double* p, double x) { return density_of<negative_binomial_kernel>(p)(x); }
}  // namespace

support_interval zero_inflated_negative_binomial_family::support(const double* p) {
  return p[0] == 1.0 ? support_interval{0.0, 0.0, true, true, true} : counts;
}
double zero_inflated_negative_binomial_family::cdf(const double* p, double x) {
  return p[0] + (1.0 - p[0]) * negative_binomial_family::cdf(p + 1, x);
}
double zero_inflated_negative_binomial_family::ccdf(const double* p, double x) {
  return (1.0 - p[0]) * negative_binomial_family::ccdf(p + 1, x);
}
double zero_inflated_negative_binomial_family::log_cdf(const double* p, double x) {
  return log_of(cdf(p, x), ccdf(p, x));
}
double zero_inflated_negative_binomial_family::log_ccdf(const double* p, double x) {
  return std::log1p(-p[0]) + negative_binomial_family::log_ccdf(p + 1, x);
}
double zero_inflated_negative_binomial_family::quantile(const double* p, double probability) {
  if (p[0] == 1.0) return 0.0;
  return discrete_quantile([p](double k) { return cdf(p, k); }, 0.0, p[1], probability);
}
double zero_inflated_negative_binomial_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return random::uniform(key.split(purpose::user, 2), index) < p[0]
             ? 0.0
             : negative_binomial_family::sample(p + 1, key, index);
}
double zero_inflated_negative_binomial_family::mean(const double* p) { return (1.0 - p[0]) * p[1]; }
double zero_inflated_negative_binomial_family::variance(const double* p) {
  return (1.0 - p[0]) * p[1] * (1.0 + p[1] / p[2] + p[0] * p[1]);
}
double zero_inflated_negative_binomial_family::mode(const double* p) {
  const double peak = negative_binomial_family::mode(p + 1);
  const double at_zero = p[0] + (1.0 - p[0]) * std::exp(log_no_count(p + 1));
  return at_zero >= (1.0 - p[0]) * std::exp(log_pmf(p + 1, peak)) ? 0.0 : peak;
}

support_interval zero_truncated_negative_binomial_family::support(const double*) {
  return support_interval{1.0, infinity, true, false, true};
}
double zero_truncated_negative_binomial_family::cdf(const double* p, double x) {
  const double none = std::exp(log_no_count(p)), some = -std::expm1(log_no_count(p));
  return x < p[0] ? (negative_binomial_family::cdf(p, x) - none) / some
                  : 1.0 - negative_binomial_family::ccdf(p, x) / some;
}
double zero_truncated_negative_binomial_family::ccdf(const double* p, double x) {
  return negative_binomial_family::ccdf(p, x) / -std::expm1(log_no_count(p));
}
double zero_truncated_negative_binomial_family::log_cdf(const double* p, double x) {
  const double upper = ccdf(p, x);
  if (upper < 0.5) return std::log1p(-upper);
  double sum = 0.0, term = 1.0;  // probabilities of 1 .. x over that of x, added downwards
  for (double k = x; k >= 1.0 && term > 1e-18 * sum; k -= 1.0) {
    sum += term;
    term *= k / (k - 1.0 + p[1]) * ((p[0] + p[1]) / p[0]);
  }
  return log_pmf(p, x) - std::log(-std::expm1(log_no_count(p))) + std::log(sum);
}
double zero_truncated_negative_binomial_family::log_ccdf(const double* p, double x) {
  return negative_binomial_family::log_ccdf(p, x) - std::log(-std::expm1(log_no_count(p)));
}
double zero_truncated_negative_binomial_family::quantile(const double* p, double probability) {
  return discrete_quantile([p](double k) { return k < 1.0 ? 0.0 : cdf(p, k); }, 1.0, p[0], probability);
}
double zero_truncated_negative_binomial_family::sample(const double* p, rng_key key, std::uint64_t index) {
  return quantile(p, random::uniform(key, index));  // rejecting zeros would hardly ever end for small means
}
double zero_truncated_negative_binomial_family::mean(const double* p) { return p[0] / -std::expm1(log_no_count(p)); }
double zero_truncated_negative_binomial_family::variance(const double* p) {
  const double m = mean(p);
  return m * (1.0 + p[0] + p[0] / p[1] - m);
}
double zero_truncated_negative_binomial_family::mode(const double* p) {
  return std::max(1.0, negative_binomial_family::mode(p));
}

}  // namespace credence
