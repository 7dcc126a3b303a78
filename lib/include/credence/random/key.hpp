// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/config.hpp"

#include <cstdint>

namespace credence {

/// What a stream of random numbers is for: the first thing hashed into the stream's name, so that no two uses share
/// numbers. The table with the meaning of chain, iteration and node for each is docs/design/randomness.md. Values are
/// part of the reproducibility promise: append, never renumber.
enum class purpose : std::uint32_t {
  user = 0,             ///< what callers draw themselves
  initial_point = 1,    ///< starting positions of chains and optimisers
  momentum = 2,         ///< momenta of Hamiltonian samplers
  trajectory = 3,       ///< directions and choices within a trajectory
  acceptance = 4,       ///< accept-reject decisions
  proposal = 5,         ///< random-walk and other proposals
  program_noise = 6,    ///< r.key() inside recorded programs
  data_simulation = 7,  ///< simulated data and posterior predictive draws
  resampling = 8,       ///< bootstrap, particles, bagging
  split = 9,            ///< train/test splits, folds, shuffles
  network = 10,         ///< sampling in Bayesian networks
  minibatch = 11,
  dropout = 12,
  tree = 13,  ///< feature and threshold choices of tree learners
  test = 14,
};

/// A named stream of random numbers. Nothing is consumed: a number is a function of the key and an index.
/// The seed is the Philox key; the stream is the upper half of the Philox counter (cuRAND's subsequence).
struct rng_key {
  std::uint64_t seed = 0;
  std::uint64_t stream = 0;

  /// The stream of (what, chain, iteration, node) under this key's seed and stream. Equal arguments give the equal
  /// stream; distinct ones give distinct streams up to 64-bit hash collisions.
  [[nodiscard]] CREDENCE_HD constexpr rng_key split(purpose what, std::uint64_t chain = 0, std::uint64_t iteration = 0,
                                                    std::uint64_t node = 0) const {
    std::uint64_t h = mix(stream ^ 0x9E3779B97F4A7C15ULL);
    h = mix(h + static_cast<std::uint64_t>(what) + 0xD1B54A32D192ED03ULL);
    h = mix(h + chain * 0xAEF17502108EF2D9ULL + 0x8CB92BA72F3D8DD7ULL);
    h = mix(h + iteration * 0xF1357AEA2E62A9C5ULL + 0xAAAAAAAAAAAAAAABULL);
    h = mix(h + node * 0xD6E8FEB86659FD93ULL + 0x2545F4914F6CDD1DULL);
    return {seed, h};
  }

  friend constexpr bool operator==(const rng_key&, const rng_key&) = default;

 private:
  /// The finaliser of SplitMix64 (Steele, Lea, Flood 2014, variant 13 of Stafford): a bijection of 64 bits.
  CREDENCE_HD static constexpr std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }
};

/// The Philox counter's lower half: the element in the low 48 bits, the attempt of a rejection sampler above.
[[nodiscard]] CREDENCE_HD constexpr std::uint64_t rng_index(std::uint64_t element, std::uint64_t attempt = 0) {
  return (attempt << 48) | (element & 0xFFFFFFFFFFFFULL);
}

}  // namespace credence
