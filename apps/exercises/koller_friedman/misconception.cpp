// SPDX-License-Identifier: BSD-3-Clause
// Koller and Friedman, Probabilistic Graphical Models (2009): the misconception network of chapter 4.
#include "exercises/exercise.hpp"

#include "credence/bayesnet/markov.hpp"

#include <cmath>

namespace credence::exercises {

namespace {

std::vector<answer> misconception() {
  const std::vector<std::string> states{"0", "1"};
  const bayesnet::markov_network net{
      {{"A", states, {}}, {"B", states, {}}, {"C", states, {}}, {"D", states, {}}},
      {{{0, 1}, {30, 5, 1, 10}}, {{1, 2}, {100, 1, 1, 100}}, {{2, 3}, {1, 100, 100, 1}}, {{3, 0}, {100, 1, 1, 100}}}};
  const bayesnet::markov_as_bayesian as = as_bayesian(net);
  const bayesnet::joint_posterior joint = eliminate_joint(as.net, {"A", "B", "C", "D"}, as.given);
  const double b0 = eliminate(as.net, {"B"}, as.given).at("B", "0");
  return {exactly("Z", 7201840.0, std::exp(joint.log_evidence + as.log_constant)),
          stated("P(a0, b1, c1, d0)", 0.694267, 6, joint.probabilities[6]),  // 0110
          stated("P(b0)", 0.263867, 6, b0)};
}

}  // namespace

void add_koller_friedman_misconception(catalogue& all);
void add_koller_friedman_misconception(catalogue& all) {
  all.push_back({"T5", "koller_friedman", "Koller and Friedman, Probabilistic Graphical Models (2009), 4.1",
                 "Four students pass on a misconception in a ring: the constant of the Markov network, one probability "
                 "and one marginal.",
                 misconception});
}

}  // namespace credence::exercises
