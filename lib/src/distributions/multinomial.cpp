// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/multinomial.hpp"

#include "credence/base/check.hpp"
#include "credence/distributions/kernels/gamma_functions.hpp"
#include "credence/random/discrete.hpp"
#include "credence/random/gamma.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace credence {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// 1 for counts that add up to the trials, 0 for others, NaN where an element is NaN.
double inside(std::int64_t trials, std::span<const double> x) {
  double sum = 0.0;
  bool counts = true;
  for (const double v : x) {
    counts = counts && v >= 0.0 && std::floor(v) == v;
    sum += v;
  }
  if (std::isnan(sum)) return sum;
  return counts && sum == static_cast<double>(trials) ? 1.0 : 0.0;
}

void check_sizes(const char* who, std::size_t a, const char* what, std::size_t b) {
  check::same_size(who, what, static_cast<std::int64_t>(a), "parameters", static_cast<std::int64_t>(b));
}

/// Binomials of what the categories before have left.
void split_trials(std::int64_t trials, std::span<const double> weights, rng_key key, std::uint64_t index,
                  std::span<double> out) {
  double left_weight = 0.0;
  for (const double w : weights) left_weight += w;
  std::int64_t left = trials;
  const std::size_t n = weights.size();
  std::size_t last = 0;
  for (std::size_t k = 0; k < n; ++k) last = weights[k] > 0.0 ? k : last;
  for (std::size_t k = 0; k < n; ++k) {
    std::int64_t count = 0;
    if (left > 0 && k == last) count = left;
    if (left > 0 && k < last && weights[k] > 0.0) {
      count = random::binomial(key, index * n + k, left, std::min(1.0, weights[k] / left_weight));
    }
    out[k] = static_cast<double>(count);
    left -= count;
    left_weight -= weights[k];
  }
}

double total(const std::vector<double>& a) {
  double sum = 0.0;
  for (const double v : a) sum += v;
  return sum;
}

}  // namespace

multinomial::multinomial(std::int64_t number, std::vector<double> p) : trials(number), probabilities(std::move(p)) {
  check::at_least("multinomial", "trials", trials, 0);
  check::at_least("multinomial", "number of probabilities", static_cast<std::int64_t>(probabilities.size()), 1);
  for (std::size_t k = 0; k < probabilities.size(); ++k) {
    check::probability("multinomial", "probabilities[" + std::to_string(k) + "]", probabilities[k]);
  }
  const double sum = total(probabilities);
  if (!(std::abs(sum - 1.0) <= 1e-8)) check::fail_domain("multinomial", "sum of probabilities", sum, "1");
}

dirichlet_multinomial::dirichlet_multinomial(std::int64_t number, std::vector<double> a)
    : trials(number), concentration(std::move(a)) {
  check::at_least("dirichlet_multinomial", "trials", trials, 0);
  check::at_least("dirichlet_multinomial", "size of concentration", static_cast<std::int64_t>(concentration.size()), 1);
  for (std::size_t k = 0; k < concentration.size(); ++k) {
    check::positive("dirichlet_multinomial", "concentration[" + std::to_string(k) + "]", concentration[k]);
  }
}

double log_pdf(const multinomial& d, std::span<const double> x) {
  check_sizes("multinomial", x.size(), "x", d.probabilities.size());
  const double where = inside(d.trials, x);
  if (where != 1.0) return std::isnan(where) ? where : -infinity;
  double value = math::log_factorial(static_cast<double>(d.trials));
  for (std::size_t k = 0; k < x.size(); ++k) {
    value += kernels::times_log(x[k], math::log(d.probabilities[k])) - math::log_factorial(x[k]);
  }
  return value;
}

double log_pdf(const dirichlet_multinomial& d, std::span<const double> x) {
  check_sizes("dirichlet_multinomial", x.size(), "x", d.concentration.size());
  const double where = inside(d.trials, x);
  if (where != 1.0) return std::isnan(where) ? where : -infinity;
  const auto trials = static_cast<double>(d.trials);
  double value = math::log_factorial(trials) - kernels::lgamma_step(total(d.concentration), trials);
  for (std::size_t k = 0; k < x.size(); ++k) {
    value += kernels::lgamma_step(d.concentration[k], x[k]) - math::log_factorial(x[k]);
  }
  return value;
}

double log_pdf_partials(const multinomial& d, std::span<const double> x, std::span<double> dprobabilities) {
  check_sizes("multinomial", dprobabilities.size(), "dprobabilities", d.probabilities.size());
  const double value = log_pdf(d, x);
  const bool out = inside(d.trials, x) == 0.0;
  for (std::size_t k = 0; k < x.size(); ++k) dprobabilities[k] = out ? 0.0 : kernels::ratio(x[k], d.probabilities[k]);
  return value;
}

double log_pdf_partials(const dirichlet_multinomial& d, std::span<const double> x, std::span<double> dconcentration) {
  check_sizes("dirichlet_multinomial", dconcentration.size(), "dconcentration", d.concentration.size());
  const double value = log_pdf(d, x);
  const bool out = inside(d.trials, x) == 0.0;
  const double sum = total(d.concentration);
  const double common = kernels::digamma(sum) - kernels::digamma(sum + static_cast<double>(d.trials));
  for (std::size_t k = 0; k < x.size(); ++k) {
    const double a = d.concentration[k];
    dconcentration[k] = out ? 0.0 : common + (kernels::digamma(a + x[k]) - kernels::digamma(a));
  }
  return value;
}

void sample(const multinomial& d, rng_key key, std::uint64_t index, std::span<double> out) {
  check_sizes("multinomial", out.size(), "out", d.probabilities.size());
  split_trials(d.trials, d.probabilities, key, index, out);
}

void sample(const dirichlet_multinomial& d, rng_key key, std::uint64_t index, std::span<double> out) {
  check_sizes("dirichlet_multinomial", out.size(), "out", d.concentration.size());
  std::vector<double> p(out.size());
  random::dirichlet(key.split(purpose::user, 1), index, d.concentration.data(), static_cast<std::int64_t>(p.size()),
                    p.data());
  split_trials(d.trials, p, key, index, out);
}

std::vector<double> mean(const multinomial& d) {
  std::vector<double> out = d.probabilities;
  for (double& v : out) v *= static_cast<double>(d.trials);
  return out;
}
std::vector<double> mean(const dirichlet_multinomial& d) {
  std::vector<double> out = d.concentration;
  const double sum = total(out);
  for (double& v : out) v *= static_cast<double>(d.trials) / sum;
  return out;
}
std::vector<double> variance(const multinomial& d) {
  std::vector<double> out = d.probabilities;
  for (double& v : out) v *= static_cast<double>(d.trials) * (1.0 - v);
  return out;
}
std::vector<double> variance(const dirichlet_multinomial& d) {
  std::vector<double> out = d.concentration;
  const double sum = total(out), n = static_cast<double>(d.trials);
  for (double& v : out) v = n * (v / sum) * (1.0 - v / sum) * ((n + sum) / (1.0 + sum));
  return out;
}

}  // namespace credence
