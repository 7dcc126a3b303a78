// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/for_each.hpp"
#include "credence/tensor/array_view.hpp"
#include "credence/tensor/loop_nest.hpp"

/// Walking the one-dimensional slices of arrays along an axis.
namespace credence::detail {

/// Calls f(slice, offset of each operand) for every slice along `axis`, in parallel; slices are numbered in the
/// row-major order of the other axes. Operands agree on all axes but that one.
template <int Operands, class F>
void for_each_slice(const exec::context& ctx, const tensor_shape& shape, int axis,
                    const std::int64_t* const (&strides)[Operands], const F& f) {
  loop_nest<Operands> nest;
  for (int d = 0; d < shape.rank(); ++d) {
    if (d == axis) continue;
    std::int64_t step[Operands];
    for (int k = 0; k < Operands; ++k) step[k] = strides[k][d];
    nest.add(shape[d], step);
  }
  const std::int64_t length = shape[axis] < 1 ? 1 : shape[axis];
  const std::int64_t grain = length < exec::serial_threshold ? exec::serial_threshold / length : 1;
  exec::for_each_range(
      ctx, nest.size(),
      [&](std::int64_t begin, std::int64_t end) {
        auto at = nest_at(nest, nest.rank, begin);
        for (std::int64_t slice = begin; slice < end; ++slice) {
          f(slice, at.offset);
          nest_next(nest, nest.rank, at);
        }
      },
      grain);
}

}  // namespace credence::detail
