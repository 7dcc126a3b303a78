// SPDX-License-Identifier: BSD-3-Clause
// The work space of one NUTS transition as plain pointers, and its kernel, once for each instruction set.
#pragma once

#include "phase_space.hpp"

#include "credence/base/simd.hpp"

#include <cstdint>

namespace credence::detail {

/// Numbers of the pool of uniforms that a transition reads from.
inline constexpr std::int64_t uniform_pool = 16;

/// What the kernel reads and writes: no type that depends on the instruction set, so that all copies share it.
struct nuts_work {
  const void* density_object = nullptr;
  double (*density_call)(const void* object, const double* x, double* gradient) = nullptr;
  std::int64_t padded = 0;  ///< the dimension rounded up to whole blocks of eight
  const double* scale = nullptr;
  double step_size = 1.0;
  double max_energy_error = 1000.0;
  int max_depth = 10;

  /// The ends of the trajectory: position, momentum, gradient. Both begin at the current point.
  double *forward[3] = {}, *backward[3] = {};
  /// Position and gradient of the draw so far, and of the candidate of the subtree being built.
  double *chosen[2] = {}, *candidate[2] = {};
  double chosen_log_density = 0.0, chosen_energy = 0.0;

  double* rho = nullptr;          ///< sum of the momenta of the whole trajectory
  double* subtree_rho = nullptr;  ///< of the subtree being built
  double* old_end = nullptr;      ///< momentum at the end that is being extended
  /// Finished left halves that wait for their right halves, by depth: first momentum, last momentum, sum.
  double* waiting[31][3] = {};

  double uniforms[uniform_pool] = {};
  std::int64_t uniforms_used = uniform_pool;  ///< of the pool
  std::uint64_t next_uniform = 0;             ///< index of the pool's next refill
  std::uint64_t seed = 0, stream = 0;
  void (*refill)(nuts_work& work) = nullptr;

  // Results.
  double acceptance_sum = 0.0;
  std::int64_t leapfrogs = 0;
  int depth = 0;
  bool divergent = false;
};

CREDENCE_SIMD_DECLARE(void, nuts_transition, nuts_work& work)
/// Leapfrog steps on padded vectors; returns the energy after the last.
CREDENCE_SIMD_DECLARE(double, leapfrog_steps, const void* object,
                      double (*call)(const void* object, const double* x, double* gradient), std::int64_t padded,
                      const double* scale, double step_size, std::int64_t steps, double* position, double* momentum,
                      double* gradient, double* log_density)
/// p.p / 2
CREDENCE_SIMD_DECLARE(double, kinetic_energy, const double* momentum, std::int64_t padded)

}  // namespace credence::detail
