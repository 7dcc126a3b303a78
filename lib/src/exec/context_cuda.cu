// SPDX-License-Identifier: BSD-3-Clause
// Devices, their memory, and copies.
#include "credence/base/check.hpp"
#include "exec/cuda_backend.hpp"
#include "exec/cuda_check.cuh"

#include <algorithm>

namespace credence::exec {

bool built_with_cuda() { return true; }

int cuda_device_count() {
  int count = 0;
  return cudaGetDeviceCount(&count) == cudaSuccess ? count : 0;
}

context cuda(int device) {
  const int count = cuda_device_count();
  if (count == 0) throw device_error("exec::cuda: this machine has no usable CUDA device");
  if (device < 0 || device >= count) {
    throw device_error("exec::cuda: device is " + std::to_string(device) + ", but must be from 0 to " +
                       std::to_string(count - 1));
  }
  context ctx;
  ctx.where = backend::cuda;
  ctx.device = device;
  return ctx;
}

namespace cuda_backend {

void* allocate(const context& ctx, std::int64_t bytes) {
  const device_scope scope(ctx);
  void* memory = nullptr;
  cuda_check(cudaMalloc(&memory, static_cast<std::size_t>(bytes)), "exec::buffer");
  return memory;
}

void deallocate(const context& ctx, void* memory) noexcept {
  // The destructor of a buffer has nobody to tell: a failure here shows at the next call.
  int before = 0;
  cudaGetDevice(&before);
  cudaSetDevice(ctx.device);
  cudaFree(memory);
  cudaSetDevice(before);
}

void copy_async(const context& to_where, void* to, const context& from_where, const void* from, std::int64_t bytes) {
  const context& device = to_where.where == backend::cuda ? to_where : from_where;
  const device_scope scope(device);
  cuda_check(cudaMemcpyAsync(to, from, static_cast<std::size_t>(bytes), cudaMemcpyDefault, stream_of(device)),
             "exec::copy");
}

void synchronize(const context& ctx) {
  const device_scope scope(ctx);
  cuda_check(cudaStreamSynchronize(stream_of(ctx)), "exec::synchronize");
}

}  // namespace cuda_backend
}  // namespace credence::exec
