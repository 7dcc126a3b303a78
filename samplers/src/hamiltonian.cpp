// SPDX-License-Identifier: BSD-3-Clause
#include "credence/samplers/hamiltonian.hpp"

#include "metric_map.hpp"
#include "nuts_kernel.hpp"
#include "padded.hpp"

#include "credence/base/check.hpp"
#include "credence/base/portable_math.hpp"
#include "credence/random/fill.hpp"

#include <algorithm>
#include <cmath>

namespace credence::hamiltonian {

namespace {

enum vector : std::int64_t { position, momentum, gradient, scale, count };

}  // namespace

double energy(const phase_point& z) {
  detail::padded_vectors memory(1, static_cast<std::int64_t>(z.momentum.size()));
  std::copy(z.momentum.begin(), z.momentum.end(), memory[0]);
  const double value = CREDENCE_SIMD_PICK(kinetic_energy)(memory[0], memory.padded()) - z.log_density;
  return std::isnan(value) ? HUGE_VAL : value;
}

void leapfrog(const density_ref& target, std::span<const double> scales, double step_size, std::int64_t steps,
              phase_point& z) {
  constexpr const char* where = "hamiltonian::leapfrog";
  const std::int64_t d = target.dimension();
  check::same_size(where, "scale", static_cast<std::int64_t>(scales.size()), "the target's dimension", d);
  check::same_size(where, "position", static_cast<std::int64_t>(z.position.size()), "the target's dimension", d);
  check::same_size(where, "momentum", static_cast<std::int64_t>(z.momentum.size()), "the target's dimension", d);
  check::same_size(where, "gradient", static_cast<std::int64_t>(z.gradient.size()), "the target's dimension", d);
  detail::padded_vectors memory(count, d);
  std::copy(z.position.begin(), z.position.end(), memory[position]);
  std::copy(z.momentum.begin(), z.momentum.end(), memory[momentum]);
  std::copy(z.gradient.begin(), z.gradient.end(), memory[gradient]);
  std::copy(scales.begin(), scales.end(), memory[scale]);
  CREDENCE_SIMD_PICK(leapfrog_steps)
  (target.object(), target.call(), memory.padded(), memory[scale], step_size, steps, memory[position], memory[momentum],
   memory[gradient], &z.log_density);
  std::copy_n(memory[position], d, z.position.begin());
  std::copy_n(memory[momentum], d, z.momentum.begin());
  std::copy_n(memory[gradient], d, z.gradient.begin());
}

double search_step_size(const step_address& at, const density_ref& of, const metric& shape, double step_size,
                        std::span<const double> start) {
  // Seen through the metric the start is 0 and all scales are 1.
  const std::int64_t d = of.dimension();
  std::vector<double> x(start.size()), slope(start.size()), first_gradient(start.size());
  const detail::mapped_density target{&of, &shape, start.data(), x.data(), slope.data()};
  detail::padded_vectors memory(count, d);
  const double first_log_density = detail::mapped_density::call(&target, memory[position], first_gradient.data());
  std::fill_n(memory[scale], d, 1.0);

  // Log of the acceptance ratio of one leapfrog step with fresh momentum.
  const auto gain = [&](double step, std::uint64_t attempt) {
    std::fill_n(memory[position], d, 0.0);
    std::copy(first_gradient.begin(), first_gradient.end(), memory[gradient]);
    random::fill_normal(at.key.split(purpose::momentum, at.chain, at.iteration, 1 + attempt),
                        {memory[momentum], start.size()});
    double log_density = first_log_density;
    const double before = CREDENCE_SIMD_PICK(kinetic_energy)(memory[momentum], memory.padded()) - first_log_density;
    const double after =
        CREDENCE_SIMD_PICK(leapfrog_steps)(&target, &detail::mapped_density::call, memory.padded(), memory[scale], step,
                                           1, memory[position], memory[momentum], memory[gradient], &log_density);
    return before - after;
  };

  const double wanted = math::log(0.8);
  std::uint64_t attempt = 0;
  const bool grow = gain(step_size, attempt++) > wanted;
  while ((gain(step_size, attempt++) > wanted) == grow) {
    step_size = grow ? 2.0 * step_size : 0.5 * step_size;
    if (step_size > 1e7) {
      throw domain_error(
          "search_step_size: the step size grew beyond 1e7; the density does not fall off, so it is "
          "improper");
    }
    if (step_size == 0.0) {
      throw domain_error(
          "search_step_size: no step size is small enough; the log density or its gradient is not "
          "continuous at the start");
    }
  }
  return step_size;
}

}  // namespace credence::hamiltonian
