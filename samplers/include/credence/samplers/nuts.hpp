// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/samplers/target.hpp"
#include "credence/samplers/windowed_adaptation.hpp"

#include <cstdint>
#include <span>

/// The No-U-Turn sampler: Hamiltonian trajectories that double until they would turn back, one point of them drawn by
/// multinomial weights, later halves preferred. The U-turn is judged by the generalised criterion, between the ends of
/// every subtree and, as Stan does since version 2.23, also across the seam of its two halves.
///
/// One call of `step` is one transition of one chain. It does not allocate. Equal inputs give
/// equal outputs on every instruction set.
/// @source Hoffman and Gelman, "The No-U-Turn Sampler", JMLR 2014; Betancourt, "A Conceptual Introduction to
///         Hamiltonian Monte Carlo", 2017, appendix A
namespace credence::nuts {

/// What a transition uses. `sample` of run.hpp starts from these and adapts step size and metric during warm-up.
struct options {
  double step_size = 1.0;            ///< of the leapfrog integrator, in units of the metric
  credence::metric metric{};         ///< the estimated covariance of the target
  int max_depth = 10;                ///< at most 2^max_depth - 1 leapfrog steps; 1 to 30
  double max_energy_error = 1000.0;  ///< beyond it a trajectory counts as divergent
  double target_acceptance = 0.8;    ///< what warm-up aims at
  metric_adaptation adaptation{};    ///< of the metric, in warm-up
};

using state = chain_state;

struct info {
  double acceptance_rate = 0.0;  ///< mean over the trajectory: what the step size is adapted by
  double energy = 0.0;           ///< Hamiltonian of the new point with the momentum it was reached with
  std::int64_t leapfrogs = 0;    ///< gradient evaluations
  int depth = 0;                 ///< doublings of the trajectory
  bool divergent = false;
};

/// A chain at a position.
/// @throws shape_error   when the position has not the dimension of the target
/// @throws domain_error  when options are outside their range, or log density or gradient are not finite there
state init(const density_ref& target, const options& opt, std::span<const double> position);

/// One transition. Allocates only when `now` was not made by `init` with the same options.
info step(const step_address& at, const density_ref& target, const options& opt, state& now);

}  // namespace credence::nuts
