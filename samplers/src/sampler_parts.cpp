// SPDX-License-Identifier: BSD-3-Clause
#include "sampler_parts.hpp"

#include "nuts_kernel.hpp"

#include "credence/base/check.hpp"
#include "credence/base/portable_math.hpp"
#include "credence/base/simd.hpp"
#include "credence/random/fill.hpp"

#include <algorithm>

namespace credence::detail {

chain_state chain_at(const char* where, const density_ref& target, std::span<const double> position,
                     derivatives wanted) {
  check::same_size(where, "position", static_cast<std::int64_t>(position.size()), "the target's dimension",
                   target.dimension());
  chain_state now;
  now.position.assign(position.begin(), position.end());
  if (wanted == derivatives::gradient) now.gradient.assign(position.size(), 0.0);
  now.log_density = target(now.position.data(), now.gradient.empty() ? nullptr : now.gradient.data());
  check::finite(where, "the log density at the position", now.log_density);
  for (const double g : now.gradient) check::finite(where, "the gradient at the position", g);
  return now;
}

decision decide(const step_address& at, double log_ratio) {
  const double rate = log_ratio >= 0.0 ? 1.0 : (log_ratio == log_ratio ? math::exp(log_ratio) : 0.0);
  const double u = random::uniform<double>(at.key.split(purpose::acceptance, at.chain, at.iteration), 0);
  return {rate, u < rate};
}

hamiltonian_move move_by_leapfrogs(const step_address& at, const density_ref& target, const metric& shape,
                                   double step_size, std::int64_t steps, double max_energy_error, chain_state& now) {
  enum vector : std::int64_t { position, momentum, gradient, scale, mapped_position, mapped_gradient };
  const std::int64_t d = target.dimension();
  const auto size = static_cast<std::size_t>(d);
  const scratch_vectors memory(now, leapfrog_vectors, d);
  // A copied chain may lie otherwise in its memory: the zeros behind the vectors are written anew.
  std::fill(memory[position], memory[mapped_position], 0.0);
  const mapped_density mapped{&target, &shape, now.position.data(), memory[mapped_position], memory[mapped_gradient]};
  const bool diagonal = is_diagonal(shape);
  std::fill_n(memory[scale], size, 1.0);
  if (shape.what == metric::shape::diagonal) std::copy(shape.scale.begin(), shape.scale.end(), memory[scale]);
  if (diagonal) {
    std::copy(now.position.begin(), now.position.end(), memory[position]);
    std::copy(now.gradient.begin(), now.gradient.end(), memory[gradient]);
  } else {
    apply_transposed(shape, now.gradient.data(), memory[gradient], d);
  }
  random::fill_normal(at.key.split(purpose::momentum, at.chain, at.iteration), {memory[momentum], size});
  double log_density = now.log_density;
  const double before = CREDENCE_SIMD_PICK(kinetic_energy)(memory[momentum], memory.padded()) - log_density;
  const double after = CREDENCE_SIMD_PICK(leapfrog_steps)(
      diagonal ? target.object() : &mapped, diagonal ? target.call() : &mapped_density::call, memory.padded(),
      memory[scale], step_size, steps, memory[position], memory[momentum], memory[gradient], &log_density);
  const decision taken = decide(at, before - after);
  const bool divergent = !(after - before <= max_energy_error);
  if (!taken.accepted) return {taken.rate, before, false, divergent};
  if (diagonal) {
    std::copy_n(memory[position], size, now.position.begin());
    std::copy_n(memory[gradient], size, now.gradient.begin());
  } else {
    mapped.position(memory[position], memory[mapped_position]);
    std::copy_n(memory[mapped_position], size, now.position.begin());
    solve_transposed(shape, memory[gradient], now.gradient.data(), d);
  }
  now.log_density = log_density;
  return {taken.rate, after, true, divergent};
}

}  // namespace credence::detail
