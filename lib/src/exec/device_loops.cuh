// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "exec/cuda_check.cuh"

#include <thrust/iterator/counting_iterator.h>
#include <thrust/iterator/transform_iterator.h>
#include <cub/device/device_for.cuh>
#include <cub/device/device_reduce.cuh>
#include <cub/device/device_scan.cuh>

#include <cstdint>

// Loops over named functors on a device, for the .cu sources of every module. A functor is the one that
// exec::for_each, reduce and the scans take on the CPU: its call operator is marked CREDENCE_HD.
namespace credence::exec {

/// Scratch memory of a stream, given back in stream order.
class stream_scratch {
 public:
  stream_scratch(const context& ctx, std::size_t bytes) : stream_(stream_of(ctx)) {
    if (bytes > 0) cuda_check(cudaMallocAsync(&memory_, bytes, stream_), "cudaMallocAsync");
  }
  ~stream_scratch() {
    if (memory_ != nullptr) cudaFreeAsync(memory_, stream_);
  }
  stream_scratch(const stream_scratch&) = delete;
  stream_scratch& operator=(const stream_scratch&) = delete;
  void* data() { return memory_; }

 private:
  cudaStream_t stream_;
  void* memory_ = nullptr;
};

/// Runs a CUB algorithm: once to ask for its scratch memory, once to work. call(scratch, bytes) returns a status.
template <class Call>
void with_scratch(const context& ctx, const char* what, const Call& call) {
  std::size_t bytes = 0;
  cuda_check(call(nullptr, bytes), what);
  stream_scratch scratch(ctx, bytes > 0 ? bytes : 1);
  cuda_check(call(scratch.data(), bytes), what);
}

/// f(i) for i = 0..n-1, asynchronous on the context's stream.
template <class F>
void device_for_each(const context& ctx, std::int64_t n, const F& f) {
  if (n <= 0) return;
  const device_scope scope(ctx);
  cuda_check(cub::DeviceFor::Bulk(n, f, stream_of(ctx)), "exec::device_for_each");
}

/// Joins f(0), ..., f(n-1); waits for the result. CUB's order: equal from run to run on one kind of device.
template <class Result, class F, class Join>
Result device_transform_reduce(const context& ctx, std::int64_t n, Result identity, const F& f, const Join& join) {
  const device_scope scope(ctx);
  const cudaStream_t stream = stream_of(ctx);
  stream_scratch result(ctx, sizeof(Result));
  const auto values = thrust::make_transform_iterator(thrust::make_counting_iterator(std::int64_t{0}), f);
  with_scratch(ctx, "exec::device_transform_reduce", [&](void* scratch, std::size_t& bytes) {
    return cub::DeviceReduce::Reduce(scratch, bytes, values, static_cast<Result*>(result.data()), n, join, identity,
                                     stream);
  });
  Result value{};
  cuda_check(cudaMemcpyAsync(&value, result.data(), sizeof(Result), cudaMemcpyDeviceToHost, stream), "cudaMemcpyAsync");
  cuda_check(cudaStreamSynchronize(stream), "cudaStreamSynchronize");
  return value;
}

/// Scans by any associative join; exclusive ones start with `initial`. Asynchronous; `out` may be `in`.
template <class T, class Join>
void device_inclusive_scan(const context& ctx, const T* in, T* out, std::int64_t n, const Join& join) {
  if (n <= 0) return;
  const device_scope scope(ctx);
  with_scratch(ctx, "exec::device_inclusive_scan", [&](void* scratch, std::size_t& bytes) {
    return cub::DeviceScan::InclusiveScan(scratch, bytes, in, out, join, n, stream_of(ctx));
  });
}
template <class T, class Join>
void device_exclusive_scan(const context& ctx, const T* in, T* out, std::int64_t n, T initial, const Join& join) {
  if (n <= 0) return;
  const device_scope scope(ctx);
  with_scratch(ctx, "exec::device_exclusive_scan", [&](void* scratch, std::size_t& bytes) {
    return cub::DeviceScan::ExclusiveScan(scratch, bytes, in, out, join, initial, n, stream_of(ctx));
  });
}

}  // namespace credence::exec
