// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/permutation.hpp"

#include "credence/base/errors.hpp"
#include "support/catch.hpp"
#include "support/sample_tests.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <vector>

using namespace credence;
using test::smallest_p;

namespace {

rng_key test_key(std::uint64_t seed, std::uint64_t replicate) {
  return rng_key{seed, 0}.split(purpose::test, 5, replicate);
}

/// All outcomes of a choice counted: the p-value of their probabilities.
template <class Choose>
double p_value(const std::map<std::vector<std::int64_t>, double>& probabilities, const Choose& choose) {
  constexpr int repeats = 12000;
  std::map<std::vector<std::int64_t>, double> seen;
  for (int i = 0; i < repeats; ++i) ++seen[choose(static_cast<std::uint64_t>(i))];
  std::vector<double> counts, expected;
  for (const auto& [outcome, probability] : probabilities) {
    counts.push_back(seen[outcome]);
    expected.push_back(repeats * probability);
    seen.erase(outcome);
  }
  if (!std::all_of(seen.begin(), seen.end(), [](const auto& entry) { return entry.second == 0; })) return 0.0;
  return test::chi_square(counts, expected);
}

/// Every ordered choice of `count` from 0..n-1 with its probability when drawn one after the other by weight.
std::map<std::vector<std::int64_t>, double> ordered_choices(const std::vector<double>& weights, std::size_t count) {
  std::map<std::vector<std::int64_t>, double> result{{{}, 1.0}};
  for (std::size_t step = 0; step < count; ++step) {
    std::map<std::vector<std::int64_t>, double> longer;
    for (const auto& [chosen, probability] : result) {
      double left = std::accumulate(weights.begin(), weights.end(), 0.0);
      for (const std::int64_t c : chosen) left -= weights[static_cast<std::size_t>(c)];
      for (std::size_t k = 0; k < weights.size(); ++k) {
        if (weights[k] == 0.0 || std::count(chosen.begin(), chosen.end(), static_cast<std::int64_t>(k)) > 0) continue;
        auto next = chosen;
        next.push_back(static_cast<std::int64_t>(k));
        longer[next] = probability * weights[k] / left;
      }
    }
    result = longer;
  }
  return result;
}

}  // namespace

TEST_CASE("permutation: every order is equally likely", "[tensor][random][permutation]") {
  const std::uint64_t seed = GENERATE(1, 42, 77);
  CHECK(p_value(ordered_choices({1, 1, 1, 1}, 4),
                [&](std::uint64_t i) { return random::permutation(exec::cpu(1), test_key(seed, i), 4); }) > smallest_p);
}

TEST_CASE("permutation: is one, for any number of threads the same", "[tensor][random][permutation]") {
  const std::int64_t n = GENERATE(0, 1, 2, 1000, 100003);
  const std::vector<std::int64_t> order = random::permutation(exec::cpu(1), test_key(3, 0), n);
  CHECK(random::permutation(exec::cpu(2), test_key(3, 0), n) == order);
  CHECK(random::permutation(exec::cpu(5), test_key(3, 0), n) == order);
  std::vector<std::int64_t> sorted(order), all(static_cast<std::size_t>(n));
  std::sort(sorted.begin(), sorted.end());
  std::iota(all.begin(), all.end(), 0);
  CHECK(sorted == all);
}

TEST_CASE("choice_without_replacement: every ordered choice is equally likely", "[tensor][random][choice]") {
  const std::uint64_t seed = GENERATE(1, 42, 77);
  // 2 of 5 by sorting, and 2 of 40 by Floyd's method
  CHECK(p_value(ordered_choices(std::vector<double>(5, 1.0), 2), [&](std::uint64_t i) {
          return random::choice_without_replacement(exec::cpu(1), test_key(seed, i), 5, 2);
        }) > smallest_p);
  CHECK(p_value(ordered_choices(std::vector<double>(40, 1.0), 2), [&](std::uint64_t i) {
          return random::choice_without_replacement(exec::cpu(1), test_key(seed, i), 40, 2);
        }) > smallest_p);
}

TEST_CASE("choices: different, in range, for any number of threads the same", "[tensor][random][choice]") {
  const auto [n, count] = GENERATE(
      table<std::int64_t, std::int64_t>({{0, 0}, {1, 1}, {10, 10}, {1000, 3}, {1000000000000, 1000}, {50000, 40000}}));
  const auto chosen = random::choice_without_replacement(exec::cpu(1), test_key(9, 0), n, count);
  CHECK(random::choice_without_replacement(exec::cpu(4), test_key(9, 0), n, count) == chosen);
  std::vector<std::int64_t> sorted(chosen);
  std::sort(sorted.begin(), sorted.end());
  CHECK(static_cast<std::int64_t>(sorted.size()) == count);
  CHECK(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end());
  if (count > 0) CHECK((sorted.front() >= 0 && sorted.back() < n));
  CHECK(random::choice_with_replacement(exec::cpu(1), test_key(9, 0), 7, 40000) ==
        random::choice_with_replacement(exec::cpu(3), test_key(9, 0), 7, 40000));
}

TEST_CASE("weighted choices: follow the weights", "[tensor][random][choice]") {
  const std::uint64_t seed = GENERATE(1, 42, 77);
  const std::vector<double> weights{0.5, 0.0, 3.0, 1.5};
  CHECK(p_value(ordered_choices(weights, 2), [&](std::uint64_t i) {
          return random::weighted_choice_without_replacement(exec::cpu(1), test_key(seed, i), weights, 2);
        }) > smallest_p);
  CHECK(p_value(ordered_choices(weights, 3), [&](std::uint64_t i) {
          return random::weighted_choice_without_replacement(exec::cpu(2), test_key(seed, i), weights, 3);
        }) > smallest_p);
  std::vector<double> counts(4, 0.0);
  for (const std::int64_t k :
       random::weighted_choice_with_replacement(exec::cpu(2), test_key(seed, 0), weights, 50000)) {
    ++counts.at(static_cast<std::size_t>(k));
  }
  CHECK(counts[1] == 0.0);
  CHECK(test::chi_square({counts[0], counts[2], counts[3]}, {5000, 30000, 15000}) > smallest_p);
}

TEST_CASE("weighted choices: extreme weights neither overflow nor vanish", "[tensor][random][choice]") {
  const std::vector<double> weights{1e-300, 1e300, 1e-310};
  const auto order = random::weighted_choice_without_replacement(exec::cpu(1), test_key(1, 1), weights, 3);
  CHECK(order[0] == 1);
  CHECK(order[1] == 0);
}

TEST_CASE("choices: refuse what cannot be", "[tensor][random][choice]") {
  const exec::context ctx = exec::cpu(1);
  const std::vector<double> weights{1.0, 0.0}, negative{1.0, -1.0};
  CHECK_THROWS_AS(random::permutation(ctx, test_key(1, 1), -1), domain_error);
  CHECK_THROWS_WITH(random::choice_without_replacement(ctx, test_key(1, 1), 3, 4), Contains("count is 4"));
  CHECK_THROWS_AS(random::choice_with_replacement(ctx, test_key(1, 1), 0, 1), domain_error);
  CHECK_THROWS_AS(random::weighted_choice_without_replacement(ctx, test_key(1, 1), weights, 2), domain_error);
  CHECK_THROWS_AS(random::weighted_choice_without_replacement(ctx, test_key(1, 1), negative, 1), domain_error);
  CHECK_THROWS_AS(random::weighted_choice_with_replacement(ctx, test_key(1, 1), negative, 1), domain_error);
}
