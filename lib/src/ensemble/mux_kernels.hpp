// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/simd.hpp"

#include <cstdint>

/// Shallow trees over 32 rows at a time without walking: values become bytes (the number of the model's cuts below
/// them), every node of a tree compares 32 bytes at once, and blends select the path from the bottom up. 63 comparisons
/// and 57 blends for 32 rows cost less than 32 walks of six dependent loads.
namespace credence::detail {

inline constexpr int mux_rows = 32;
inline constexpr int mux_depth = 6;

/// A tree filled up to full depth: nodes level by level, a row goes right where its byte is above the cut.
struct mux_tree {
  std::uint32_t plane[63];          ///< offset of the node's bytes without missing values, in bytes
  std::uint32_t plane_missing[63];  ///< and with them: of the copy where they lie on their side of the cut
  std::int8_t cut[63];
  std::int32_t output;
  double values[64];
};

/// How a column becomes bytes: a table of equal cells says where to begin, `steps` comparisons end it.
struct mux_column {
  std::int32_t column = 0;
  double low = 0.0, scale = 0.0, cells = 0.0;
  const std::uint8_t* first = nullptr;  ///< of each cell: how many cuts lie in cells before it
  const double* cuts = nullptr;         ///< with `steps` infinities behind them
  std::int32_t steps = 0;
};

struct mux_task {
  const mux_tree* trees = nullptr;
  std::int64_t tree_count = 0;
  std::int32_t depth = 0;
  const mux_column* columns = nullptr;
  std::int64_t column_count = 0;
  const float* floats = nullptr;  ///< one of both
  const double* doubles = nullptr;
  std::int64_t row_stride = 0, column_stride = 0;
  std::int64_t rows = 0;  ///< up to mux_rows
  std::int64_t outputs = 1;
  double* scores = nullptr;  ///< (rows, outputs): the trees are added to what is there
};
CREDENCE_SIMD_DECLARE(void, mux_scores, const mux_task& task)

}  // namespace credence::detail
