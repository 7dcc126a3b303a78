// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string_view>

namespace credence {

/// What a long computation tells while it runs. The library never prints; an app turns these into a bar.
struct progress_event {
  std::string_view phase;  ///< "warm-up", "sampling", ...
  std::int64_t done = 0;   ///< units of work finished
  std::int64_t total = 0;  ///< units of work in all, 0 when unknown
};

/// Called from the thread that started the computation, or from one worker at a time.
using progress_callback = std::function<void(const progress_event&)>;

/// Set from a signal handler or another thread; long loops look at it between units of work, keep what is finished and
/// return with the reason `interrupted`.
class interrupt_flag {
 public:
  void request() noexcept { requested_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool requested() const noexcept { return requested_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> requested_{false};
};

}  // namespace credence
