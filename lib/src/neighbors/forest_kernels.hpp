// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/simd.hpp"

#include "neighbors/tree_view.hpp"

#include <cstdint>

/// Best-bin-first search of several trees, compiled once for each instruction set.
namespace credence::detail {

/// A part of a tree still to be visited. Its offsets along dimensions are those of the chain of entries it came by.
template <class D>
struct bin_entry {
  D bound;
  D offset;  ///< along `dimension`, larger than those of its ancestors
  std::uint32_t node;
  std::uint32_t dimension;
  std::int32_t before;  ///< the entry from whose walk it was pushed; -1 from the root
  std::int32_t tree;
};

template <class T>
struct forest_task {
  const tree_view<T>* trees = nullptr;
  std::int64_t tree_count = 0;
  metric_view<T> how;
  const T* queries = nullptr;
  std::int64_t begin = 0, end = 0;
  std::int64_t k = 1, stride = 1;
  std::int64_t max_leaves = 1;
  double limit_scale = 1.0, limit_add = 0.0;
  std::int64_t* indices = nullptr;
  distance_t<T>* power_distances = nullptr;
  distance_t<T>* lower_bounds = nullptr;
  distance_t<T> missing;
  void* keys = nullptr;              ///< k of 16 bytes
  distance_t<T>* offsets = nullptr;  ///< two for each dimension
  distance_t<T>* least = nullptr;    ///< one for each tree
  bin_entry<distance_t<T>>* entries = nullptr;
  std::int32_t* heap = nullptr;
  std::int64_t capacity = 0;  ///< of entries and heap: trees + max_leaves * depth
  work_counts work;
};

CREDENCE_SIMD_DECLARE(void, best_bins_first, forest_task<float>& task)
CREDENCE_SIMD_DECLARE(void, best_bins_first, forest_task<double>& task)
CREDENCE_SIMD_DECLARE(void, best_bins_first, forest_task<std::uint8_t>& task)
CREDENCE_SIMD_DECLARE(void, best_bins_first, forest_task<std::int8_t>& task)

template <class T>
void run_forest(forest_task<T>& task) {
  void (*generic)(forest_task<T>&) = &isa_generic::best_bins_first;
  void (*avx2)(forest_task<T>&) = &isa_avx2::best_bins_first;
  void (*avx512)(forest_task<T>&) = &isa_avx512::best_bins_first;
  pick(generic, avx2, avx512)(task);
}

}  // namespace credence::detail
