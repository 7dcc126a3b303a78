// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/config.hpp"

#include "ensemble/walk_kernels.hpp"

namespace credence::detail::CREDENCE_ISA {

namespace {

template <bool Missing>
CREDENCE_INLINE std::int32_t step(const compact_node& node, const double* row) {
  const double x = row[node.column];
  bool right = !(x <= node.threshold);
  if constexpr (Missing) right = right && !(x != x && node.missing_left != 0);
  return node.left + (right ? 1 : 0);
}

/// A leaf has threshold infinity: only NaN goes right of it, and its mark for missing values sends that left.
template <bool Missing, int Rows>
CREDENCE_INLINE void walk_rows(const walk_task& t, std::int64_t first) {
  std::int32_t now[Rows];
  const double* row[Rows];
  for (int k = 0; k < Rows; ++k) {
    now[k] = 0;
    row[k] = t.values + (first + k) * t.columns;
  }
  for (;;) {
    std::int32_t moved = 0;
#pragma GCC unroll 16
    for (int k = 0; k < Rows; ++k) {
      const std::int32_t next = step<Missing>(t.nodes[now[k]], row[k]);
      moved |= next ^ now[k];
      now[k] = next;
    }
    if (moved == 0) break;
  }
  for (int k = 0; k < Rows; ++k) t.at[first + k] = now[k];
}

template <bool Missing>
void walk_all(const walk_task& t) {
  std::int64_t i = 0;
  for (; i + 8 <= t.count; i += 8) walk_rows<Missing, 8>(t, i);
  for (; i < t.count; ++i) walk_rows<Missing, 1>(t, i);
}

}  // namespace

void walk_tree(const walk_task& t) {
  if (t.missing) {
    walk_all<true>(t);
  } else {
    walk_all<false>(t);
  }
}

}  // namespace credence::detail::CREDENCE_ISA
