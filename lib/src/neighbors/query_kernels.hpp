// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/simd.hpp"

#include "neighbors/tree_view.hpp"

#include <cstdint>

/// Searches of a tree for a range of queries, compiled once for each instruction set. Plain pointers only.
namespace credence::detail {

/// Queries `begin` to `end` of a row-major array; with `order`, queries order[begin] to order[end - 1].
template <class T>
struct query_task {
  tree_view<T> tree;
  metric_view<T> how;
  const T* queries = nullptr;
  const std::int64_t* order = nullptr;
  std::int64_t begin = 0, end = 0;
  distance_t<T> start;       ///< neighbours farther than this are not wanted; infinity or the largest integer for none
  double limit_scale = 1.0;  ///< of search_limit
  double limit_add = 0.0;
  void* memory = nullptr;  ///< query_memory(tree, k) bytes, 64-byte aligned
  work_counts work;        ///< added to
};

template <class T>
struct nearest_task : query_task<T> {
  std::int64_t k = 1;
  std::int64_t stride = 1;                   ///< of a row of the results, at least k; the rest is filled up
  std::int64_t* indices = nullptr;           ///< (queries, stride)
  distance_t<T>* power_distances = nullptr;  ///< (queries, stride)
  distance_t<T> missing;                     ///< the distance where there is no neighbour
  std::int64_t* found = nullptr;             ///< how many of each query; may be null
};

/// Neighbours of any number, handed over in portions.
template <class T>
struct range_task : query_task<T> {
  static constexpr std::int64_t portion = 256;
  void* receiver = nullptr;
  /// count <= portion neighbours of one query, in no order.
  void (*receive)(void* receiver, std::int64_t query, const std::int64_t* indices, const distance_t<T>* far,
                  std::int64_t count) = nullptr;
};

/// Boxes low <= x <= high; `queries` is not used.
template <class T>
struct box_task : query_task<T> {
  const T* low = nullptr;
  const T* high = nullptr;
  void* receiver = nullptr;
  void (*receive)(void* receiver, std::int64_t query, const std::int64_t* indices, std::int64_t count) = nullptr;
};

/// Queries whose first descents are interleaved.
inline constexpr std::int64_t walk_group = 8;

CREDENCE_HD constexpr std::int64_t padded_bytes(std::int64_t bytes) { return (bytes + 63) / 64 * 64; }

/// Stack and offsets of one walk.
template <class T>
CREDENCE_HD constexpr std::int64_t walk_bytes(const tree_view<T>& tree) {
  return padded_bytes(stack_size(tree.depth) * static_cast<std::int64_t>(sizeof(pending_node<distance_t<T>>))) +
         padded_bytes(tree.dimensions * static_cast<std::int64_t>(sizeof(distance_t<T>)));
}
/// Bytes of scratch memory a task needs: walks, the keys of k neighbours, one portion of a range.
template <class T>
constexpr std::int64_t query_memory(const tree_view<T>& tree, std::int64_t k) {
  return walk_group * walk_bytes(tree) + padded_bytes(k * 16) + padded_bytes(range_task<T>::portion * 16);
}

CREDENCE_SIMD_DECLARE(void, nearest_in_tree, nearest_task<float>& task)
CREDENCE_SIMD_DECLARE(void, nearest_in_tree, nearest_task<double>& task)
CREDENCE_SIMD_DECLARE(void, nearest_in_tree, nearest_task<std::uint8_t>& task)
CREDENCE_SIMD_DECLARE(void, nearest_in_tree, nearest_task<std::int8_t>& task)
CREDENCE_SIMD_DECLARE(void, within_radius, range_task<float>& task)
CREDENCE_SIMD_DECLARE(void, within_radius, range_task<double>& task)
CREDENCE_SIMD_DECLARE(void, within_radius, range_task<std::uint8_t>& task)
CREDENCE_SIMD_DECLARE(void, within_radius, range_task<std::int8_t>& task)
CREDENCE_SIMD_DECLARE(void, inside_box, box_task<float>& task)
CREDENCE_SIMD_DECLARE(void, inside_box, box_task<double>& task)
CREDENCE_SIMD_DECLARE(void, inside_box, box_task<std::uint8_t>& task)
CREDENCE_SIMD_DECLARE(void, inside_box, box_task<std::int8_t>& task)

/// The copy of an overloaded kernel for this processor.
template <class Task>
void run_nearest(Task& task) {
  void (*generic)(Task&) = &isa_generic::nearest_in_tree;
  void (*avx2)(Task&) = &isa_avx2::nearest_in_tree;
  void (*avx512)(Task&) = &isa_avx512::nearest_in_tree;
  pick(generic, avx2, avx512)(task);
}
template <class Task>
void run_within(Task& task) {
  void (*generic)(Task&) = &isa_generic::within_radius;
  void (*avx2)(Task&) = &isa_avx2::within_radius;
  void (*avx512)(Task&) = &isa_avx512::within_radius;
  pick(generic, avx2, avx512)(task);
}
template <class Task>
void run_box(Task& task) {
  void (*generic)(Task&) = &isa_generic::inside_box;
  void (*avx2)(Task&) = &isa_avx2::inside_box;
  void (*avx512)(Task&) = &isa_avx512::inside_box;
  pick(generic, avx2, avx512)(task);
}

}  // namespace credence::detail
