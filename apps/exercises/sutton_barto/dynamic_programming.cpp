// SPDX-License-Identifier: BSD-3-Clause
// Sutton and Barto, Reinforcement Learning, second edition (2018): what dynamic programming answers exactly.
#include "exercises/exercise.hpp"

#include "credence/processes/decision_process.hpp"
#include "credence/processes/markov_chain.hpp"

#include <algorithm>

namespace credence::exercises {

namespace {

using namespace processes;

/// The 5 x 5 grid: steps off the edge cost 1 and lead nowhere; from A every step leads to A' for 10, from B to B'
/// for 5.
decision_process five_by_five() {
  decision_process grid(25);
  const std::int64_t moves[4][2] = {{-1, 0}, {0, 1}, {1, 0}, {0, -1}};
  for (std::int64_t s = 0; s < 25; ++s) {
    for (const auto& move : moves) {
      const std::int64_t row = s / 5 + move[0], column = s % 5 + move[1];
      const bool inside = row >= 0 && row < 5 && column >= 0 && column < 5;
      if (s == 1) {
        grid.add_action(s, {{21, 1.0, 10.0}});
      } else if (s == 3) {
        grid.add_action(s, {{13, 1.0, 5.0}});
      } else {
        grid.add_action(s, {{inside ? 5 * row + column : s, 1.0, inside ? 0.0 : -1.0}});
      }
    }
  }
  return grid;
}

std::vector<answer> row_of(const char* name, std::span<const double> expected, const std::vector<double>& values,
                           std::size_t first) {
  std::vector<answer> answers;
  for (std::size_t k = 0; k < expected.size(); ++k) {
    answers.push_back(
        stated(std::string(name) + ", column " + std::to_string(k + 1), expected[k], 4, values[first + k]));
  }
  return answers;
}

std::vector<answer> random_policy() {
  const decision_process grid = five_by_five();
  const std::vector<double> values = evaluate(grid, uniform_policy(grid), 0.9);
  const double top[] = {3.3090, 8.7893, 4.4276, 5.3224, 1.4922};
  const double bottom[] = {-1.8577, -1.3452, -1.2293, -1.4229, -1.9752};
  std::vector<answer> answers = row_of("row 1", top, values, 0);
  const std::vector<answer> last = row_of("row 5", bottom, values, 20);
  answers.insert(answers.end(), last.begin(), last.end());
  return answers;
}

std::vector<answer> best_policy() {
  const double top[] = {21.9775, 24.4194, 21.9775, 19.4194, 17.4775};
  return row_of("row 1", top, policy_iteration(five_by_five(), 0.9).values, 0);
}

std::vector<answer> four_by_four() {
  // Two corners are terminal, every step costs 1.
  decision_process grid(16);
  const std::int64_t moves[4][2] = {{-1, 0}, {0, 1}, {1, 0}, {0, -1}};
  for (std::int64_t s = 1; s < 15; ++s) {
    for (const auto& move : moves) {
      const std::int64_t row = std::clamp<std::int64_t>(s / 4 + move[0], 0, 3);
      const std::int64_t column = std::clamp<std::int64_t>(s % 4 + move[1], 0, 3);
      grid.add_action(s, {{4 * row + column, 1.0, -1.0}});
    }
  }
  const std::vector<double> values = evaluate(grid, uniform_policy(grid), 1.0);
  const double expected[] = {0, -14, -20, -22, -14, -18, -20, -20, -20, -20, -18, -14, -22, -20, -14, 0};
  std::vector<answer> answers;
  for (std::size_t s = 0; s < 16; ++s) {
    answers.push_back(exactly("value of cell " + std::to_string(s), expected[s], values[s]));
  }
  return answers;
}

std::vector<answer> gamblers_problem() {
  const double heads = 0.4;
  decision_process game(101);  // capital; 0 and 100 end it
  for (std::int64_t capital = 1; capital < 100; ++capital) {
    for (std::int64_t stake = 1; stake <= std::min(capital, 100 - capital); ++stake) {
      const std::int64_t up = capital + stake;
      game.add_action(capital, {{up, heads, up == 100 ? 1.0 : 0.0}, {capital - stake, 1.0 - heads, 0.0}});
    }
  }
  const optimal_values best = value_iteration(game, 1.0, {.tolerance = 1e-15});
  return {stated("V(25)", 0.16, 6, best.values[25]), stated("V(50)", 0.4, 6, best.values[50]),
          stated("V(75)", 0.64, 6, best.values[75]), stated("V(1)", 0.00206562, 8, best.values[1]),
          stated("V(99)", 0.96433297, 8, best.values[99])};
}

}  // namespace

void add_sutton_barto_dynamic_programming(catalogue& all);
void add_sutton_barto_dynamic_programming(catalogue& all) {
  const char* const book = "sutton_barto";
  const std::string source = "Sutton and Barto, Reinforcement Learning, second edition (2018), ";
  all.push_back({"T33", book, source + "example 3.5",
                 "A 5 x 5 grid with two springboards: the value of wandering at random.", random_policy});
  all.push_back({"T34", book, source + "example 3.8", "The same grid: the value of the best policy.", best_policy});
  all.push_back(
      {"T35", book, source + "example 4.1", "A 4 x 4 grid: how long does wandering at random take?", four_by_four});
  all.push_back({"T36", book, source + "example 4.3",
                 "A gambler stakes at will on a coin that falls for him four times in ten, until 0 or 100.",
                 gamblers_problem});
}

}  // namespace credence::exercises
