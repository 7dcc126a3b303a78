// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/samplers/metric.hpp"
#include "credence/samplers/target.hpp"

#include <cstdint>
#include <span>

/// What Hamiltonian samplers share. Momenta are kept in units of the metric: p = sqrt(inverse metric) times the
/// physical momentum is standard normal, and so the kinetic energy is p.p / 2.
namespace credence::hamiltonian {

/// A point of phase space; the memory belongs to the caller.
struct phase_point {
  std::span<double> position;
  std::span<double> momentum;
  std::span<double> gradient;  ///< of the log density at `position`
  double log_density = 0.0;
};

/// p.p / 2 - log density; +infinity where that is not a number.
double energy(const phase_point& z);

/// Leapfrog steps; a negative step size runs backwards. Reverses itself up to rounding, and keeps volumes.
/// @param scale  square roots of the inverse metric, one a coordinate
void leapfrog(const density_ref& target, std::span<const double> scale, double step_size, std::int64_t steps,
              phase_point& z);

/// A step size with an acceptance rate of about 0.8 for one leapfrog step, found by doubling or halving `step_size`.
/// @throws domain_error  when it grows beyond 1e7 (the density does not fall off: it is improper) or shrinks to 0
/// @source Hoffman and Gelman 2014, algorithm 4; as in Stan the momentum is drawn anew for each try
double search_step_size(const step_address& at, const density_ref& target, const metric& shape, double step_size,
                        std::span<const double> position);

}  // namespace credence::hamiltonian
