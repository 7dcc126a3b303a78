// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

namespace credence::exec {

enum class backend : std::uint8_t { cpu, cuda };

/// Where work runs: a plain value, passed as the first argument of everything that runs in parallel.
/// Results never depend on `threads`.
struct context {
  backend where = backend::cpu;
  int threads = 1;         ///< CPU threads; at least 1
  int device = -1;         ///< CUDA device ordinal; -1 on the CPU
  void* stream = nullptr;  ///< CUDA stream; null is the default stream
};

/// The CPU with that many threads; 0 takes all cores the process may use.
/// @throws domain_error  when `threads` is negative
context cpu(int threads = 0);

/// One CUDA device.
/// @throws not_built_error  when this build has no CUDA
/// @throws device_error     when there is no such device
context cuda(int device = 0);

/// Cores the process may use (its affinity mask), at least 1.
int available_threads();

/// Whether this build has CUDA, and how many devices there are (0 without).
bool built_with_cuda();
int cuda_device_count();

}  // namespace credence::exec
