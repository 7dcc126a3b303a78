// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/tensor/array_view.hpp"
#include "credence/tensor/loop_nest.hpp"

/// How loops over strided operands are cut for threads: a task is a chunk of one row (the innermost loop) at one step
/// of the outer loops. The cuts depend on the nest only.
namespace credence {
inline namespace CREDENCE_ISA {

inline constexpr std::int64_t row_chunk = 4096;

/// Length of the innermost loop; 1 for a nest without loops.
template <int K>
CREDENCE_INLINE std::int64_t row_width(const detail::loop_nest<K>& nest) {
  return nest.rank == 0 ? 1 : nest.extent[nest.rank - 1];
}

/// Calls f(n, offsets, strides) for tasks begin..end-1.
template <int K, class F>
CREDENCE_INLINE void for_row_tasks(const detail::loop_nest<K>& nest, std::int64_t begin, std::int64_t end, const F& f) {
  const int outer = nest.rank == 0 ? 0 : nest.rank - 1;
  const std::int64_t width = row_width(nest);
  const std::int64_t chunks = (width + row_chunk - 1) / row_chunk;
  std::int64_t strides[K];
  for (int k = 0; k < K; ++k) strides[k] = nest.rank == 0 ? 0 : nest.stride[outer][k];
  auto at = nest_at(nest, outer, begin / chunks);
  std::int64_t chunk = begin % chunks;
  for (std::int64_t task = begin; task < end; ++task) {
    const std::int64_t first = chunk * row_chunk;
    std::int64_t offsets[K];
    for (int k = 0; k < K; ++k) offsets[k] = at.offset[k] + first * strides[k];
    f(width - first < row_chunk ? width - first : row_chunk, offsets, strides);
    if (++chunk == chunks) {
      chunk = 0;
      nest_next(nest, outer, at);
    }
  }
}

}  // namespace CREDENCE_ISA
}  // namespace credence
