// SPDX-License-Identifier: BSD-3-Clause
#include "credence/exec/context.hpp"

#include "credence/base/check.hpp"

#include <algorithm>
#include <thread>

#ifdef __linux__
#include <sched.h>
#endif

namespace credence::exec {

int available_threads() {
#ifdef __linux__
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) return std::max(1, CPU_COUNT(&allowed));
#endif
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

context cpu(int threads) {
  check::at_least("exec::cpu", "threads", threads, 0);
  return {backend::cpu, threads == 0 ? available_threads() : threads, -1, nullptr};
}

#ifndef CREDENCE_HAVE_CUDA
context cuda(int) { throw not_built_error("exec::cuda: this build has no CUDA (configure with -DCREDENCE_CUDA=ON)"); }
bool built_with_cuda() { return false; }
int cuda_device_count() { return 0; }
#endif

}  // namespace credence::exec
