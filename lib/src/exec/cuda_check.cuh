// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/errors.hpp"
#include "credence/exec/context.hpp"

#include <cuda_runtime.h>

#include <string>

namespace credence::exec {

/// Throws what a failed CUDA call means, naming the call.
inline void cuda_check(cudaError_t status, const char* what) {
  if (status == cudaSuccess) return;
  const std::string message = std::string(what) + ": " + cudaGetErrorString(status);
  if (status == cudaErrorMemoryAllocation) throw memory_error(message);
  throw device_error(message);
}

inline cudaStream_t stream_of(const context& ctx) { return static_cast<cudaStream_t>(ctx.stream); }

/// Makes the context's device current for a scope.
class device_scope {
 public:
  explicit device_scope(const context& ctx) {
    cuda_check(cudaGetDevice(&before_), "cudaGetDevice");
    if (ctx.device != before_) cuda_check(cudaSetDevice(ctx.device), "cudaSetDevice");
  }
  ~device_scope() { cudaSetDevice(before_); }
  device_scope(const device_scope&) = delete;
  device_scope& operator=(const device_scope&) = delete;

 private:
  int before_ = 0;
};

}  // namespace credence::exec
