// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/samplers/target.hpp"
#include "credence/samplers/windowed_adaptation.hpp"

#include <cstdint>
#include <span>
#include <vector>

/// Metropolis-Hastings samplers that use no gradient.

/// Random walk: normal proposals around the position. Warm-up learns their size and, as adaptive Metropolis does, their
/// covariance; afterwards both are fixed.
/// @source Metropolis et al. 1953; Haario, Saksman and Tamminen, "An adaptive Metropolis algorithm", Bernoulli 2001
namespace credence::random_walk {

struct options {
  double step_size = 0.0;            ///< of the proposal in units of the metric; 0 is 2.38 / sqrt(dimension)
  credence::metric metric{};         ///< the estimated covariance of the target
  double target_acceptance = 0.234;  ///< what warm-up aims at; 0.44 is used in one dimension
  metric_adaptation adaptation{.shape = metric::shape::dense};
};

using state = chain_state;
struct info {
  double acceptance_rate = 0.0;
  std::int64_t evaluations = 0;
  bool accepted = false;
};

/// @throws shape_error   when the position has not the dimension of the target
/// @throws domain_error  when options are outside their range, or the log density is not finite there
state init(const density_ref& target, const options& opt, std::span<const double> position);
info step(const step_address& at, const density_ref& target, const options& opt, state& now);

}  // namespace credence::random_walk

/// Independence Metropolis-Hastings: proposals do not depend on the position. The proposal is a multivariate Student t
/// distribution, whose tails should be heavier than the target's. Warm-up learns location and scale with a random walk.
/// @source Tierney, "Markov chains for exploring posterior distributions", Annals of Statistics 1994, section 2.3.3
namespace credence::independence_metropolis {

struct options {
  std::vector<double> location{};  ///< of the proposal; empty is 0
  credence::metric metric{};       ///< scale of the proposal: L of the metric times a standard t
  double degrees_of_freedom = 5.0;
  metric_adaptation adaptation{.shape = metric::shape::dense};  ///< of location and metric, in warm-up
};

using state = chain_state;
struct info {
  double acceptance_rate = 0.0;
  std::int64_t evaluations = 0;
  bool accepted = false;
};

/// @throws as random_walk::init
state init(const density_ref& target, const options& opt, std::span<const double> position);
info step(const step_address& at, const density_ref& target, const options& opt, state& now);

}  // namespace credence::independence_metropolis
