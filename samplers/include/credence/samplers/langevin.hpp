// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/samplers/target.hpp"
#include "credence/samplers/windowed_adaptation.hpp"

#include <cstdint>
#include <span>

/// Samplers that take one gradient a step.

/// MALA, the Metropolis-adjusted Langevin algorithm: proposals normal around position + step_size^2 / 2 times the
/// gradient, in the coordinates of the metric. It is Hamiltonian Monte Carlo with a single leapfrog step.
/// @source Roberts and Tweedie, "Exponential convergence of Langevin distributions and their discrete approximations",
///         Bernoulli 1996
namespace credence::mala {

struct options {
  double step_size = 0.1;
  credence::metric metric{};         ///< the estimated covariance of the target
  double target_acceptance = 0.574;  ///< what warm-up aims at: optimal in many dimensions
  metric_adaptation adaptation{};    ///< of the metric, in warm-up
};

using state = chain_state;
struct info {
  double acceptance_rate = 0.0;
  std::int64_t gradients = 0;
  bool accepted = false;
};

/// @throws as hmc::init
state init(const density_ref& target, const options& opt, std::span<const double> position);
info step(const step_address& at, const density_ref& target, const options& opt, state& now);

}  // namespace credence::mala

/// The Barker proposal: normal jumps whose signs follow the gradient. It forgives step sizes that are too large and
/// gradients that explode, at a little less efficiency than MALA.
/// @source Livingstone and Zanella, "The Barker proposal: combining robustness and efficiency in gradient-based MCMC",
///         JRSS B 2022
namespace credence::barker {

struct options {
  double step_size = 0.1;
  credence::metric metric{};       ///< the estimated covariance of the target
  double target_acceptance = 0.4;  ///< what warm-up aims at
  metric_adaptation adaptation{};  ///< of the metric, in warm-up
};

using state = chain_state;
struct info {
  double acceptance_rate = 0.0;
  std::int64_t gradients = 0;
  bool accepted = false;
};

/// @throws as hmc::init
state init(const density_ref& target, const options& opt, std::span<const double> position);
info step(const step_address& at, const density_ref& target, const options& opt, state& now);

}  // namespace credence::barker
