// SPDX-License-Identifier: BSD-3-Clause
#include "credence/samplers/ensemble.hpp"

#include "credence/base/check.hpp"
#include "credence/base/portable_math.hpp"
#include "credence/random/fill.hpp"
#include "credence/random/uniform.hpp"

#include <algorithm>

namespace credence::ensemble {

state init(const exec::context& ctx, const density_ref& target, const options& opt, const lanes<double>& positions) {
  if (!(opt.stretch > 1.0)) check::fail_domain("ensemble", "stretch", opt.stretch, "above 1");
  check::same_size("ensemble::init", "a position", positions.dimension, "the target's dimension", target.dimension());
  check::at_least("ensemble", "walkers", positions.count, 2 * positions.dimension);
  if (positions.count % 2 != 0) check::fail_domain("ensemble", "walkers", positions.count, "even");
  state now{positions, std::vector<double>(static_cast<std::size_t>(positions.count)), 0};
  target.evaluate(ctx, positions, now.log_densities, {});
  for (const double value : now.log_densities) check::finite("ensemble::init", "a log density", value);
  return now;
}

void step(const exec::context& ctx, const step_address& at, const density_ref& target, const options& opt, state& now) {
  const std::int64_t d = now.positions.dimension, half = now.positions.count / 2;
  lanes<double> proposed(d, half);
  std::vector<double> log_densities(static_cast<std::size_t>(half)), factors(log_densities.size()),
      uniforms(3 * log_densities.size());
  now.accepted = 0;
  for (std::int64_t side = 0; side < 2; ++side) {
    // Walkers of one side move along lines through those of the other, which stay.
    const std::int64_t first = side * half, others = half - first;
    random::fill_uniform(at.key.split(purpose::proposal, at.chain, at.iteration, static_cast<std::uint64_t>(side)),
                         uniforms);
    const auto uniform = [&](std::int64_t which, std::int64_t k) {
      return uniforms[static_cast<std::size_t>(which * half + k)];
    };
    for (std::int64_t k = 0; k < half; ++k) {
      const auto partner = others + static_cast<std::int64_t>(uniform(0, k) * static_cast<double>(half));
      const double root = (opt.stretch - 1.0) * uniform(1, k) + 1.0;
      const double z = root * root / opt.stretch;  // density proportional to 1 / sqrt(z) on (1/a, a)
      factors[static_cast<std::size_t>(k)] = static_cast<double>(d - 1) * math::log(z);
      for (std::int64_t i = 0; i < d; ++i) {
        const double from = now.positions(i, partner);
        proposed(i, k) = from + z * (now.positions(i, first + k) - from);
      }
    }
    target.evaluate(ctx, proposed, log_densities, {});
    for (std::int64_t k = 0; k < half; ++k) {
      const auto lane = static_cast<std::size_t>(k);
      double& current = now.log_densities[static_cast<std::size_t>(first + k)];
      if (!(math::log(uniform(2, k)) < log_densities[lane] - current + factors[lane])) continue;
      current = log_densities[lane];
      for (std::int64_t i = 0; i < d; ++i) now.positions(i, first + k) = proposed(i, k);
      ++now.accepted;
    }
  }
}

}  // namespace credence::ensemble
