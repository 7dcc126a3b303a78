// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "neighbors/metric_steps.hpp"
#include "neighbors/nearest_sinks.hpp"

/// The walk from the root to all leaves that may hold a neighbour, nearest side first, without recursion. The same code
/// runs on both compilers; on a device a "vector" is one point.
namespace credence::detail::CREDENCE_ISA {

/// What a walk needs besides the tree: its place in memory is the caller's.
template <class T>
struct walk_memory {
  pending_node<distance_t<T>>* stack;  ///< stack_size(depth)
  distance_t<T>* offsets;              ///< one for each dimension
};

/// A walk that stands at a node.
template <class D>
struct walk_state {
  std::int64_t top = 0;
  std::uint32_t at = 0;
  D bound = 0;
};

/// A query outside the box around all points starts with its distance to the box.
template <class T, class Metric, int Fixed>
CREDENCE_HD CREDENCE_INLINE walk_state<distance_t<T>> start_walk(const tree_view<T>& tree, const metric_view<T>& how,
                                                                 const T* query, distance_t<T>* offsets) {
  using D = distance_t<T>;
  const int dimensions = Fixed > 0 ? Fixed : tree.dimensions;
  walk_state<D> state;
  for (int j = 0; j < dimensions; ++j) {
    const D x = query[j], low = tree.low[j], high = tree.high[j];
    offsets[j] = x < low ? low - x : (x > high ? x - high : D(0));
    state.bound =
        Metric::template step_one<T>(state.bound, offsets[j], Metric::weighted ? how.weights[j] : D(1), how.p);
  }
  return state;
}

/// One level down, towards the query; the other side goes to the stack when it may matter. No branch depends on where
/// the query lies.
template <class T, class Metric>
CREDENCE_HD CREDENCE_INLINE void step_down(const tree_view<T>& tree, const metric_view<T>& how, const T* query,
                                           const tree_node<T>& node, std::uint32_t dimension, distance_t<T> limit,
                                           const walk_memory<T>& memory, walk_state<distance_t<T>>& state) {
  using D = distance_t<T>;
  const std::uint32_t child = node.word >> tree.dimension_bits;
  const D t = static_cast<D>(query[dimension]) - split_of(node);
  const std::uint32_t right = t >= 0 ? 1 : 0;
  const D offset = one_lane<T>::abs(t);
  const D weight = Metric::weighted ? how.weights[dimension] : D(1);
  const D bound = Metric::template raise<T>(state.bound, memory.offsets[dimension], offset, weight, how.p);
  memory.stack[state.top] = {bound, offset, child + (1 - right), dimension};
  state.top += !(bound > limit) ? 1 : 0;
  state.at = child + right;
}

/// Takes the next part of the tree from the stack. @returns false when none is left that matters
template <class T>
CREDENCE_HD CREDENCE_INLINE bool next_pending(distance_t<T> limit, const walk_memory<T>& memory,
                                              walk_state<distance_t<T>>& state) {
  while (state.top > 0) {
    const pending_node<distance_t<T>> next = memory.stack[--state.top];
    if (next.node == no_node) {
      memory.offsets[next.dimension] = next.offset;
      continue;
    }
    if (next.bound > limit) continue;
    if (state.top > 0) {
      memory.stack[state.top++] = {0, memory.offsets[next.dimension], no_node, next.dimension};
    }
    memory.offsets[next.dimension] = next.offset;
    state.bound = next.bound;
    state.at = next.node;
    return true;
  }
  return false;
}

template <class T>
CREDENCE_HD CREDENCE_INLINE std::int64_t id_at(const tree_view<T>& tree, std::int64_t place) {
  return tree.ids32 != nullptr ? static_cast<std::int64_t>(tree.ids32[place]) : tree.ids64[place];
}

/// From where the walk stands to the end. Visitor: `limit()` bounds nodes that matter; `leaf(node)` looks at one.
template <class T, class Metric, class Visitor>
CREDENCE_HD CREDENCE_INLINE void finish_walk(const tree_view<T>& tree, const metric_view<T>& how, const T* query,
                                             const walk_memory<T>& memory, walk_state<distance_t<T>>& state,
                                             work_counts& work, Visitor& visitor) {
  const std::uint32_t leaf_mark = (1U << tree.dimension_bits) - 1U;
  do {
    for (;;) {
      const tree_node<T> node = tree.nodes[state.at];
      const std::uint32_t dimension = node.word & leaf_mark;
      if (dimension == leaf_mark) {
        visitor.leaf(node);
        break;
      }
      ++work.nodes;
      step_down<T, Metric>(tree, how, query, node, dimension, visitor.limit(), memory, state);
    }
  } while (next_pending<T>(visitor.limit(), memory, state));
}

/// The points of one leaf, as kernels see them.
template <class T>
struct leaf_view {
  const T* points;
  std::int64_t place;  ///< of the first point, for id_at
  std::int64_t stride;
  std::int64_t count;
  bool all_equal;
};

template <class T>
CREDENCE_HD CREDENCE_INLINE leaf_view<T> open_leaf(const tree_view<T>& tree, const tree_node<T>& node) {
  const std::int64_t place = static_cast<std::int64_t>(node.word >> tree.dimension_bits) * leaf_block;
  const std::uint32_t payload = static_cast<std::uint32_t>(node.payload);
  const std::int64_t count = static_cast<std::int64_t>(payload & ~equal_points_flag);
  return {tree.points + place * tree.dimensions, place, (count + leaf_block - 1) / leaf_block * leaf_block, count,
          (payload & equal_points_flag) != 0};
}

/// One point after the other: the device's way, and that of leaves whose points are all equal.
template <class T, class Metric, int Fixed>
CREDENCE_HD CREDENCE_INLINE distance_t<T> one_distance(const leaf_view<T>& leaf, std::int64_t at, int dimensions,
                                                       const metric_view<T>& how, const T* query) {
  using D = distance_t<T>;
  D sum = 0;
  for (int j = 0; j < (Fixed > 0 ? Fixed : dimensions); ++j) {
    const D t = static_cast<D>(query[j]) - static_cast<D>(leaf.points[j * leaf.stride + at]);
    sum = Metric::template step_one<T>(sum, t, Metric::weighted ? how.weights[j] : D(1), how.p);
  }
  return sum;
}

}  // namespace credence::detail::CREDENCE_ISA
