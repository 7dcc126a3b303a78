// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/config.hpp"
#include "credence/neighbors/distance_type.hpp"

#include <cstdint>

/// The tree as its kernels see it: plain pointers and numbers, for both compilers.
namespace credence::detail {

using neighbors::distance_t;
using neighbors::metric_kind;

/// Leaves begin at multiples of this many points, so that vector loads are aligned.
inline constexpr std::int64_t leaf_block = 16;
/// Kernels look at so many points at a time, and may read that far past the end of a leaf.
inline constexpr std::int64_t scan_chunk = 32;

/// An inner node holds the bits of its split value and, in `word`, the split dimension (low bits) and the number of its
/// left child (high bits); the right child is the next node. Points with x < split are on the left, x >= split right.
/// A leaf has all ones for the dimension; `word` then holds its first block and `payload` how many points it has, the
/// top bit set when all of them are equal.
template <class T>
struct tree_node {
  std::uint32_t payload = 0;
  std::uint32_t word = 0;
};
template <>
struct tree_node<double> {
  std::uint64_t payload = 0;
  std::uint32_t word = 0;
  std::uint32_t unused = 0;
};

inline constexpr std::uint32_t equal_points_flag = 0x80000000U;

CREDENCE_HD inline float split_of(const tree_node<float>& node) { return __builtin_bit_cast(float, node.payload); }
CREDENCE_HD inline double split_of(const tree_node<double>& node) { return __builtin_bit_cast(double, node.payload); }
CREDENCE_HD inline std::int32_t split_of(const tree_node<std::uint8_t>& node) {
  return static_cast<std::int32_t>(node.payload);
}
CREDENCE_HD inline std::int32_t split_of(const tree_node<std::int8_t>& node) {
  return static_cast<std::int32_t>(node.payload);
}

/// Coordinates of the leaf that begins at block b lie from b * leaf_block * dimensions on, dimension by dimension, each
/// padded to whole blocks. `ids` tell the index of a point by its place (block * leaf_block + place in the leaf).
template <class T>
struct tree_view {
  const tree_node<T>* nodes = nullptr;
  const T* points = nullptr;
  const std::uint32_t* ids32 = nullptr;  ///< one of both is set
  const std::int64_t* ids64 = nullptr;
  const T* low = nullptr;  ///< the box around all points
  const T* high = nullptr;
  std::int64_t size = 0;
  std::int32_t dimensions = 0;
  std::uint32_t dimension_bits = 0;
  std::int32_t depth = 0;
};

template <class T>
struct metric_view {
  metric_kind kind = metric_kind::euclidean;
  const distance_t<T>* weights = nullptr;  ///< null: all 1
  distance_t<T> p = 2;
};

/// One part of the box between query and tree that is still to be visited. `node == no_node` puts an offset back.
template <class D>
struct pending_node {
  D bound;   ///< no point below the node is nearer
  D offset;  ///< how far the node is along `dimension`
  std::uint32_t node;
  std::uint32_t dimension;
};
inline constexpr std::uint32_t no_node = 0xFFFFFFFFU;

/// Nodes on the stack at once: one for each level, and one restored offset.
CREDENCE_HD constexpr std::int64_t stack_size(std::int64_t depth) { return 2 * depth + 4; }

struct work_counts {
  std::int64_t nodes = 0, leaves = 0, distances = 0;
};

}  // namespace credence::detail
