// SPDX-License-Identifier: BSD-3-Clause
// What the chains of a run share: their count of iterations, told to the caller at most twenty times a second, and the
// order to stop when the draws of one can no longer be written.
#pragma once

#include "credence/base/progress.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>

namespace credence::detail {

class progress_meter {
 public:
  progress_meter(const progress_callback& tell, std::int64_t warmup, std::int64_t sampling)
      : tell_(tell), warmup_(warmup), sampling_(sampling) {}

  /// One iteration is done. Cheap when nobody listens.
  void count() {
    if (!tell_) return;
    const std::int64_t done = done_.fetch_add(1, std::memory_order_relaxed) + 1;
    const std::int64_t now = milliseconds();
    if (done < warmup_ + sampling_ && now < next_.load(std::memory_order_relaxed)) return;
    const std::unique_lock<std::mutex> turn(guard_, std::try_to_lock);
    if (!turn.owns_lock()) return;
    next_.store(now + 50, std::memory_order_relaxed);
    const bool warming = done <= warmup_;
    tell_({warming ? "warm-up" : "sampling", warming ? done : done - warmup_, warming ? warmup_ : sampling_});
  }

  /// Iterations that a resumed chain has behind it.
  void skip(std::int64_t iterations) { done_.fetch_add(iterations, std::memory_order_relaxed); }

  void stop() { stopped_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool stopped() const { return stopped_.load(std::memory_order_relaxed); }

 private:
  static std::int64_t milliseconds() {
    using namespace std::chrono;
    return duration_cast<std::chrono::milliseconds>(steady_clock::now().time_since_epoch()).count();
  }

  const progress_callback& tell_;
  std::int64_t warmup_, sampling_;
  std::atomic<std::int64_t> done_{0};
  std::atomic<std::int64_t> next_{0};
  std::atomic<bool> stopped_{false};
  std::mutex guard_;
};

}  // namespace credence::detail
