// SPDX-License-Identifier: BSD-3-Clause
#include "credence/estimate/conjugate.hpp"

#include "credence/base/check.hpp"
#include "credence/base/constants.hpp"
#include "credence/special/gamma.hpp"

#include <cmath>
#include <string>

namespace credence {

namespace {

double log_beta_function(double a, double b) {
  return special::lgamma(a) + special::lgamma(b) - special::lgamma(a + b);
}
/// log of the normaliser of a gamma density.
double gamma_normaliser(double shape, double rate) { return special::lgamma(shape) - shape * std::log(rate); }

void check_all(const char* who, std::span<const double> x, double least, const char* must_be) {
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!(x[i] >= least) || !std::isfinite(x[i])) {
      check::fail_domain(who, "value " + std::to_string(i), x[i], must_be);
    }
  }
}

}  // namespace

conjugate_result<beta<>> update_bernoulli(const beta<>& prior, double successes, double failures) {
  check::non_negative("update_bernoulli", "successes", successes);
  check::non_negative("update_bernoulli", "failures", failures);
  const double a = prior.a + successes, b = prior.b + failures;
  return {beta<>(a, b), log_beta_function(a, b) - log_beta_function(prior.a, prior.b)};
}

conjugate_result<gamma<>> update_poisson(const gamma<>& prior, std::span<const double> counts) {
  check_all("update_poisson", counts, 0.0, "a count, zero or above");
  double sum = 0.0, factorials = 0.0;
  for (const double y : counts) {
    sum += y;
    factorials += special::lgamma(y + 1.0);
  }
  const double shape = prior.shape + sum, rate = prior.rate + static_cast<double>(counts.size());
  return {gamma<>(shape, rate), gamma_normaliser(shape, rate) - gamma_normaliser(prior.shape, prior.rate) - factorials};
}

conjugate_result<gamma<>> update_exponential(const gamma<>& prior, std::span<const double> times) {
  check_all("update_exponential", times, 0.0, "zero or above");
  double sum = 0.0;
  for (const double t : times) sum += t;
  const double shape = prior.shape + static_cast<double>(times.size()), rate = prior.rate + sum;
  return {gamma<>(shape, rate), gamma_normaliser(shape, rate) - gamma_normaliser(prior.shape, prior.rate)};
}

conjugate_result<normal<>> update_normal_mean(const normal<>& prior, double sd, std::span<const double> x) {
  check::positive("update_normal_mean", "sd", sd);
  check_all("update_normal_mean", x, -HUGE_VAL, "finite");
  // One observation after the other: each prediction is a normal density, so the evidence never cancels.
  double mean = prior.mean, variance = prior.sd * prior.sd, evidence = 0.0;
  for (const double y : x) {
    const double whole = variance + sd * sd, gap = y - mean;
    evidence -= constants::half_log_two_pi + 0.5 * std::log(whole) + 0.5 * gap * gap / whole;
    mean += variance / whole * gap;
    variance *= sd * sd / whole;
  }
  return {normal<>(mean, std::sqrt(variance)), evidence};
}

conjugate_result<normal_inverse_gamma> update_normal(const normal_inverse_gamma& prior, std::span<const double> x) {
  check::positive("update_normal", "count", prior.count);
  check::positive("update_normal", "shape", prior.shape);
  check::positive("update_normal", "scale", prior.scale);
  check_all("update_normal", x, -HUGE_VAL, "finite");
  double n = 0.0, mean = 0.0, squares = 0.0;
  for (const double y : x) {
    n += 1.0;
    const double gap = y - mean;
    mean += gap / n;
    squares += gap * (y - mean);
  }
  normal_inverse_gamma after{};
  after.count = prior.count + n;
  after.mean = prior.mean + n / after.count * (mean - prior.mean);
  after.shape = prior.shape + 0.5 * n;
  const double gap = mean - prior.mean;
  after.scale = prior.scale + 0.5 * squares + 0.5 * prior.count * n / after.count * gap * gap;
  const double evidence = gamma_normaliser(after.shape, after.scale) - gamma_normaliser(prior.shape, prior.scale) +
                          0.5 * std::log(prior.count / after.count) - n * constants::half_log_two_pi;
  return {after, evidence};
}

conjugate_result<std::vector<double>> update_categorical(std::span<const double> concentrations,
                                                         std::span<const double> counts) {
  check::same_size("update_categorical", "counts", static_cast<std::int64_t>(counts.size()), "concentrations",
                   static_cast<std::int64_t>(concentrations.size()));
  check_all("update_categorical", counts, 0.0, "a count, zero or above");
  conjugate_result<std::vector<double>> out{{}, 0.0};
  double before = 0.0, after = 0.0;
  for (std::size_t k = 0; k < counts.size(); ++k) {
    check::positive("update_categorical", "concentration " + std::to_string(k), concentrations[k]);
    out.posterior.push_back(concentrations[k] + counts[k]);
    out.log_evidence += special::lgamma(out.posterior[k]) - special::lgamma(concentrations[k]);
    before += concentrations[k];
    after += out.posterior[k];
  }
  out.log_evidence += special::lgamma(before) - special::lgamma(after);
  return out;
}

}  // namespace credence
