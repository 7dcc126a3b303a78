// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/simd.hpp"

#include <cstdint>

/// Rows down one tree, several at a time, so that the waits for memory overlap.
namespace credence::detail {

/// A node in 16 bytes. The right child is beside the left one; a leaf leads to itself, whatever the value.
struct compact_node {
  double threshold;
  std::int32_t left;
  std::uint16_t column;
  std::uint16_t missing_left;
};

struct walk_task {
  const compact_node* nodes = nullptr;
  const double* values = nullptr;  ///< (count, columns)
  std::int64_t columns = 0, count = 0;
  bool missing = false;        ///< there are NaN among the values
  std::int32_t* at = nullptr;  ///< the leaf's node of each row
};
CREDENCE_SIMD_DECLARE(void, walk_tree, const walk_task& task)

}  // namespace credence::detail
