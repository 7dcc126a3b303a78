// SPDX-License-Identifier: BSD-3-Clause
#include "lane_hmc.hpp"

#include "credence/base/portable_math.hpp"
#include "credence/random/fill.hpp"
#include "credence/random/uniform.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace credence::detail {

lane_chains::lane_chains(std::int64_t dimension, std::int64_t count)
    : position(dimension, count),
      gradient(dimension, count),
      log_density(static_cast<std::size_t>(count)),
      acceptance_rate(log_density.size()),
      energy(log_density.size()),
      accepted(log_density.size()),
      divergent(log_density.size()),
      end_position(dimension, count),
      end_velocity(dimension, count),
      start_velocity(dimension, count),
      end_gradient(dimension, count),
      end_log_density(log_density.size()) {}

void evaluate_lanes(const lane_function& density, lane_chains& now) {
  density(now.position, now.log_density, now.gradient);
}

namespace {

/// Standard normal velocities; those of a lane depend on its number only.
void draw_velocities(const step_address& at, std::uint64_t first_chain, lanes<double>& velocity) {
  std::vector<double> one(static_cast<std::size_t>(velocity.dimension));
  for (std::int64_t lane = 0; lane < velocity.count; ++lane) {
    random::fill_normal(at.key.split(purpose::momentum, first_chain + static_cast<std::uint64_t>(lane), at.iteration),
                        one);
    for (std::int64_t d = 0; d < velocity.dimension; ++d) velocity(d, lane) = one[static_cast<std::size_t>(d)];
  }
}

void add_kinetic_energy(const lanes<double>& velocity, std::span<double> energy) {
  for (std::int64_t d = 0; d < velocity.dimension; ++d) {
    for (std::int64_t lane = 0; lane < velocity.count; ++lane) {
      energy[static_cast<std::size_t>(lane)] += 0.5 * velocity(d, lane) * velocity(d, lane);
    }
  }
}

/// to += size * scale * from, for each lane's step size and scale.
void advance(const lanes<double>& from, lanes<double>& to, double share, const lane_trajectory& with) {
  const std::int64_t dimension = to.dimension, count = to.count;
  const bool own_steps = with.step_size.size() > 1;
  const bool own_scales = static_cast<std::int64_t>(with.scale.size()) == dimension * count && count > 1;
  for (std::int64_t d = 0; d < dimension; ++d) {
    for (std::int64_t lane = 0; lane < count; ++lane) {
      const double step = with.step_size[own_steps ? static_cast<std::size_t>(lane) : 0];
      const double scale = with.scale[static_cast<std::size_t>(own_scales ? d * count + lane : d)];
      to(d, lane) += share * step * scale * from(d, lane);
    }
  }
}

}  // namespace

void step_lanes(const step_address& at, std::uint64_t first_chain, const lane_function& density,
                const lane_trajectory& with, lane_chains& now) {
  const std::int64_t count = now.position.count;
  draw_velocities(at, first_chain, now.start_velocity);
  now.end_position.values = now.position.values;
  now.end_velocity.values = now.start_velocity.values;
  now.end_gradient.values = now.gradient.values;
  std::vector<double> before(static_cast<std::size_t>(count)), after(before.size());
  for (std::size_t lane = 0; lane < before.size(); ++lane) before[lane] = -now.log_density[lane];
  add_kinetic_energy(now.start_velocity, before);
  for (std::int64_t k = 0; k < with.steps; ++k) {
    advance(now.end_gradient, now.end_velocity, 0.5, with);
    advance(now.end_velocity, now.end_position, 1.0, with);
    density(now.end_position, now.end_log_density, now.end_gradient);
    advance(now.end_gradient, now.end_velocity, 0.5, with);
  }
  for (std::size_t lane = 0; lane < after.size(); ++lane) after[lane] = -now.end_log_density[lane];
  add_kinetic_energy(now.end_velocity, after);
  for (std::int64_t l = 0; l < count; ++l) {
    const auto lane = static_cast<std::size_t>(l);
    const double gain = before[lane] - after[lane];
    const double rate = gain >= 0.0 ? 1.0 : (gain == gain ? math::exp(gain) : 0.0);
    const double u = random::uniform<double>(
        at.key.split(purpose::acceptance, first_chain + static_cast<std::uint64_t>(l), at.iteration), 0);
    now.acceptance_rate[lane] = rate;
    now.accepted[lane] = u < rate ? 1 : 0;
    now.divergent[lane] = -gain <= with.max_energy_error ? 0 : 1;
    now.energy[lane] = before[lane];
    if (now.accepted[lane] == 0) continue;
    now.energy[lane] = after[lane];
    now.log_density[lane] = now.end_log_density[lane];
    for (std::int64_t d = 0; d < now.position.dimension; ++d) {
      now.position(d, l) = now.end_position(d, l);
      now.gradient(d, l) = now.end_gradient(d, l);
    }
  }
}

}  // namespace credence::detail
