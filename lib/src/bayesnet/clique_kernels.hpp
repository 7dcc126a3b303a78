// SPDX-License-Identifier: BSD-3-Clause
// Loops of a junction tree: a table beside a smaller one over some of its axes.
#pragma once

#include "credence/base/simd.hpp"

#include <cstdint>

namespace credence::detail {

/// A big table is read in runs of `length` entries; run r meets the small table at small[offset[r]], which it follows
/// entry by entry when `shared`, or stays on.
struct walk_view {
  const std::int32_t* offset;
  std::int64_t runs;
  std::int64_t length;
  bool shared;
};

/// out = big * small
CREDENCE_SIMD_DECLARE(void, walk_multiply, double* out, const double* big, const double* small, const walk_view& walk)
/// small += sums of big; long runs in eight interleaved partial sums
CREDENCE_SIMD_DECLARE(void, walk_sum, double* small, const double* big, const walk_view& walk)

/// The largest of n non-negative numbers; 0 when there are none
CREDENCE_SIMD_DECLARE(double, largest_of, const double* values, std::int64_t n)

}  // namespace credence::detail
