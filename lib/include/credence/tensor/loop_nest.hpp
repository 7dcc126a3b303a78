// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/config.hpp"

#include <cstdint>

/// Nested loops over strided operands: what every operation on arrays becomes before its kernel runs. Axes of size 1
/// are dropped and neighbours that lie seamlessly in every operand are merged, so most nests have one or two loops and
/// the innermost is long.
namespace credence::detail {

template <int Operands>
struct loop_nest {
  static constexpr int max_rank = 32;

  int rank = 0;  ///< loops, outermost first; 0 means a single step
  std::int64_t extent[max_rank];
  std::int64_t stride[max_rank][Operands];

  /// Adds an innermost loop, merged into the one before where possible.
  void add(std::int64_t size, const std::int64_t (&strides)[Operands]) {
    if (size == 1) return;
    bool merges = rank > 0;
    for (int k = 0; k < Operands && merges; ++k) merges = stride[rank - 1][k] == strides[k] * size;
    if (merges) {
      extent[rank - 1] *= size;
      for (int k = 0; k < Operands; ++k) stride[rank - 1][k] = strides[k];
      return;
    }
    extent[rank] = size;
    for (int k = 0; k < Operands; ++k) stride[rank][k] = strides[k];
    ++rank;
  }
  [[nodiscard]] std::int64_t size() const {
    std::int64_t n = 1;
    for (int d = 0; d < rank; ++d) n *= extent[d];
    return n;
  }
};

}  // namespace credence::detail

namespace credence {
inline namespace CREDENCE_ISA {

/// Where a walk over the first `loops` loops of a nest stands, and the operands' offsets there.
template <int Operands>
struct nest_position {
  std::int64_t index[32];
  std::int64_t offset[Operands];
};

/// The position of step `at` of the first `loops` loops.
template <int Operands>
CREDENCE_INLINE nest_position<Operands> nest_at(const detail::loop_nest<Operands>& nest, int loops, std::int64_t at) {
  nest_position<Operands> position;
  for (int k = 0; k < Operands; ++k) position.offset[k] = 0;
  for (int d = loops - 1; d >= 0; --d) {
    position.index[d] = at == 0 ? 0 : at % nest.extent[d];
    at = at == 0 ? 0 : at / nest.extent[d];
    for (int k = 0; k < Operands; ++k) position.offset[k] += position.index[d] * nest.stride[d][k];
  }
  return position;
}

/// One step on; after the last step the position is the first again.
template <int Operands>
CREDENCE_INLINE void nest_next(const detail::loop_nest<Operands>& nest, int loops, nest_position<Operands>& position) {
  for (int d = loops - 1; d >= 0; --d) {
    for (int k = 0; k < Operands; ++k) position.offset[k] += nest.stride[d][k];
    if (++position.index[d] < nest.extent[d]) return;
    for (int k = 0; k < Operands; ++k) position.offset[k] -= nest.extent[d] * nest.stride[d][k];
    position.index[d] = 0;
  }
}

}  // namespace CREDENCE_ISA
}  // namespace credence
