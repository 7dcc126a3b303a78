// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

/// Values of states and actions learnt from a stream of transitions; the environment is the caller's.
namespace credence {

/// TD(lambda) with accumulating traces on a table of values: V += step delta e, delta = r + discount V(next) -
/// V(state).
/// @source Sutton, "Learning to predict by the methods of temporal differences", Machine Learning 1988
class td_learner {
 public:
  /// @throws domain_error  unless states >= 1, 0 <= discount <= 1 and 0 <= lambda <= 1
  td_learner(std::int64_t states, double discount, double lambda = 0.0, double initial = 0.0);
  /// One transition; `next` is -1 when the episode ends, whose value is 0.
  /// @throws domain_error  for an unknown state, or a reward or step that is not finite
  void update(std::int64_t state, double reward, std::int64_t next, double step);
  /// Forgets the traces; done by itself when an episode ends.
  void begin_episode();
  [[nodiscard]] const std::vector<double>& values() const { return values_; }

 private:
  double discount_, lambda_;
  std::vector<double> values_, traces_;
};

/// A table of action values, improved by Q-learning or Sarsa.
/// @source Watkins and Dayan, "Q-learning", Machine Learning 1992; Rummery and Niranjan (1994)
class action_values {
 public:
  /// @throws domain_error  unless states, actions >= 1 and 0 <= discount <= 1
  action_values(std::int64_t states, std::int64_t actions, double discount, double initial = 0.0);
  [[nodiscard]] double operator()(std::int64_t state, std::int64_t action) const;
  /// The first of the best actions.
  [[nodiscard]] std::int64_t best(std::int64_t state) const;
  /// Towards r + discount max Q(next, .); `next` is -1 when the episode ends.
  void q_learning(std::int64_t state, std::int64_t action, double reward, std::int64_t next, double step);
  /// Towards r + discount Q(next, next_action).
  void sarsa(std::int64_t state, std::int64_t action, double reward, std::int64_t next, std::int64_t next_action,
             double step);
  /// How often an action has been updated.
  [[nodiscard]] std::int64_t visits(std::int64_t state, std::int64_t action) const;

 private:
  std::size_t place(std::int64_t state, std::int64_t action) const;
  void move(std::int64_t state, std::int64_t action, double target, double step);
  std::int64_t states_, actions_;
  double discount_;
  std::vector<double> values_;
  std::vector<std::int64_t> visits_;
};

}  // namespace credence
