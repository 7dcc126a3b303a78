// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/beta.hpp"
#include "credence/distributions/gamma.hpp"
#include "credence/distributions/normal.hpp"

#include <cstdint>
#include <span>
#include <vector>

/// Posteriors in closed form: prior and posterior are of one family. `log_evidence` is the logarithm of the probability
/// (or density) of the observations in the order in which they came, with the parameter integrated out.
/// @source Gelman et al., "Bayesian Data Analysis", third edition, chapters 2 and 3
namespace credence {

template <class Posterior>
struct conjugate_result {
  Posterior posterior;
  double log_evidence;
};

/// Successes and failures of independent trials; prior beta(a, b) of the probability.
/// @throws domain_error  when a count is negative
conjugate_result<beta<>> update_bernoulli(const beta<>& prior, double successes, double failures);

/// Counts that are poisson(rate); prior gamma(shape, rate) of the rate.
conjugate_result<gamma<>> update_poisson(const gamma<>& prior, std::span<const double> counts);

/// Waiting times that are exponential(rate); prior gamma(shape, rate) of the rate.
conjugate_result<gamma<>> update_exponential(const gamma<>& prior, std::span<const double> times);

/// Observations that are normal(mean, sd) with known sd; prior normal of the mean.
conjugate_result<normal<>> update_normal_mean(const normal<>& prior, double sd, std::span<const double> x);

/// mean | variance is normal(mean, sqrt(variance / count)), variance is inverse_gamma(shape, scale).
struct normal_inverse_gamma {
  double mean;
  double count;  ///< how many observations the prior mean is worth; positive
  double shape;  ///< positive
  double scale;  ///< positive
};
/// Observations that are normal with mean and variance unknown.
conjugate_result<normal_inverse_gamma> update_normal(const normal_inverse_gamma& prior, std::span<const double> x);

/// Counts of categories; prior Dirichlet with these concentrations.
conjugate_result<std::vector<double>> update_categorical(std::span<const double> concentrations,
                                                         std::span<const double> counts);

}  // namespace credence
