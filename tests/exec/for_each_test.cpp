// SPDX-License-Identifier: BSD-3-Clause
#include "credence/exec/for_each.hpp"

#include "credence/base/errors.hpp"
#include "support/catch.hpp"

#include <stdexcept>
#include <vector>

using namespace credence;

TEST_CASE("for_each: visits every index once, for any number of threads", "[exec][for_each]") {
  const int threads = GENERATE(1, 2, 5);
  const std::int64_t n = GENERATE(0, 1, 31, 16384, 16385, 100003);
  std::vector<int> visits(static_cast<std::size_t>(n), 0);
  exec::for_each(
      exec::cpu(threads), n, [&](std::int64_t i) { ++visits[static_cast<std::size_t>(i)]; }, 1000);
  CHECK(std::all_of(visits.begin(), visits.end(), [](int v) { return v == 1; }));
}

TEST_CASE("for_each_task: an exception in a task reaches the caller", "[exec][for_each]") {
  const int threads = GENERATE(1, 3);
  CHECK_THROWS_AS(exec::for_each_task(exec::cpu(threads), 100,
                                      [](std::int64_t task) {
                                        if (task == 42) throw std::runtime_error("task 42");
                                      }),
                  std::runtime_error);
}

TEST_CASE("for_each_task: a loop inside a loop runs serially", "[exec][for_each]") {
  std::vector<int> visits(64, 0);
  exec::for_each_task(exec::cpu(2), 8, [&](std::int64_t outer) {
    exec::for_each_task(exec::cpu(2), 8,
                        [&](std::int64_t inner) { ++visits[static_cast<std::size_t>(outer * 8 + inner)]; });
  });
  CHECK(std::all_of(visits.begin(), visits.end(), [](int v) { return v == 1; }));
}

TEST_CASE("context: refuses what is not there", "[exec][context]") {
  CHECK_THROWS_WITH(exec::cpu(-1), Contains("threads is -1"));
  if (!exec::built_with_cuda()) CHECK_THROWS_AS(exec::cuda(), not_built_error);
}
