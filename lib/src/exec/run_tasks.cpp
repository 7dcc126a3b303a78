// SPDX-License-Identifier: BSD-3-Clause
// The one place where CPU threads are made: a pool that lives as long as the process and serves loops from any number
// of calling threads at once. (OpenMP teams were measured beside it; see docs/design/exec.md.)
#include "credence/exec/for_each.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace credence::exec {

namespace {

thread_local bool in_region = false;

/// How often a thread looks for work, or for the end of others' work, before it sleeps: some microseconds, about what
/// waking costs.
constexpr int spins_before_sleep = 2000;

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

/// What the threads of one loop share.
struct shared_loop {
  std::int64_t tasks;
  void (*body)(const void*, std::int64_t);
  const void* state;
  int helpers_wanted;
  int helpers_joined = 0;              // under the pool's mutex
  std::atomic<int> helpers_inside{0};  // changed under the mutex, read without it
  std::atomic<std::int64_t> next{0};
  std::atomic<bool> failed{false};
  std::exception_ptr first_error{};
  std::mutex error_guard{};

  void work() {
    in_region = true;
    for (std::int64_t task = next.fetch_add(1); task < tasks && !failed.load(); task = next.fetch_add(1)) {
      try {
        body(state, task);
      } catch (...) {
        const std::lock_guard<std::mutex> lock(error_guard);
        if (!failed.exchange(true)) first_error = std::current_exception();
      }
    }
    in_region = false;
  }
};

class thread_pool {
 public:
  ~thread_pool() {
    {
      const std::lock_guard<std::mutex> lock(guard_);
      stop_ = true;
      ++generation_;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  void run(shared_loop& loop) {
    {
      const std::lock_guard<std::mutex> lock(guard_);
      grow(loop.helpers_wanted);
      loops_.push_back(&loop);
      ++generation_;
    }
    if (sleeping_.load() > 0) {
      if (loop.helpers_wanted == 1) {
        wake_.notify_one();
      } else {
        wake_.notify_all();
      }
    }
    loop.work();
    {
      const std::lock_guard<std::mutex> lock(guard_);
      loops_.erase(std::find(loops_.begin(), loops_.end(), &loop));
    }
    // Nobody joins any more; wait for those inside.
    for (int spin = 0; spin < spins_before_sleep && loop.helpers_inside.load() > 0; ++spin) pause();
    if (loop.helpers_inside.load() > 0) {
      std::unique_lock<std::mutex> lock(guard_);
      left_.wait(lock, [&] { return loop.helpers_inside.load() == 0; });
    }
  }

 private:
  /// As many threads as somebody asked for at once; if the system gives no more, fewer do the work.
  void grow(int helpers) {
    while (static_cast<int>(threads_.size()) < helpers) {
      try {
        threads_.emplace_back([this] { serve(); });
      } catch (const std::system_error&) {
        return;
      }
    }
  }

  shared_loop* find_loop() {
    for (shared_loop* loop : loops_) {
      if (loop->helpers_joined < loop->helpers_wanted && loop->next.load() < loop->tasks) return loop;
    }
    return nullptr;
  }

  void serve() {
    std::unique_lock<std::mutex> lock(guard_);
    while (!stop_) {
      shared_loop* loop = find_loop();
      if (loop == nullptr) {
        wait_for_work(lock);
        continue;
      }
      ++loop->helpers_joined;
      loop->helpers_inside.fetch_add(1);
      lock.unlock();
      loop->work();
      lock.lock();
      // Under the mutex, so that the loop's owner cannot miss the call below and go on sleeping.
      if (loop->helpers_inside.fetch_sub(1) == 1) left_.notify_all();
    }
  }

  void wait_for_work(std::unique_lock<std::mutex>& lock) {
    const std::uint64_t seen = generation_.load();
    lock.unlock();
    for (int spin = 0; spin < spins_before_sleep && generation_.load() == seen; ++spin) pause();
    lock.lock();
    if (generation_.load() != seen) return;
    ++sleeping_;
    wake_.wait(lock, [&] { return generation_.load() != seen; });
    --sleeping_;
  }

  std::mutex guard_;
  std::condition_variable wake_, left_;
  std::vector<std::thread> threads_;
  std::vector<shared_loop*> loops_;
  std::atomic<std::uint64_t> generation_{0};  // raised under the mutex whenever there is something new
  std::atomic<int> sleeping_{0};
  bool stop_ = false;
};

thread_pool& pool() {
  static thread_pool one;
  return one;
}

}  // namespace

bool inside_parallel_region() { return in_region; }

void detail::run_tasks(const context& ctx, std::int64_t tasks, void (*body)(const void*, std::int64_t),
                       const void* state) {
  const int threads = static_cast<int>(std::min<std::int64_t>(ctx.threads, tasks));
  if (threads <= 1 || in_region) {
    for (std::int64_t task = 0; task < tasks; ++task) body(state, task);
    return;
  }
  shared_loop loop{tasks, body, state, threads - 1};
  pool().run(loop);
  if (loop.first_error) std::rethrow_exception(loop.first_error);
}

}  // namespace credence::exec
