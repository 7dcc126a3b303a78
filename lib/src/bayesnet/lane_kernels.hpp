// SPDX-License-Identifier: BSD-3-Clause
// Loops of a junction tree for several queries at once: every entry of a table is `lanes` numbers side by side.
#pragma once

#include "clique_kernels.hpp"

namespace credence::detail {

inline constexpr std::int64_t tree_lanes = 8;

/// A table with or without lanes.
struct lane_table {
  const double* values;
  bool has_lanes;
};

/// out = big * small, with lanes; see walk_multiply
CREDENCE_SIMD_DECLARE(void, lanes_multiply, double* out, const lane_table& big, const lane_table& small,
                      const walk_view& walk)
/// small += sums of big; both have lanes
CREDENCE_SIMD_DECLARE(void, lanes_sum, double* small, const double* big, const walk_view& walk)
/// most[lane] = the largest of n entries
CREDENCE_SIMD_DECLARE(void, lanes_largest, double* most, const double* values, std::int64_t n)
/// values[entry][lane] *= factor[lane]
CREDENCE_SIMD_DECLARE(void, lanes_scale, double* values, const double* factor, std::int64_t n)
/// above[i] = below[i] > 0 ? above[i] / below[i] : 0
CREDENCE_SIMD_DECLARE(void, lanes_divide, double* above, const lane_table& below, std::int64_t n)

}  // namespace credence::detail
