// SPDX-License-Identifier: BSD-3-Clause
#include "credence/processes/decision_process.hpp"

#include "credence/base/check.hpp"
#include "credence/processes/markov_chain.hpp"
#include "credence/random/uniform.hpp"
#include "credence/tensor/linalg.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace credence::processes {

namespace {

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

void check_discount(const char* where, double discount) {
  if (!(discount >= 0.0 && discount <= 1.0)) check::fail_domain(where, "discount", discount, "between 0 and 1");
}

}  // namespace

decision_process::decision_process(std::int64_t states) {
  check::at_least("decision_process", "states", states, 1);
  actions_.resize(at(states));
}

std::int64_t decision_process::actions(std::int64_t state) const {
  check::at_least("decision_process", "state", state, 0);
  check::less_than("decision_process", "state", state, states());
  return std::ssize(actions_[at(state)]);
}

const std::vector<outcome>& decision_process::outcomes(std::int64_t state, std::int64_t action) const {
  check::at_least("decision_process", "action", action, 0);
  check::less_than("decision_process", "action", action, actions(state));
  return actions_[at(state)][at(action)];
}

std::int64_t decision_process::add_action(std::int64_t state, std::vector<outcome> outcomes) {
  const std::int64_t number = actions(state);
  double sum = 0.0;
  for (const outcome& o : outcomes) {
    check::at_least("add_action", "a next state", o.next, 0);
    check::less_than("add_action", "a next state", o.next, states());
    check::non_negative("add_action", "a probability", o.probability);
    check::finite("add_action", "a reward", o.reward);
    sum += o.probability;
  }
  if (std::abs(sum - 1.0) > 1e-6) check::fail_domain("add_action", "the sum of the probabilities", sum, "1");
  for (outcome& o : outcomes) o.probability /= sum;
  actions_[at(state)].push_back(std::move(outcomes));
  return number;
}

outcome decision_process::sample(std::int64_t state, std::int64_t action, rng_key key, std::uint64_t index) const {
  const std::vector<outcome>& all = outcomes(state, action);
  double u = random::uniform<double>(key, index);
  for (const outcome& o : all) {
    if (u < o.probability) return o;
    u -= o.probability;
  }
  return all.back();
}

policy uniform_policy(const decision_process& process) {
  policy out;
  for (std::int64_t s = 0; s < process.states(); ++s) {
    const std::int64_t n = process.actions(s);
    out.emplace_back(at(n), n == 0 ? 0.0 : 1.0 / static_cast<double>(n));
  }
  return out;
}

policy deterministic_policy(const decision_process& process, std::span<const std::int64_t> actions) {
  check::same_size("deterministic_policy", "actions", std::ssize(actions), "states", process.states());
  policy out;
  for (std::int64_t s = 0; s < process.states(); ++s) {
    out.emplace_back(at(process.actions(s)));
    if (process.is_terminal(s)) continue;
    check::at_least("deterministic_policy", "an action", actions[at(s)], 0);
    check::less_than("deterministic_policy", "an action", actions[at(s)], process.actions(s));
    out.back()[at(actions[at(s)])] = 1.0;
  }
  return out;
}

namespace {

void check_policy(const decision_process& process, const policy& how) {
  check::same_size("evaluate", "policy", std::ssize(how), "states", process.states());
  for (std::int64_t s = 0; s < process.states(); ++s) {
    check::same_size("evaluate", "the policy of a state", std::ssize(how[at(s)]), "its actions", process.actions(s));
    double sum = 0.0;
    for (const double p : how[at(s)]) {
      check::non_negative("evaluate", "a probability of the policy", p);
      sum += p;
    }
    if (!process.is_terminal(s) && std::abs(sum - 1.0) > 1e-6) {
      check::fail_domain("evaluate", "the sum of the policy in state " + std::to_string(s), sum, "1");
    }
  }
}

/// At discount 1 the sum of rewards needs an end.
void check_ends(const decision_process& process, const std::vector<std::vector<double>>& rows) {
  std::vector<std::int64_t> ends;
  for (std::int64_t s = 0; s < process.states(); ++s) {
    if (process.is_terminal(s)) ends.push_back(s);
  }
  if (!ends.empty()) {
    const std::vector<double> times = hitting_times(markov_chain(rows), ends);
    const auto stuck = std::find_if(times.begin(), times.end(), [](double t) { return std::isinf(t); });
    if (stuck == times.end()) return;
  }
  check::fail_domain("evaluate", "discount", 1.0, "below 1 for a policy that may never end");
}

}  // namespace

