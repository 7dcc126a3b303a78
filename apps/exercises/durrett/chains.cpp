// SPDX-License-Identifier: BSD-3-Clause
// Durrett, Essentials of Stochastic Processes, second edition (2012): finite Markov chains.
#include "exercises/exercise.hpp"

#include "credence/processes/markov_chain.hpp"

namespace credence::exercises {

namespace {

using namespace processes;

std::vector<answer> social_mobility() {
  const std::vector<double> law = stationary_distribution(markov_chain({{.7, .2, .1}, {.3, .5, .2}, {.2, .4, .4}}));
  return {exactly("lower class", 22.0 / 47, law[0]), exactly("middle class", 16.0 / 47, law[1]),
          exactly("upper class", 9.0 / 47, law[2])};
}

std::vector<answer> tennis() {
  // Lost, advantage out, deuce, advantage in, won.
  const double p = 0.6, q = 1.0 - p;
  const markov_chain game({{1, 0, 0, 0, 0}, {q, 0, p, 0, 0}, {0, q, 0, p, 0}, {0, 0, q, 0, p}, {0, 0, 0, 0, 1}});
  const std::int64_t won[] = {4};
  return {exactly("P(game from deuce)", 9.0 / 13, hitting_probabilities(game, won)[2])};
}

}  // namespace

void add_durrett_chains(catalogue& all);
void add_durrett_chains(catalogue& all) {
  const char* const book = "durrett";
  const std::string source = "Durrett, Essentials of Stochastic Processes, second edition (2012), 1.4";
  all.push_back({"T44", book, source, "Families rise and fall between three classes: their shares in the long run.",
                 social_mobility});
  all.push_back({"T45", book, source, "Who wins six points in ten wins how many games from deuce?", tennis});
}

}  // namespace credence::exercises
