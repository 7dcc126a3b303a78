// SPDX-License-Identifier: BSD-3-Clause
// What one tile of lanes works on during a replay.
#pragma once

#include "instruction.hpp"

#include "credence/base/config.hpp"

#include <cstdint>

namespace credence::detail {

/// A function called for one lane at a time on contiguous arrays. One instruction has one result; where there are
/// several, they lie one after the other.
template <class T>
struct lane_function {
  const void* state = nullptr;
  void (*forward)(const void* state, const std::int64_t* sizes, const T* const* in, T* out, T* scratch) = nullptr;
  /// d_in[k] += adjoint of operand k, given the adjoint g of the result.
  void (*reverse)(const void* state, const std::int64_t* sizes, const T* const* in, const T* out, const T* g,
                  T* const* d_in, T* scratch) = nullptr;
};

/// An instruction list as plain pointers.
struct list_view {
  const instruction* forward = nullptr;
  std::int64_t count = 0;
  const sink* sinks = nullptr;
  std::int64_t sink_count = 0;
};

/// Without initialisers, because one is made for every replay: `frame<T> f{}` is all zeros.
template <class T>
struct frame {
  std::int64_t width;  ///< lanes of the tile: 1 or a multiple of 8 up to 64
  std::int64_t step;   ///< step of the scan under way
  T* values;           ///< [slot element][lane]
  T* adjoints;         ///< the same layout
  const T* data;
  const float* single_data;  ///< data matrices in f32
  T* scratch;
  T* unused;  ///< 64 values that adjoints nobody wants go to
  const std::int64_t* indices;
  const instruction* bodies;
  const lane_function<T>* functions;
  unsigned skipped_parts;  ///< bit k: terms of part k are left out
  const T* weights[3];     ///< of prior, likelihood, Jacobian in each lane; null is 1
  T* pointwise;            ///< [observation][lane], or null

  // Forced inline: a copy compiled for one instruction set must never be linked into another.
  [[nodiscard]] CREDENCE_INLINE const T* locate(const operand& o) const {
    const std::int64_t at = o.offset + step * o.step;
    return o.lane ? values + at * width : data + at;
  }
  [[nodiscard]] CREDENCE_INLINE T* locate_lane(const operand& o) const {
    return values + (o.offset + step * o.step) * width;
  }
  [[nodiscard]] CREDENCE_INLINE T* locate_adjoint(const operand& o) const {
    return adjoints + (o.offset + step * o.step) * width;
  }
};

}  // namespace credence::detail
