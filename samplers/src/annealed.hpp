// SPDX-License-Identifier: BSD-3-Clause
// Lanes between a normal reference distribution and a target: log density (1 - b) log reference + b log target, each
// lane with its own b.
#pragma once

#include "lane_hmc.hpp"

#include "credence/samplers/target.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace credence::detail {

/// Independent normals.
struct normal_reference {
  std::vector<double> location, scale;
  [[nodiscard]] double log_density(const lanes<double>& x, std::int64_t lane) const;
};

class annealed_lanes {
 public:
  annealed_lanes(const density_ref& target, std::int64_t count);

  normal_reference reference;
  std::vector<double> power;  ///< b of each lane, 0 to 1
  lane_chains chains;

  /// Draws every lane from the reference; the streams are those of at.chain, and of lane numbers from `first_chain`.
  void draw(const step_address& at, std::uint64_t first_chain);
  /// One transition of every lane.
  void step(const step_address& at, std::uint64_t first_chain, const lane_trajectory& with);
  /// log target - log reference at a lane's position: what its power multiplies.
  [[nodiscard]] double log_ratio(std::int64_t lane) const {
    return target_log_density[static_cast<std::size_t>(lane)] - reference.log_density(chains.position, lane);
  }
  /// To be called when powers, positions or the reference have changed.
  void recombine();
  void swap(std::int64_t a, std::int64_t b);
  /// Lane k becomes a copy of lane from[k].
  void resample(std::span<const std::int64_t> from);

  std::vector<double> target_log_density;  ///< of each lane's position
  lanes<double> target_gradient;

 private:
  void combine(const lanes<double>& x, std::span<const double> values, const lanes<double>& slopes,
               std::span<double> log_density, lanes_view<double> gradient) const;

  density_ref target_;
  // Of the last evaluation, at the ends of trajectories.
  std::vector<double> end_values_;
  lanes<double> end_slopes_, at_;
};

/// Of annealed lanes in all samplers: the numbers of the lanes of chain c begin at c * lanes_of_chain.
inline constexpr std::uint64_t lanes_of_chain = 1ULL << 32;

}  // namespace credence::detail
