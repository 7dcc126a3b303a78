// SPDX-License-Identifier: BSD-3-Clause
#include "credence/optim/temporal_difference.hpp"

#include "credence/base/check.hpp"

#include <algorithm>

namespace credence {

namespace {

void check_share(const char* where, const char* name, double value) {
  if (!(value >= 0.0 && value <= 1.0)) check::fail_domain(where, name, value, "between 0 and 1");
}

void check_state(const char* where, std::int64_t state, std::int64_t states) {
  check::at_least(where, "state", state, 0);
  check::less_than(where, "state", state, states);
}

}  // namespace

td_learner::td_learner(std::int64_t states, double discount, double lambda, double initial)
    : discount_(discount), lambda_(lambda) {
  check::at_least("td_learner", "states", states, 1);
  check_share("td_learner", "discount", discount);
  check_share("td_learner", "lambda", lambda);
  values_.assign(static_cast<std::size_t>(states), initial);
  traces_.resize(values_.size());
}

void td_learner::begin_episode() { std::fill(traces_.begin(), traces_.end(), 0.0); }

void td_learner::update(std::int64_t state, double reward, std::int64_t next, double step) {
  const std::int64_t states = std::ssize(values_);
  check_state("td_learner", state, states);
  if (next != -1) check_state("td_learner", next, states);
  check::finite("td_learner", "reward", reward);
  check::non_negative("td_learner", "step", step);
  const double follows = next == -1 ? 0.0 : values_[static_cast<std::size_t>(next)];
  const double delta = reward + discount_ * follows - values_[static_cast<std::size_t>(state)];
  if (lambda_ == 0.0) {
    values_[static_cast<std::size_t>(state)] += step * delta;
    return;
  }
  for (double& e : traces_) e *= discount_ * lambda_;
  traces_[static_cast<std::size_t>(state)] += 1.0;
  for (std::size_t s = 0; s < values_.size(); ++s) values_[s] += step * delta * traces_[s];
  if (next == -1) begin_episode();
}

action_values::action_values(std::int64_t states, std::int64_t actions, double discount, double initial)
    : states_(states), actions_(actions), discount_(discount) {
  check::at_least("action_values", "states", states, 1);
  check::at_least("action_values", "actions", actions, 1);
  check_share("action_values", "discount", discount);
  values_.assign(static_cast<std::size_t>(states * actions), initial);
  visits_.resize(values_.size());
}

std::size_t action_values::place(std::int64_t state, std::int64_t action) const {
  check_state("action_values", state, states_);
  check::at_least("action_values", "action", action, 0);
  check::less_than("action_values", "action", action, actions_);
  return static_cast<std::size_t>(state * actions_ + action);
}

double action_values::operator()(std::int64_t state, std::int64_t action) const {
  return values_[place(state, action)];
}
std::int64_t action_values::visits(std::int64_t state, std::int64_t action) const {
  return visits_[place(state, action)];
}

std::int64_t action_values::best(std::int64_t state) const {
  const auto first = values_.begin() + static_cast<std::ptrdiff_t>(place(state, 0));
  return std::max_element(first, first + actions_) - first;
}

void action_values::move(std::int64_t state, std::int64_t action, double target, double step) {
  check::finite("action_values", "reward", target);
  check::non_negative("action_values", "step", step);
  double& value = values_[place(state, action)];
  value += step * (target - value);
  ++visits_[place(state, action)];
}

void action_values::q_learning(std::int64_t state, std::int64_t action, double reward, std::int64_t next, double step) {
  const double follows = next == -1 ? 0.0 : (*this)(next, best(next));
  move(state, action, reward + discount_ * follows, step);
}

void action_values::sarsa(std::int64_t state, std::int64_t action, double reward, std::int64_t next,
                          std::int64_t next_action, double step) {
  const double follows = next == -1 ? 0.0 : (*this)(next, next_action);
  move(state, action, reward + discount_ * follows, step);
}

}  // namespace credence
