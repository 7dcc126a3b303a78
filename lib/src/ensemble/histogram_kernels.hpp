// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/simd.hpp"

#include <cstdint>

/// Histograms of gradients, compiled once for each instruction set.
///
/// A row's gradient g and second derivative h >= 0 are fixed-point numbers in one word: (g << 32) + h. Sums of such
/// words are sums of both, whatever the order, so nothing depends on threads, chunks or vector widths. A word holds the
/// sums of up to `narrow_rows` rows; beyond, sums are two words, g and h.
namespace credence::detail {

inline constexpr std::int64_t narrow_rows = 16384;
/// Largest magnitudes of one row: 16384 of them stay below 2^31 and 2^32.
inline constexpr std::int32_t gradient_limit = (1 << 17) - 1;
inline constexpr std::int32_t hessian_limit = 1 << 17;

inline std::int64_t gradient_sum(std::uint64_t word) { return static_cast<std::int64_t>(word) >> 32; }
inline std::int64_t hessian_sum(std::uint64_t word) { return static_cast<std::int64_t>(word & 0xFFFFFFFFU); }

/// Adds up to narrow_rows rows to a group's histogram of 256 words a column.
struct narrow_histogram_task {
  const std::uint8_t* bins = nullptr;  ///< of the group
  std::int64_t width = 16;             ///< 4, 8, 12 or 16
  const std::uint32_t* rows = nullptr;
  const std::uint64_t* gradients = nullptr;  ///< in the order of `rows`
  std::int64_t count = 0;
  std::uint64_t* sums = nullptr;  ///< (width, 256)
};
CREDENCE_SIMD_DECLARE(void, add_to_histogram, const narrow_histogram_task& task)

/// Where a column is best cut. All sums are fixed-point ones; the penalty and the least weight are in their units.
struct scan_task {
  const std::uint64_t* narrow = nullptr;   ///< 256 words, or
  const std::int64_t* wide = nullptr;      ///< 256 pairs
  std::int32_t bins = 0;                   ///< without the missing one
  std::int64_t gradient = 0, hessian = 0;  ///< of the node
  double penalty = 0.0;                    ///< added to the sums of h
  double least_hessian = 0.0;              ///< a side needs this much
};
struct scan_result {
  double score = -1.0;  ///< sum of g^2 / (h + penalty) of both sides; below 0: no cut is allowed
  std::int32_t bin = -1;
  bool missing_left = false;
  std::int64_t left_gradient = 0, left_hessian = 0;
};
CREDENCE_SIMD_DECLARE(void, scan_column, const scan_task& task, scan_result& best)

/// Splits rows in two, keeping their order: those whose byte is marked go to the front of `rows_left`, the others to
/// `rows_right`.
struct partition_task {
  const std::uint8_t* bins = nullptr;  ///< of the column, `stride` apart
  std::int64_t stride = 16;
  const std::uint8_t* goes_left = nullptr;  ///< 256 marks, 0 or 1
  const std::uint32_t* rows = nullptr;
  const std::uint64_t* gradients = nullptr;
  std::int64_t count = 0;
  std::uint32_t *rows_left = nullptr, *rows_right = nullptr;  ///< room for `count` each
  std::uint64_t *gradients_left = nullptr, *gradients_right = nullptr;
};
CREDENCE_SIMD_DECLARE(std::int64_t, partition_rows, const partition_task& task)

/// Two sets of sums of a column, the first less the second into the first.
CREDENCE_SIMD_DECLARE(void, subtract_narrow, std::uint64_t* from, const std::uint64_t* what, std::int64_t words)

}  // namespace credence::detail
