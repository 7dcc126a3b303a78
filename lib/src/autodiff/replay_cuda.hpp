// SPDX-License-Identifier: BSD-3-Clause
// The CUDA replay as the host sees it: raw pointers and sizes only.
#pragma once

#include "instruction.hpp"

#include <cstdint>

namespace credence::detail {

/// A program in device memory. Everything is on the device but the counts.
struct device_program {
  const instruction* forward = nullptr;
  const instruction* bodies = nullptr;
  const sink* sinks = nullptr;
  const std::int64_t* indices = nullptr;
  const double* data = nullptr;
  const float* single_data = nullptr;
  std::int64_t forward_count = 0, sink_count = 0;
  std::int64_t dimension = 0, arena = 0, scratch = 0;
};

/// One evaluation of all lanes by one kernel, a thread a lane. Weights are (lanes) or null for 1.
/// @param x, gradient      (dimension, lanes), lanes contiguous; gradient may be null
/// @param arena            (2 * program.arena + program.scratch, lanes) of device memory
struct device_evaluation {
  const double* x = nullptr;
  double* log_density = nullptr;
  double* gradient = nullptr;
  double* arena = nullptr;
  std::int64_t lanes = 0;
  const double* weights[3] = {};
  unsigned skipped_parts = 0;
};

/// @throws device_error  when the launch fails
void launch_replay(const device_program& program, const device_evaluation& evaluation, void* stream);

}  // namespace credence::detail
