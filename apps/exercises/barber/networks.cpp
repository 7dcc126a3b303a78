// SPDX-License-Identifier: BSD-3-Clause
// Barber, Bayesian Reasoning and Machine Learning (2012).
#include "exercises/exercise.hpp"

#include "credence/bayesnet/causal.hpp"
#include "credence/bayesnet/inference.hpp"

namespace credence::exercises {

namespace {

using namespace bayesnet;

std::vector<answer> wet_grass() {
  const network net = network_builder::from_arrows("R{t,f}->J{t,f}; R->T{t,f}<-S{t,f}")
                          .cpd("R", {0.2, 0.8})
                          .cpd("S", {0.1, 0.9})
                          .cpd("J", {1.0, 0.0, 0.2, 0.8})
                          .cpd("T", {1.0, 0.0, 1.0, 0.0, 0.9, 0.1, 0.0, 1.0})
                          .build();
  return {stated("P(S | T)", 0.338235, 6, eliminate(net, {"S"}, {{"T", "t"}}).at("S", "t")),
          stated("P(S | T, J)", 0.160448, 6, eliminate(net, {"S"}, {{"T", "t"}, {"J", "t"}}).at("S", "t"))};
}

std::vector<answer> hamburgers() {
  std::vector<answer> answers;
  for (const auto& [eaters, expected] : {std::pair{0.5, 1.8e-5}, std::pair{0.001, 9.0e-3}}) {
    // P(hamburger) is given, not P(hamburger | healthy).
    const double ill = 1e-5, healthy_eaters = (eaters - 0.9 * ill) / (1.0 - ill);
    const network net = network_builder::from_arrows("ill{y,n}->hamburger{y,n}")
                            .cpd("ill", {ill, 1.0 - ill})
                            .cpd("hamburger", {0.9, 0.1, healthy_eaters, 1.0 - healthy_eaters})
                            .build();
    answers.push_back(
        exactly(eaters == 0.5 ? "P(ill | hamburger), half eat them" : "P(ill | hamburger), one in a thousand", expected,
                eliminate(net, {"ill"}, {{"hamburger", "y"}}).at("ill", "y")));
    answers.back().tolerance = 1e-9 * expected;  // a small number: relative to itself
  }
  return answers;
}

std::vector<answer> simpson() {
  // 40 of each sex; 30 of 40 men and 10 of 40 women took the drug.
  const network net = network_builder::from_arrows("sex{m,f}->drug{y,n}; drug->recovery{y,n}<-sex")
                          .cpd("sex", {0.5, 0.5})
                          .cpd("drug", {0.75, 0.25, 0.25, 0.75})
                          .cpd("recovery", {18.0 / 30, 12.0 / 30,  // drug, men
                                            2.0 / 10, 8.0 / 10,    // drug, women
                                            7.0 / 10, 3.0 / 10,    // none, men
                                            9.0 / 30, 21.0 / 30})  // none, women
                          .build();
  const auto seen = [&](const char* drug) {
    return eliminate(net, {"recovery"}, {{"drug", drug}}).at("recovery", "y");
  };
  const treatment_effect done = adjust_back_door(net, "drug", "recovery", {"sex"});
  return {exactly("P(recovery | drug)", 0.5, seen("y")), exactly("P(recovery | none)", 0.4, seen("n")),
          exactly("P(recovery | do(drug))", 0.4, done.at("y", "y")),
          exactly("P(recovery | do(none))", 0.5, done.at("n", "y"))};
}

}  // namespace

void add_barber_networks(catalogue& all);
void add_barber_networks(catalogue& all) {
  const char* const book = "barber";
  const std::string source = "Barber, Bayesian Reasoning and Machine Learning (2012), ";
  all.push_back({"T11", book, source + "3.1.1",
                 "Tracey's grass is wet. Was it the sprinkler? And when Jack's grass is wet too?", wet_grass});
  all.push_back({"T12", book, source + "example 1.2",
                 "Nine in ten with a rare disease eat hamburgers. How likely is the disease for one who does?",
                 hamburgers});
  all.push_back({"T69", book, source + "example 3.4; Pearl, Causality (2009), chapter 6",
                 "Simpson's paradox: who took the drug recovered more often, yet the drug harms men and women alike.",
                 simpson});
}

}  // namespace credence::exercises