std::vector<double> evaluate(const decision_process& process, const policy& how, double discount) {
  check_discount("evaluate", discount);
  check_policy(process, how);
  const std::int64_t n = process.states();
  std::vector<std::vector<double>> rows(at(n), std::vector<double>(at(n)));
  tensor<double> a({n, n}), reward({n});
  for (std::int64_t s = 0; s < n; ++s) {
    if (process.is_terminal(s)) rows[at(s)][at(s)] = 1.0;
    for (std::int64_t k = 0; k < process.actions(s); ++k) {
      for (const outcome& o : process.outcomes(s, k)) {
        const double p = how[at(s)][at(k)] * o.probability;
        rows[at(s)][at(o.next)] += p;
        reward[s] += p * o.reward;
      }
    }
    for (std::int64_t t = 0; t < n; ++t) {
      const double follow = process.is_terminal(s) ? 0.0 : discount * rows[at(s)][at(t)];
      a(s, t) = (s == t ? 1.0 : 0.0) - follow;
    }
  }
  if (discount == 1.0) check_ends(process, rows);
  const tensor<double> v = solve(exec::cpu(1), a, reward);
  return {v.begin(), v.end()};
}

double action_value(const decision_process& process, std::int64_t state, std::int64_t action, double discount,
                    std::span<const double> values) {
  check::same_size("action_value", "values", std::ssize(values), "states", process.states());
  double sum = 0.0;
  for (const outcome& o : process.outcomes(state, action)) {
    sum += o.probability * (o.reward + discount * values[at(o.next)]);
  }
  return sum;
}

namespace {

/// The first action whose value is best but for rounding, and its value.
std::pair<std::int64_t, double> best_action(const decision_process& process, std::int64_t state, double discount,
                                            std::span<const double> values) {
  std::int64_t best = -1;
  double most = -std::numeric_limits<double>::infinity();
  for (std::int64_t k = 0; k < process.actions(state); ++k) {
    const double value = action_value(process, state, k, discount, values);
    if (best >= 0 && value <= most + 1e-12 * std::max(1.0, std::abs(most))) continue;
    best = k;
    most = value;
  }
  return {best, most};
}

}  // namespace

optimal_values value_iteration(const decision_process& process, double discount,
                               const value_iteration_options& options) {
  check_discount("value_iteration", discount);
  check::positive("value_iteration", "tolerance", options.tolerance);
  optimal_values out;
  out.values.resize(at(process.states()));
  while (out.iterations < options.max_iterations && !out.converged) {
    ++out.iterations;
    double change = 0.0;
    for (std::int64_t s = 0; s < process.states(); ++s) {
      if (process.is_terminal(s)) continue;
      double most = -std::numeric_limits<double>::infinity();
      for (std::int64_t k = 0; k < process.actions(s); ++k) {
        most = std::max(most, action_value(process, s, k, discount, out.values));
      }
      change = std::max(change, std::abs(most - out.values[at(s)]));
      out.values[at(s)] = most;
    }
    out.converged = change <= options.tolerance;
  }
  for (std::int64_t s = 0; s < process.states(); ++s) {
    out.actions.push_back(best_action(process, s, discount, out.values).first);
  }
  return out;
}

optimal_values policy_iteration(const decision_process& process, double discount) {
  check_discount("policy_iteration", discount);
  if (discount == 1.0) check::fail_domain("policy_iteration", "discount", discount, "below 1");
  optimal_values out;
  for (std::int64_t s = 0; s < process.states(); ++s) out.actions.push_back(process.is_terminal(s) ? -1 : 0);
  while (!out.converged) {
    ++out.iterations;
    out.values = evaluate(process, deterministic_policy(process, out.actions), discount);
    out.converged = true;
    for (std::int64_t s = 0; s < process.states(); ++s) {
      if (process.is_terminal(s)) continue;
      const auto [action, value] = best_action(process, s, discount, out.values);
      const double now = action_value(process, s, out.actions[at(s)], discount, out.values);
      if (value <= now + 1e-12 * std::max(1.0, std::abs(now))) continue;
      out.actions[at(s)] = action;
      out.converged = false;
    }
  }
  return out;
}

}  // namespace credence::processes
