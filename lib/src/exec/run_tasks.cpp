// SPDX-License-Identifier: BSD-3-Clause
// The one place where CPU threads are made: OpenMP's team where OpenMP is found, else std::thread.
#include "credence/exec/for_each.hpp"

#include <atomic>
#include <exception>
#include <mutex>

#ifdef _OPENMP
#include <omp.h>
#else
#include <thread>
#include <vector>
#endif

namespace credence::exec {

namespace {

thread_local bool in_region = false;

/// What the threads of one loop share.
struct shared_loop {
  std::int64_t tasks;
  void (*body)(const void*, std::int64_t);
  const void* state;
  std::atomic<std::int64_t> next{0};
  std::atomic<bool> failed{false};
  std::exception_ptr first_error{};
  std::mutex guard{};

  void work() {
    in_region = true;
    for (std::int64_t task = next.fetch_add(1); task < tasks && !failed.load(); task = next.fetch_add(1)) {
      try {
        body(state, task);
      } catch (...) {
        const std::lock_guard<std::mutex> lock(guard);
        if (!failed.exchange(true)) first_error = std::current_exception();
      }
    }
    in_region = false;
  }
};

}  // namespace

bool inside_parallel_region() { return in_region; }

void detail::run_tasks(const context& ctx, std::int64_t tasks, void (*body)(const void*, std::int64_t),
                       const void* state) {
  const int threads = static_cast<int>(std::min<std::int64_t>(ctx.threads, tasks));
  if (threads <= 1 || in_region) {
    for (std::int64_t task = 0; task < tasks; ++task) body(state, task);
    return;
  }
  shared_loop loop{tasks, body, state};
#ifdef _OPENMP
#pragma omp parallel num_threads(threads)
  loop.work();
#else
  std::vector<std::thread> others;
  others.reserve(static_cast<std::size_t>(threads - 1));
  for (int t = 1; t < threads; ++t) others.emplace_back([&loop] { loop.work(); });
  loop.work();
  for (auto& thread : others) thread.join();
#endif
  if (loop.first_error) std::rethrow_exception(loop.first_error);
}

}  // namespace credence::exec
