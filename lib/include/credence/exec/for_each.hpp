// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"

#include <algorithm>
#include <cstdint>

namespace credence::exec {

namespace detail {

/// Runs body(state, task) for task = 0..tasks-1 on up to ctx.threads threads; the caller takes part. Tasks are handed
/// out dynamically, in order. Called from inside a parallel region it runs serially. The first exception is thrown
/// again here, after all running tasks have ended.
void run_tasks(const context& ctx, std::int64_t tasks, void (*body)(const void*, std::int64_t), const void* state);

}  // namespace detail

/// True in the body of a parallel loop: further loops started there run serially.
bool inside_parallel_region();

/// Calls f(task) once for every task in 0..tasks-1, in no particular order, in parallel. For tasks worth at least some
/// microseconds each; `for_each` is for loops over elements.
template <class F>
void for_each_task(const context& ctx, std::int64_t tasks, const F& f) {
  if (tasks <= 0) return;
  if (ctx.threads <= 1 || tasks == 1) {
    for (std::int64_t task = 0; task < tasks; ++task) f(task);
    return;
  }
  detail::run_tasks(
      ctx, tasks, [](const void* state, std::int64_t task) { (*static_cast<const F*>(state))(task); }, &f);
}

/// Elements below which a loop of cheap steps is not worth waking threads for (measured; see docs/design/exec.md).
inline constexpr std::int64_t serial_threshold = 16384;

/// Calls f(begin, end) on consecutive ranges that cover 0..n-1. The ranges depend on n and grain only, never on the
/// number of threads.
template <class F>
void for_each_range(const context& ctx, std::int64_t n, const F& f, std::int64_t grain = serial_threshold) {
  if (n <= 0) return;
  const std::int64_t ranges = (n + grain - 1) / grain;
  for_each_task(ctx, ranges, [&](std::int64_t r) { f(r * grain, std::min(n, (r + 1) * grain)); });
}

/// Calls f(i) for i in 0..n-1 on the CPU. `f` is a named functor or a lambda; the loop is compiled where it is called,
/// so it vectorises.
template <class F>
void for_each(const context& ctx, std::int64_t n, const F& f, std::int64_t grain = serial_threshold) {
  for_each_range(
      ctx, n,
      [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) f(i);
      },
      grain);
}

}  // namespace credence::exec
