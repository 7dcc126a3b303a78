// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/random/key.hpp"

#include <cstdint>
#include <span>
#include <vector>

/// Markov decision processes with tables: few states, few actions, known laws.
namespace credence::processes {

struct outcome {
  std::int64_t next = 0;
  double probability = 1.0;
  double reward = 0.0;
};

/// States 0 .. n - 1, each with actions 0, 1, ...; a state without actions is terminal.
class decision_process {
 public:
  /// @throws domain_error  when there is no state
  explicit decision_process(std::int64_t states);

  /// Adds an action to a state and gives its number there.
  /// @throws domain_error  for an unknown state, a negative probability, or probabilities that do not sum to one
  std::int64_t add_action(std::int64_t state, std::vector<outcome> outcomes);

  [[nodiscard]] std::int64_t states() const { return static_cast<std::int64_t>(actions_.size()); }
  [[nodiscard]] std::int64_t actions(std::int64_t state) const;
  [[nodiscard]] bool is_terminal(std::int64_t state) const { return actions(state) == 0; }
  [[nodiscard]] const std::vector<outcome>& outcomes(std::int64_t state, std::int64_t action) const;

  /// What happens: a function of the key and the index alone.
  [[nodiscard]] outcome sample(std::int64_t state, std::int64_t action, rng_key key, std::uint64_t index) const;

 private:
  std::vector<std::vector<std::vector<outcome>>> actions_;
};

/// The probability of each action in each state; empty for terminal states.
using policy = std::vector<std::vector<double>>;

policy uniform_policy(const decision_process& process);
/// The given action in each state; ignored for terminal ones. @throws shape_error, domain_error
policy deterministic_policy(const decision_process& process, std::span<const std::int64_t> actions);

/// Expected discounted sum of rewards from each state, by solving Bellman's equations exactly.
/// @param discount  in [0, 1]; 1 wants a policy that surely ends
/// @throws domain_error  for another discount, a policy that is none, or one that may never end at discount 1
std::vector<double> evaluate(const decision_process& process, const policy& how, double discount);

struct optimal_values {
  std::vector<double> values;
  std::vector<std::int64_t> actions;  ///< a best one in each state, the first of equals; -1 in terminal states
  std::int64_t iterations = 0;
  bool converged = false;
};

struct value_iteration_options {
  double tolerance = 1e-12;  ///< largest change of a value in the last sweep
  std::int64_t max_iterations = 100000;
};

/// Values of the best policy, by sweeps of Bellman's optimality equation in place.
/// @source Bellman, "Dynamic Programming" (1957); Sutton and Barto, "Reinforcement Learning" (2018), 4.4
optimal_values value_iteration(const decision_process& process, double discount,
                               const value_iteration_options& options = {});

/// The same by evaluating a policy exactly and improving it until it stays; discount below 1.
/// @source Howard, "Dynamic Programming and Markov Processes" (1960)
optimal_values policy_iteration(const decision_process& process, double discount);

/// Expected value of an action: its reward and what follows. @throws shape_error
double action_value(const decision_process& process, std::int64_t state, std::int64_t action, double discount,
                    std::span<const double> values);

}  // namespace credence::processes
