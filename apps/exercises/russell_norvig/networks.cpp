// SPDX-License-Identifier: BSD-3-Clause
// Russell and Norvig, Artificial Intelligence: A Modern Approach: burglary, sprinkler, umbrella.
#include "exercises/exercise.hpp"

#include "credence/bayesnet/inference.hpp"

#include <cmath>

namespace credence::exercises {

namespace {

using namespace bayesnet;

std::vector<answer> burglary() {
  const network net = network_builder::from_arrows("B{y,n}->A{y,n}<-E{y,n}; A->J{y,n}; A->M{y,n}")
                          .cpd("B", {0.001, 0.999})
                          .cpd("E", {0.002, 0.998})
                          .cpd("A", {0.95, 0.05, 0.94, 0.06, 0.29, 0.71, 0.001, 0.999})
                          .cpd("J", {0.9, 0.1, 0.05, 0.95})
                          .cpd("M", {0.7, 0.3, 0.01, 0.99})
                          .build();
  const evidence calls{{"J", "y"}, {"M", "y"}};
  const joint_posterior all = eliminate_joint(net, {"A"}, {{"J", "y"}, {"M", "y"}, {"B", "n"}, {"E", "n"}});
  return {stated("P(burglary | both call)", 0.284172, 6, eliminate(net, {"B"}, calls).at("B", "y")),
          stated("P(j, m, a, no burglary, no earthquake)", 0.00062811, 8,
                 all.probabilities[0] * std::exp(all.log_evidence))};
}

std::vector<answer> sprinkler() {
  const network net = network_builder::from_arrows("C{t,f}->S{t,f}; C->R{t,f}; S->W{t,f}<-R")
                          .cpd("C", {0.5, 0.5})
                          .cpd("S", {0.1, 0.9, 0.5, 0.5})
                          .cpd("R", {0.8, 0.2, 0.2, 0.8})
                          .cpd("W", {0.99, 0.01, 0.9, 0.1, 0.9, 0.1, 0.0, 1.0})
                          .build();
  const auto ask = [&](const char* node, const evidence& given) { return eliminate(net, {node}, given).at(node, "t"); };
  return {stated("P(W)", 0.6471, 6, ask("W", {})),
          stated("P(S | W)", 0.429764, 6, ask("S", {{"W", "t"}})),
          stated("P(R | W)", 0.707928, 6, ask("R", {{"W", "t"}})),
          stated("P(S | W, R)", 0.194499, 6, ask("S", {{"W", "t"}, {"R", "t"}})),
          stated("P(R | S)", 0.3, 6, ask("R", {{"S", "t"}})),
          stated("P(R | S, W)", 0.320388, 6, ask("R", {{"S", "t"}, {"W", "t"}}))};
}

std::string rain_on(int day) { return std::string("R").append(std::to_string(day)); }
std::string umbrella_on(int day) { return std::string("U").append(std::to_string(day)); }

/// Rain lasts with 0.7; an umbrella is seen with 0.9 when it rains and 0.2 when not.
network umbrellas(int days) {
  network_builder builder;
  for (int day = 1; day <= days; ++day) {
    builder.variable(rain_on(day), {"t", "f"}).variable(umbrella_on(day), {"t", "f"});
    if (day == 1) {
      builder.cpd(rain_on(day), {}, {0.5, 0.5});
    } else {
      builder.cpd(rain_on(day), {rain_on(day - 1)}, {0.7, 0.3, 0.3, 0.7});
    }
    builder.cpd(umbrella_on(day), {rain_on(day)}, {0.9, 0.1, 0.2, 0.8});
  }
  return builder.build();
}

std::vector<answer> umbrella() {
  const auto rain = [](int days, int day, const evidence& seen) {
    return eliminate(umbrellas(days), {rain_on(day)}, seen).at(rain_on(day), "t");
  };
  const evidence two{{"U1", "t"}, {"U2", "t"}};
  std::vector<answer> answers{stated("filtered P(R1 | u1)", 0.818182, 6, rain(1, 1, {{"U1", "t"}})),
                              stated("filtered P(R2 | u1, u2)", 0.883357, 6, rain(2, 2, two)),
                              stated("smoothed P(R1 | u1, u2)", 0.883357, 6, rain(2, 1, two))};
  // The messages of the most likely path that ends in rain: max P(path, umbrellas so far) over P(first umbrella).
  const char* const seen[] = {"t", "t", "f", "t", "t"};
  const double messages[] = {0.8182, 0.5155, 0.0361, 0.0334, 0.0210};
  const double first = std::exp(eliminate(umbrellas(1), {"R1"}, {{"U1", "t"}}).log_evidence);
  evidence given;
  for (int day = 1; day <= 5; ++day) {
    given.observe(umbrella_on(day), seen[day - 1]);
    evidence with_rain = given;
    with_rain.observe(rain_on(day), "t");
    const double best = std::exp(most_probable_explanation(umbrellas(day), with_rain).log_probability);
    answers.push_back(stated("message of day " + std::to_string(day), messages[day - 1], 4, best / first));
  }
  const explanation path = most_probable_explanation(umbrellas(5), given);
  for (int day = 1; day <= 5; ++day) {
    answers.push_back(truth("rain on day " + std::to_string(day) + " of the most likely path", seen[day - 1][0] == 't',
                            path.at(rain_on(day)) == "t"));
  }
  return answers;
}

}  // namespace

void add_russell_norvig_networks(catalogue& all);
void add_russell_norvig_networks(catalogue& all) {
  const char* const book = "russell_norvig";
  const std::string source = "Russell and Norvig, Artificial Intelligence: A Modern Approach, ";
  all.push_back({"T6", book, source + "Bayesian networks (burglary)",
                 "Both neighbours call about the alarm: was there a burglary?", burglary});
  all.push_back({"T7", book, source + "Bayesian networks (sprinkler)",
                 "Clouds, sprinkler, rain and wet grass: one cause explains the other away.", sprinkler});
  all.push_back({"T10", book, source + "probabilistic reasoning over time (umbrella)",
                 "Rain seen only through umbrellas: filtering, smoothing, the most likely path.", umbrella});
}

}  // namespace credence::exercises
