// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/samplers/target.hpp"
#include "credence/samplers/windowed_adaptation.hpp"

#include <cstdint>
#include <span>

/// Hamiltonian Monte Carlo with trajectories of a chosen length: static, or jittered against periods of the target.
/// @source Neal, "MCMC using Hamiltonian dynamics", Handbook of Markov Chain Monte Carlo, 2011, sections 3 and 4.2
namespace credence::hmc {

struct options {
  double step_size = 0.1;            ///< of the leapfrog integrator, in units of the metric
  credence::metric metric{};         ///< the estimated covariance of the target
  double integration_time = 1.571;   ///< in units of the metric; a quarter of a period of a normal target
  double jitter = 0.5;               ///< times are uniform on integration_time (1 - jitter, 1 + jitter); 0 is static
  std::int64_t max_steps = 1024;     ///< leapfrog steps at most, however small the step size
  double max_energy_error = 1000.0;  ///< beyond it a trajectory counts as divergent
  double target_acceptance = 0.8;    ///< what warm-up aims at
  metric_adaptation adaptation{};    ///< of the metric, in warm-up
};

using state = chain_state;

struct info {
  double acceptance_rate = 0.0;
  double energy = 0.0;         ///< Hamiltonian of the new point with the momentum it was reached with
  std::int64_t leapfrogs = 0;  ///< gradient evaluations
  bool accepted = false;
  bool divergent = false;
};

/// A chain at a position.
/// @throws shape_error   when the position has not the dimension of the target
/// @throws domain_error  when options are outside their range, or log density or gradient are not finite there
state init(const density_ref& target, const options& opt, std::span<const double> position);

/// One transition.
info step(const step_address& at, const density_ref& target, const options& opt, state& now);

}  // namespace credence::hmc
