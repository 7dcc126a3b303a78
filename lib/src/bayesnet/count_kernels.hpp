// SPDX-License-Identifier: BSD-3-Clause
// Counting rows: bit by bit for small tables, by keys for larger ones.
#pragma once

#include "credence/base/simd.hpp"

#include <cstdint>

namespace credence::detail {

/// Bits set in both a and b.
CREDENCE_SIMD_DECLARE(std::int64_t, count_common, const std::uint64_t* a, const std::uint64_t* b, std::int64_t words)
/// out = a & b; tells how many bits are set
CREDENCE_SIMD_DECLARE(std::int64_t, intersect, std::uint64_t* out, const std::uint64_t* a, const std::uint64_t* b,
                      std::int64_t words)
/// keys = keys * factor + codes
CREDENCE_SIMD_DECLARE(void, extend_keys, std::int32_t* keys, const std::uint16_t* codes, std::int32_t factor,
                      std::int64_t n)

}  // namespace credence::detail
