// SPDX-License-Identifier: BSD-3-Clause
#include "credence/exec/for_each.hpp"
#include "support/catch.hpp"

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace credence;

TEST_CASE("run_tasks: loops of several calling threads run side by side", "[exec][threads]") {
  std::atomic<int> wrong{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&wrong, caller] {
      for (int repeat = 0; repeat < 200; ++repeat) {
        std::vector<int> visits(37, 0);
        exec::for_each_task(exec::cpu(1 + (caller + repeat) % 4), 37,
                            [&](std::int64_t task) { visits[static_cast<std::size_t>(task)] += 1; });
        for (const int v : visits) wrong += v == 1 ? 0 : 1;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  CHECK(wrong == 0);
}

TEST_CASE("run_tasks: goes on after exceptions, and after thousands of small loops", "[exec][threads]") {
  for (int repeat = 0; repeat < 50; ++repeat) {
    CHECK_THROWS_AS(exec::for_each_task(exec::cpu(3), 20,
                                        [&](std::int64_t task) {
                                          if (task == repeat % 20) throw std::runtime_error("one task fails");
                                        }),
                    std::runtime_error);
    CHECK(!exec::inside_parallel_region());
  }
  std::atomic<std::int64_t> sum{0};
  for (int repeat = 0; repeat < 5000; ++repeat) {
    exec::for_each_task(exec::cpu(2), 2, [&](std::int64_t task) { sum += task + 1; });
  }
  CHECK(sum == 15000);
}
