// SPDX-License-Identifier: BSD-3-Clause
// Lauritzen and Spiegelhalter, "Local computations with probabilities on graphical structures", JRSS B 1988.
#include "exercises/exercise.hpp"

#include "credence/bayesnet/plan.hpp"

namespace credence::exercises {

namespace {

using namespace bayesnet;

network clinic() {
  return network_builder::from_arrows(
             "asia{y,n}->tub{y,n}; smoke{y,n}->lung{y,n}; smoke->bronc{y,n}; tub->either{y,n}<-lung; "
             "either->xray{y,n}; bronc->dysp{y,n}<-either")
      .cpd("asia", {0.01, 0.99})
      .cpd("tub", {0.05, 0.95, 0.01, 0.99})
      .cpd("smoke", {0.5, 0.5})
      .cpd("lung", {0.1, 0.9, 0.01, 0.99})
      .cpd("bronc", {0.6, 0.4, 0.3, 0.7})
      .cpd("either", {1, 0, 1, 0, 1, 0, 0, 1})
      .cpd("xray", {0.98, 0.02, 0.05, 0.95})
      .cpd("dysp", {0.9, 0.1, 0.8, 0.2, 0.7, 0.3, 0.1, 0.9})
      .build();
}

std::vector<answer> marginals() {
  const posterior_set all = compile(clinic()).posteriors();
  return {stated("P(tuberculosis)", 0.0104, 6, all.at("tub", "y")),
          stated("P(lung cancer)", 0.055, 6, all.at("lung", "y")),
          stated("P(bronchitis)", 0.45, 6, all.at("bronc", "y")),
          stated("P(either)", 0.064828, 6, all.at("either", "y")),
          stated("P(abnormal X-ray)", 0.11029, 6, all.at("xray", "y")),
          stated("P(dyspnoea)", 0.435971, 6, all.at("dysp", "y"))};
}

std::vector<answer> patients() {
  const plan clinic_plan = compile(clinic());
  const auto ask = [&](const char* node, const evidence& given) {
    return clinic_plan.posteriors(given, {node}).at(node, "y");
  };
  return {stated("P(dyspnoea | smoker)", 0.552808, 6, ask("dysp", {{"smoke", "y"}})),
          stated("P(dyspnoea | non-smoker)", 0.319133, 6, ask("dysp", {{"smoke", "n"}})),
          stated("P(tuberculosis | Asia, X-ray)", 0.337716, 6, ask("tub", {{"asia", "y"}, {"xray", "y"}})),
          stated("P(lung cancer | X-ray, dyspnoea)", 0.621253, 6, ask("lung", {{"xray", "y"}, {"dysp", "y"}})),
          stated("P(tuberculosis | X-ray, dyspnoea, Asia)", 0.391712, 6,
                 ask("tub", {{"xray", "y"}, {"dysp", "y"}, {"asia", "y"}}))};
}

}  // namespace

void add_lauritzen_spiegelhalter_chest_clinic(catalogue& all);
void add_lauritzen_spiegelhalter_chest_clinic(catalogue& all) {
  const char* const book = "lauritzen_spiegelhalter";
  const std::string source = "Lauritzen and Spiegelhalter, JRSS B 50 (1988)";
  all.push_back({"T8", book, source, "The chest clinic: how common is each disease, each finding?", marginals});
  all.push_back({"T9", book, source + "; Barber, Bayesian Reasoning and Machine Learning (2012), chapter 3",
                 "The chest clinic: five patients.", patients});
}

}  // namespace credence::exercises
