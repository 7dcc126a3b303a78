// SPDX-License-Identifier: BSD-3-Clause
// Parts that the samplers share.
#pragma once

#include "metric_map.hpp"
#include "padded.hpp"

#include "credence/random/uniform.hpp"
#include "credence/samplers/metric.hpp"
#include "credence/samplers/target.hpp"

#include <cstdint>
#include <span>

namespace credence::detail {

/// A chain at a position, with its gradient or without.
/// @throws shape_error   when the position has not the dimension of the target
/// @throws domain_error  when log density or gradient are not finite there
enum class derivatives : std::uint8_t { none, gradient };
chain_state chain_at(const char* where, const density_ref& target, std::span<const double> position,
                     derivatives wanted);

/// Work space of `count` vectors of one dimension in a chain's memory, each padded with zeros to whole blocks.
class scratch_vectors {
 public:
  scratch_vectors(chain_state& chain, std::int64_t count, std::int64_t dimension) : padded_(padded_size(dimension)) {
    const auto size = static_cast<std::size_t>(count * padded_ + block);
    if (chain.memory.size() != size) chain.memory.assign(size, 0.0);
    first_ = aligned(chain.memory.data());
  }
  double* operator[](std::int64_t k) const { return first_ + k * padded_; }
  [[nodiscard]] std::int64_t padded() const { return padded_; }

 private:
  std::int64_t padded_;
  double* first_;
};

/// The decision of Metropolis and Hastings.
struct decision {
  double rate;  ///< min(1, exp(log_ratio)); 0 for NaN
  bool accepted;
};
decision decide(const step_address& at, double log_ratio);

/// Some leapfrog steps with fresh momentum, and the decision whether to stay at their end.
struct hamiltonian_move {
  double acceptance_rate = 0.0;
  double energy = 0.0;
  bool accepted = false;
  bool divergent = false;
};
hamiltonian_move move_by_leapfrogs(const step_address& at, const density_ref& target, const metric& shape,
                                   double step_size, std::int64_t steps, double max_energy_error, chain_state& now);

/// Vectors of scratch_vectors that move_by_leapfrogs uses.
inline constexpr std::int64_t leapfrog_vectors = 6;

}  // namespace credence::detail
