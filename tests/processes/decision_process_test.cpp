// SPDX-License-Identifier: BSD-3-Clause
#include "credence/processes/decision_process.hpp"
#include "credence/base/errors.hpp"
#include "credence/random/uniform.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <cmath>

using namespace credence;
using namespace credence::processes;

namespace {

decision_process random_process(std::int64_t states, std::int64_t actions, std::uint64_t seed) {
  decision_process out(states);
  std::uint64_t index = 0;
  const auto draw = [&] { return random::uniform<double>({seed, 0}, index++); };
  for (std::int64_t s = 0; s < states; ++s) {
    for (std::int64_t k = 0; k < actions; ++k) {
      const double share = draw();
      const auto a = static_cast<std::int64_t>(draw() * static_cast<double>(states));
      const auto b = static_cast<std::int64_t>(draw() * static_cast<double>(states));
      out.add_action(s, {{a, share, draw()}, {b, 1.0 - share, draw() - 0.5}});
    }
  }
  return out;
}

}  // namespace

TEST_CASE("decision process: iteration over values and policies finds the best of all policies",
          "[processes][decision_process]") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const decision_process process = random_process(4, 3, seed);
    std::vector<double> best(4, -1e300);
    std::vector<std::int64_t> actions(4);
    for (int code = 0; code < 81; ++code) {
      for (int s = 0, rest = code; s < 4; ++s, rest /= 3) actions[static_cast<std::size_t>(s)] = rest % 3;
      const std::vector<double> values = evaluate(process, deterministic_policy(process, actions), 0.9);
      for (std::size_t s = 0; s < 4; ++s) best[s] = std::max(best[s], values[s]);
    }
    const optimal_values by_values = value_iteration(process, 0.9), by_policies = policy_iteration(process, 0.9);
    CHECK(by_values.converged);
    CHECK(by_policies.converged);
    CHECK(by_values.actions == by_policies.actions);
    for (std::size_t s = 0; s < 4; ++s) {
      CHECK_THAT(by_policies.values[s], WithinAbs(best[s], 1e-12));
      CHECK_THAT(by_values.values[s], WithinAbs(best[s], 1e-11));  // tolerance / (1 - discount)
    }
  }
}

TEST_CASE("decision process: evaluation satisfies Bellman's equation", "[processes][decision_process]") {
  const decision_process process = random_process(20, 4, 9);
  const policy how = uniform_policy(process);
  const std::vector<double> values = evaluate(process, how, 0.95);
  for (std::int64_t s = 0; s < 20; ++s) {
    double sum = 0.0;
    for (std::int64_t k = 0; k < 4; ++k) sum += 0.25 * action_value(process, s, k, 0.95, values);
    CHECK_THAT(values[static_cast<std::size_t>(s)], WithinAbs(sum, 1e-13));
  }
}

TEST_CASE("decision process: samples follow the law", "[processes][decision_process]") {
  decision_process process(2);
  process.add_action(0, {{0, 0.3, 1.0}, {1, 0.7, 2.0}});
  const int n = 20000;
  double ones = 0.0;
  for (std::uint64_t i = 0; i < n; ++i) ones += static_cast<double>(process.sample(0, 0, {3, 1}, i).next);
  CHECK_THAT(ones / n, WithinAbs(0.7, 5.0 * std::sqrt(0.21 / n)));  // five standard errors: 6e-7
}

TEST_CASE("decision process: refuses what is none", "[processes][decision_process]") {
  decision_process process(2);
  CHECK_THROWS_AS(decision_process(0), domain_error);
  CHECK_THROWS_WITH(process.add_action(0, {{0, 0.5, 0.0}}), Contains("sum of the probabilities is 0.5"));
  CHECK_THROWS_WITH(process.add_action(0, {{2, 1.0, 0.0}}), Contains("a next state is 2"));
  CHECK_THROWS_WITH(process.add_action(5, {{0, 1.0, 0.0}}), Contains("state is 5"));
  process.add_action(0, {{0, 1.0, 1.0}});
  CHECK_THROWS_WITH(evaluate(process, uniform_policy(process), 1.0), Contains("may never end"));
  CHECK_THROWS_WITH(evaluate(process, uniform_policy(process), 1.5), Contains("discount is 1.5"));
  CHECK_THROWS_WITH(evaluate(process, {{0.5}, {}}, 0.5), Contains("policy in state 0"));
  CHECK_THROWS_AS(evaluate(process, {{1.0}}, 0.5), shape_error);
  CHECK_THROWS_AS(policy_iteration(process, 1.0), domain_error);
  CHECK_FALSE(value_iteration(process, 1.0, {.max_iterations = 50}).converged);
}
