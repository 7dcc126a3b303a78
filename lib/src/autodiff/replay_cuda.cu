// SPDX-License-Identifier: BSD-3-Clause
// The interpreter kernel for recorded programs: one thread runs the whole value-and-gradient replay of one lane, so
// that an evaluation is one launch however many operations the program has. Launch: 128 threads a block, lanes / 128
// blocks. Memory traffic: each slot element is a coalesced access of 32 neighbouring lanes; instructions are read by
// all threads of a warp at once (uniform loads, served by the constant path of the read-only cache).
#include "lane_interpreter.hpp"
#include "replay_cuda.hpp"

#include "credence/base/errors.hpp"

#include <cuda_runtime.h>

#include <string>

namespace credence::detail {

namespace {

__global__ void __launch_bounds__(128) replay_kernel(device_program p, device_evaluation v) {
  const std::int64_t lane = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (lane >= v.lanes) return;
  lane_frame<double> f;
  f.stride = v.lanes;
  f.lane = lane;
  f.values = v.arena;
  f.adjoints = v.arena + p.arena * v.lanes;
  f.scratch = v.arena + 2 * p.arena * v.lanes;
  f.data = p.data;
  f.single_data = p.single_data;
  f.indices = p.indices;
  f.bodies = p.bodies;
  f.skipped_parts = v.skipped_parts;
  for (int k = 0; k < 3; ++k) {
    if (v.weights[k] != nullptr) f.weights[k] = v.weights[k][lane];
  }
  for (std::int64_t d = 0; d < p.dimension; ++d) f.values[d * v.lanes + lane] = v.x[d * v.lanes + lane];
  const bool gradient = v.gradient != nullptr;
  if (gradient) {
    for (std::int64_t e = 0; e < p.arena; ++e) f.adjoints[e * v.lanes + lane] = 0.0;
  }
  v.log_density[lane] = lanewise::replay(p.forward, p.forward_count, p.sinks, p.sink_count, f, gradient);
  if (gradient) {
    for (std::int64_t d = 0; d < p.dimension; ++d) v.gradient[d * v.lanes + lane] = f.adjoints[d * v.lanes + lane];
  }
}

}  // namespace

void launch_replay(const device_program& program, const device_evaluation& evaluation, void* stream) {
  constexpr std::int64_t threads = 128;
  const auto blocks = static_cast<unsigned>((evaluation.lanes + threads - 1) / threads);
  replay_kernel<<<blocks, threads, 0, static_cast<cudaStream_t>(stream)>>>(program, evaluation);
  if (const cudaError_t status = cudaGetLastError(); status != cudaSuccess) {
    throw device_error(std::string("program::evaluate: CUDA says ") + cudaGetErrorString(status));
  }
}

}  // namespace credence::detail
