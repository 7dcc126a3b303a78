// SPDX-License-Identifier: BSD-3-Clause
// `credence approximate td` and `q-learning`: values of two small processes, with their exact values beside them.
#include "credence/approximate_common.hpp"

#include "credence/optim/temporal_difference.hpp"
#include "credence/processes/decision_process.hpp"
#include "credence/random/uniform.hpp"

#include <cmath>

namespace credence::app {
namespace {

struct options {
  std::int64_t steps = 0;  // 0: what suits the method
  std::int64_t replicates = 20;
  double gain = 0.0, exponent = 0.8, lambda = 0.0, level = 0.95;
};

/// The mean over replicates, which are independent, and its interval by Student's t.
document describe(const std::vector<std::vector<double>>& runs, const std::vector<double>& exact, const options& given,
                  std::int64_t steps) {
  interval_estimate all;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    running_mean mean;
    for (const std::vector<double>& run : runs) mean.add(run[i]);
    const interval_estimate one = mean.interval(given.level);
    all.estimate.push_back(one.estimate[0]);
    all.std_error.push_back(one.std_error[0]);
    all.lower.push_back(one.lower[0]);
    all.upper.push_back(one.upper[0]);
  }
  all.steps = steps;
  document shown = interval_document(all);
  shown.data["exact"] = exact;
  shown.data["replicates"] = given.replicates;
  table_text& table = shown.tables.front();
  table.columns.emplace_back("exact");
  for (std::size_t i = 0; i < exact.size(); ++i) table.rows[i].emplace_back(exact[i]);
  return shown;
}

/// Five states in a row; both ends stop, the right one pays 1.
document random_walk(const options& given, session& now) {
  const std::int64_t episodes = given.steps == 0 ? 1000 : given.steps;
  const step_schedule steps = polynomial_steps(given.gain == 0.0 ? 1.0 : given.gain, given.exponent, 10.0);
  std::vector<std::vector<double>> runs;
  std::int64_t taken = 0;
  for (std::int64_t r = 0; r < given.replicates; ++r) {
    const rng_key key = rng_key{now.seed, 0}.split(purpose::data_simulation, static_cast<std::uint64_t>(r));
    td_learner values(5, 1.0, given.lambda, 0.5);
    std::uint64_t draw = 0;
    for (std::int64_t e = 0; e < episodes; ++e) {
      for (std::int64_t s = 2; s >= 0 && s < 5; ++taken) {
        const std::int64_t next = random::uniform<double>(key, draw++) < 0.5 ? s - 1 : s + 1;
        values.update(s, next == 5 ? 1.0 : 0.0, next < 0 || next == 5 ? -1 : next, steps(e));
        s = next;
      }
    }
    runs.push_back(values.values());
  }
  return describe(runs, {1.0 / 6, 2.0 / 6, 3.0 / 6, 4.0 / 6, 5.0 / 6}, given, taken);
}

/// Two states: action 0 stays with 0.7, action 1 moves with 0.9.
document two_states(const options& given, session& now) {
  const std::int64_t steps = given.steps == 0 ? 100000 : given.steps;
  const double reward[2][2] = {{1.0, 0.0}, {0.5, 2.0}}, discount = 0.9;
  processes::decision_process process(2);
  for (std::int64_t s = 0; s < 2; ++s) {
    process.add_action(s, {{s, 0.7, reward[s][0]}, {1 - s, 0.3, reward[s][0]}});
    process.add_action(s, {{s, 0.1, reward[s][1]}, {1 - s, 0.9, reward[s][1]}});
  }
  const std::vector<double> best = policy_iteration(process, discount).values;
  std::vector<double> exact;
  for (std::int64_t s = 0; s < 2; ++s) {
    for (std::int64_t a = 0; a < 2; ++a) exact.push_back(action_value(process, s, a, discount, best));
  }
  std::vector<std::vector<double>> runs;
  for (std::int64_t r = 0; r < given.replicates; ++r) {
    const rng_key key = rng_key{now.seed, 0}.split(purpose::data_simulation, static_cast<std::uint64_t>(r));
    const rng_key choices = rng_key{now.seed, 0}.split(purpose::proposal, static_cast<std::uint64_t>(r));
    const double gain = given.gain == 0.0 ? 5.0 : given.gain;
    action_values q(2, 2, discount);
    std::int64_t s = 0;
    for (std::int64_t k = 0; k < steps; ++k) {
      const auto index = static_cast<std::uint64_t>(k);
      const std::int64_t a = random::uniform<double>(choices, index) < 0.5 ? 0 : 1;
      const processes::outcome after = process.sample(s, a, key, index);
      const double step = std::min(1.0, gain * std::pow(gain + static_cast<double>(q.visits(s, a)), -given.exponent));
      q.q_learning(s, a, after.reward, after.next, step);
      s = after.next;
    }
    runs.push_back({q(0, 0), q(0, 1), q(1, 0), q(1, 1)});
  }
  return describe(runs, exact, given, steps * given.replicates);
}

void declare_shared(CLI::App& app, options& given) {
  app.add_option("--replicates", given.replicates, "independent runs, whose spread gives the error")
      ->check(between(2, 100000))
      ->option_text("N");
  app.add_option("--gain", given.gain, "of the steps")->check(positive())->option_text("A")->default_str("");
  app.add_option("--gain-exponent", given.exponent, "of the steps")->check(between_0_and_1())->option_text("B");
  app.add_option("--level", given.level, "of the interval")->check(between_0_and_1())->option_text("P");
}

void declare_td(CLI::App& app, options& given) {
  app.add_option("--episodes", given.steps, "of each run (1000)")
      ->check(at_least(1))
      ->option_text("N")
      ->default_str("");
  app.add_option("--lambda", given.lambda, "of the traces")->check(between_0_and_1())->option_text("L");
  declare_shared(app, given);
}

void declare_q(CLI::App& app, options& given) {
  app.add_option("--steps", given.steps, "of each run (100000)")->check(at_least(1))->option_text("N")->default_str("");
  declare_shared(app, given);
}

}  // namespace

void add_approximate_values(program& all) {
  all.add({.name = "approximate td",
           .summary = "TD(lambda) on a random walk of five states, with the exact values",
           .example = "credence approximate td --lambda 0.5 --seed 1",
           .csv = true,
           .random = true},
          declare_td, random_walk);
  all.add({.name = "approximate q-learning",
           .summary = "Q-learning on two states and two actions, with the exact values",
           .example = "credence approximate q-learning --steps 200000 --seed 1",
           .csv = true,
           .random = true},
          declare_q, two_states);
}

}  // namespace credence::app
