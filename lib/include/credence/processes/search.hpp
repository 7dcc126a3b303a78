// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

/// Black-box search whose laws are known exactly.
namespace credence::processes {

/// Expected steps of the (1+1) evolutionary algorithm to the optimum of OneMax, the number of ones among n bits: each
/// step flips every bit with probability `rate` and keeps the child unless it is worse. The start is uniform and costs
/// nothing. By the exact chain on the number of ones.
/// @throws domain_error  unless n >= 1 and 0 < rate < 1
/// @complexity O(n^3)
double one_max_steps(std::int64_t n, double rate);

/// The same for LeadingOnes, the number of ones before the first zero: bits behind the first zero are uniform.
/// @source Boettcher, Doerr and Neumann, "Optimal fixed and adaptive mutation rates for the LeadingOnes problem", PPSN
///         2010
double leading_ones_steps(std::int64_t n, double rate);

/// Over every deterministic search that never looks twice and every function from `points` points to `values` values:
/// how many functions give each history of `steps` values. The no-free-lunch theorem says that the two numbers are
/// equal: values^(points - steps).
/// @returns the smallest and the largest count met
/// @throws domain_error  when more than 10^8 pairs of search and function would be run
/// @source Wolpert and Macready, "No free lunch theorems for optimization", IEEE TEC 1997
std::pair<std::int64_t, std::int64_t> no_free_lunch_counts(int points, int values, int steps);

}  // namespace credence::processes
