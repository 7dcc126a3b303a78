// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/random/key.hpp"

#include <cstdint>
#include <vector>

/// Walks on the integers with steps +1 (probability p) and -1, and the simple walk in more dimensions.
namespace credence::processes {

/// P(S_n = k).
double walk_pmf(std::int64_t steps, std::int64_t place, double up = 0.5);

/// P(S_1, .., S_2n-1 != 0, S_2n = 0): the first return. 0 for odd numbers of steps.
double first_return_pmf(std::int64_t steps, double up = 0.5);

/// The fair walk of 2n steps: P(exactly 2k of them lie on the positive side), the discrete arc sine law.
/// @source Feller, volume I (1968), III.4
double positive_time_pmf(std::int64_t steps, std::int64_t positive_steps);

/// A gambler with `fortune` plays for 1 at a time until 0 or `goal`.
struct gamblers_ruin {
  double ruin = 0.0;      ///< probability of ending at 0
  double duration = 0.0;  ///< expected number of games
};
/// @throws domain_error  unless 0 <= fortune <= goal, goal >= 1, 0 <= up <= 1
/// @source Feller, volume I (1968), XIV.2-3
gamblers_ruin ruin(std::int64_t fortune, std::int64_t goal, double up = 0.5);

/// The simple walk on the integer lattice, all 2d neighbours alike: P(back at the origin after n steps), d = 1, 2, 3.
double lattice_return_pmf(std::int64_t steps, int dimension);

/// P(the simple walk ever comes back): 1 in one and two dimensions; in three by Watson's integral, 0.3405...
/// @source Polya (1921); Glasser and Zucker, "Extended Watson integrals for the cubic lattices", PNAS 1977
double return_probability(int dimension);

/// Places after 0, 1, ... `steps` steps.
std::vector<std::int64_t> simulate_walk(std::int64_t steps, rng_key key, double up = 0.5);

}  // namespace credence::processes
