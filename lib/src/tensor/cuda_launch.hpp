// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/errors.hpp"
#include "credence/exec/context.hpp"
#include "credence/tensor/loop_nest.hpp"

#include <cuda_runtime.h>

#include <string>

/// What the CUDA sources of tensor share. Included by .cu files only.
namespace credence::detail::cuda {

inline constexpr int threads_per_block = 256;

inline void check_status(const char* where, cudaError_t status) {
  if (status == cudaSuccess) return;
  throw device_error(std::string(where) + ": the device reports " + cudaGetErrorString(status));
}
inline void check_launch(const char* where) { check_status(where, cudaGetLastError()); }

inline cudaStream_t stream_of(const exec::context& ctx) { return static_cast<cudaStream_t>(ctx.stream); }

/// Makes the context's device the current one, and puts the former back.
class on_device {
 public:
  explicit on_device(const exec::context& ctx) {
    check_status("exec::cuda", cudaGetDevice(&former_));
    check_status("exec::cuda", cudaSetDevice(ctx.device));
  }
  ~on_device() { cudaSetDevice(former_); }
  on_device(const on_device&) = delete;
  on_device& operator=(const on_device&) = delete;

 private:
  int former_ = 0;
};

/// Blocks of a grid-stride loop: enough to fill any device, few enough to launch quickly.
inline int blocks_for(std::int64_t n) {
  const std::int64_t blocks = (n + threads_per_block - 1) / threads_per_block;
  return static_cast<int>(blocks < 8192 ? blocks : 8192);
}

__device__ inline std::int64_t first_index() {
  return static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
}
__device__ inline std::int64_t index_step() { return static_cast<std::int64_t>(gridDim.x) * blockDim.x; }

/// The operands' offsets at step i of a nest.
template <int K>
__device__ inline void offsets_at(const loop_nest<K>& nest, std::int64_t i, std::int64_t (&at)[K]) {
  for (int k = 0; k < K; ++k) at[k] = 0;
  for (int d = nest.rank - 1; d >= 0; --d) {
    const std::int64_t index = i % nest.extent[d];
    i /= nest.extent[d];
    for (int k = 0; k < K; ++k) at[k] += index * nest.stride[d][k];
  }
}

}  // namespace credence::detail::cuda
