// SPDX-License-Identifier: BSD-3-Clause
// Hamiltonian Monte Carlo of many lanes side by side: one density evaluation for all of them at each leapfrog step.
#pragma once

#include "credence/autodiff/lanes.hpp"
#include "credence/exec/context.hpp"
#include "credence/samplers/target.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace credence::detail {

/// Log densities of all lanes, and their gradients.
using lane_function =
    std::function<void(lanes_view<const double> x, std::span<double> log_density, lanes_view<double> gradient)>;

/// Chains side by side, with the work space of their transitions.
struct lane_chains {
  lane_chains(std::int64_t dimension, std::int64_t count);

  lanes<double> position, gradient;
  std::vector<double> log_density;

  // Of the last transition.
  std::vector<double> acceptance_rate, energy;
  std::vector<std::uint8_t> accepted, divergent;
  lanes<double> end_position, end_velocity;  ///< ends of the trajectories, taken or not; velocities in units of scale

  // Work space.
  lanes<double> start_velocity, end_gradient;
  std::vector<double> end_log_density;
};

/// What the trajectories of one transition have in common, or have each.
struct lane_trajectory {
  std::int64_t steps = 1;
  std::span<const double> step_size;  ///< one for all lanes, or one for each
  std::span<const double> scale;      ///< standard deviations: one for each coordinate, or (dimension, lanes)
  double max_energy_error = 1000.0;
};

/// One transition of every lane. Lane l has the chain number first_chain + l in its addresses.
void step_lanes(const step_address& at, std::uint64_t first_chain, const lane_function& density,
                const lane_trajectory& with, lane_chains& now);

/// Fills log densities and gradients at the positions.
void evaluate_lanes(const lane_function& density, lane_chains& now);

}  // namespace credence::detail
