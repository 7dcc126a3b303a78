// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/simd.hpp"

#include <cstdint>

namespace credence::detail {

/// The most parameters a univariate family may have.
inline constexpr int most_parameters = 6;
/// Elements handled at once: their values and partials stay in the first cache.
inline constexpr std::int64_t density_block_size = 256;

/// Work for one block of at most density_block_size elements, all arrays contiguous.
struct density_block {
  int family = 0;         ///< position in univariate_kernels
  bool gradient = false;  ///< write dx and dp too
  bool varying = false;   ///< parameters[j] point to one value an element; else to one value
  std::int64_t n = 0;
  const double* x = nullptr;
  const double* parameters[most_parameters] = {};
  double* out = nullptr;
  double* dx = nullptr;
  double* dp[most_parameters] = {};
};

CREDENCE_SIMD_DECLARE(void, run_density_block, const density_block& work)

/// Counts below this are looked up where a discrete family has the same parameters for all elements.
inline constexpr int counted = 1024;

/// Writes x as integers; false when one of them is not among 0, 1, ..., counted - 1.
CREDENCE_SIMD_DECLARE(bool, to_counts, const double* x, std::int64_t n, std::int32_t* counts)
/// out[i] = table[counts[i]].
CREDENCE_SIMD_DECLARE(void, look_up, const double* table, const std::int32_t* counts, std::int64_t n, double* out)

/// Adds v[i] to sums[i mod 8].
CREDENCE_SIMD_DECLARE(void, add_to_eight, const double* v, std::int64_t n, double* sums)

}  // namespace credence::detail
