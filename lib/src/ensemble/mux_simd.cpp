// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/config.hpp"

#include "ensemble/mux_kernels.hpp"

#include <cstring>

namespace credence::detail::CREDENCE_ISA {

namespace {

using bytes = std::int8_t __attribute__((vector_size(mux_rows)));

// By reference: vectors as return values would depend on the instruction set's calling convention.
CREDENCE_INLINE void load(const std::uint8_t* from, bytes& to) { std::memcpy(&to, from, sizeof to); }

/// The bytes of one column: plane 0 has missing values below all cuts, plane 1 above. True when there are some.
template <class T>
CREDENCE_INLINE bool fill_planes(const mux_task& t, const mux_column& c, const T* values, std::uint8_t* plane) {
  double x[mux_rows];
  std::int32_t b[mux_rows];
  bool missing = false;
  const T* from = values + c.column * t.column_stride;
  for (int r = 0; r < mux_rows; ++r) {
    x[r] = static_cast<double>(from[(r < t.rows ? r : 0) * t.row_stride]);
    missing = missing || x[r] != x[r];
  }
  for (int r = 0; r < mux_rows; ++r) {
    double at = (x[r] - c.low) * c.scale;
    at = at > 0.0 ? at : 0.0;  // NaN too
    at = at < c.cells ? at : c.cells;
    b[r] = c.first[static_cast<std::int32_t>(at)];
  }
  for (std::int32_t s = 0; s < c.steps; ++s) {
    for (int r = 0; r < mux_rows; ++r) b[r] += c.cuts[b[r]] < x[r] ? 1 : 0;
  }
  for (int r = 0; r < mux_rows; ++r) plane[r] = static_cast<std::uint8_t>(b[r] - 128);
  if (missing) {
    // A missing value compares false above: it has the first byte of its cell, 0, which is below every cut.
    for (int r = 0; r < mux_rows; ++r) plane[mux_rows + r] = x[r] != x[r] ? 127 : plane[r];
  } else {
    std::memcpy(plane + mux_rows, plane, mux_rows);
  }
  return missing;
}

/// The comparison on the path at a level: below `Up` the path is known, and each blend halves what is left. Depth
/// first, so that few registers are in use.
template <bool Missing, int Level, int Up, int Place>
CREDENCE_INLINE void on_path(const mux_tree& tree, const std::uint8_t* planes, const bytes* path, bytes& right) {
  if constexpr (Up == Level) {
    constexpr int node = (1 << Level) - 1 + Place;
    load(planes + (Missing ? tree.plane_missing[node] : tree.plane[node]), right);
    right = right > tree.cut[node];
  } else {
    bytes other;
    on_path<Missing, Level, Up + 1, 2 * Place>(tree, planes, path, right);
    on_path<Missing, Level, Up + 1, 2 * Place + 1>(tree, planes, path, other);
    right = path[Up] ? other : right;
  }
}

template <int Depth, bool Missing, int Level = 0>
CREDENCE_INLINE void find_leaves(const mux_tree& tree, const std::uint8_t* planes, bytes* path, bytes& leaf) {
  if constexpr (Level < Depth) {
    on_path<Missing, Level, 0, 0>(tree, planes, path, path[Level]);
    leaf |= path[Level] & static_cast<std::int8_t>(1 << (Depth - 1 - Level));
    find_leaves<Depth, Missing, Level + 1>(tree, planes, path, leaf);
  }
}

template <int Depth, bool Missing>
CREDENCE_INLINE void add_tree(const mux_tree& tree, const std::uint8_t* planes, double* sums) {
  bytes path[Depth], index{};
  find_leaves<Depth, Missing>(tree, planes, path, index);
  std::uint64_t leaf[mux_rows / 8];
  std::memcpy(leaf, &index, sizeof leaf);
#pragma GCC unroll 4
  for (int part = 0; part < mux_rows / 8; ++part) {
#pragma GCC unroll 8
    for (int r = 0; r < 8; ++r) sums[8 * part + r] += tree.values[(leaf[part] >> (8 * r)) & 63];
  }
}

template <int Depth>
void add_trees(const mux_task& t, const std::uint8_t* planes, bool missing, double* sums) {
  for (std::int64_t k = 0; k < t.tree_count; ++k) {
    double* to = sums + t.trees[k].output * mux_rows;
    if (missing) {
      add_tree<Depth, true>(t.trees[k], planes, to);
    } else {
      add_tree<Depth, false>(t.trees[k], planes, to);
    }
  }
}

}  // namespace

void mux_scores(const mux_task& t) {
  alignas(64) std::uint8_t planes[64 * 2 * mux_rows];
  double sums[16 * mux_rows];
  bool missing = false;
  for (std::int64_t c = 0; c < t.column_count; ++c) {
    std::uint8_t* plane = planes + c * 2 * mux_rows;
    missing = (t.floats != nullptr ? fill_planes(t, t.columns[c], t.floats, plane)
                                   : fill_planes(t, t.columns[c], t.doubles, plane)) ||
              missing;
  }
  for (std::int64_t o = 0; o < t.outputs; ++o) {
    for (int r = 0; r < mux_rows; ++r) sums[o * mux_rows + r] = t.scores[(r < t.rows ? r : 0) * t.outputs + o];
  }
  switch (t.depth) {
    case 1:
    case 2:
    case 3:
      add_trees<3>(t, planes, missing, sums);
      break;
    case 4:
      add_trees<4>(t, planes, missing, sums);
      break;
    case 5:
      add_trees<5>(t, planes, missing, sums);
      break;
    default:
      add_trees<6>(t, planes, missing, sums);
  }
  for (std::int64_t r = 0; r < t.rows; ++r) {
    for (std::int64_t o = 0; o < t.outputs; ++o) t.scores[r * t.outputs + o] = sums[o * mux_rows + r];
  }
}

}  // namespace credence::detail::CREDENCE_ISA
