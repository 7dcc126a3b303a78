// SPDX-License-Identifier: BSD-3-Clause
// Koller and Friedman, Probabilistic Graphical Models (2009): the student network of figure 3.4.
#include "exercises/exercise.hpp"

#include "credence/bayesnet/inference.hpp"
#include "credence/graph/d_separation.hpp"

#include <cmath>

namespace credence::exercises {

namespace {

using namespace bayesnet;

network student() {
  return network_builder::from_arrows("I{i0,i1}->G{g1,g2,g3}<-D{d0,d1}; I->S{s0,s1}; G->L{l0,l1}")
      .cpd("D", {0.6, 0.4})
      .cpd("I", {0.7, 0.3})
      .cpd("G", {0.3, 0.4, 0.3,    // i0, d0
                 0.05, 0.25, 0.7,  // i0, d1
                 0.9, 0.08, 0.02,  // i1, d0
                 0.5, 0.3, 0.2})   // i1, d1
      .cpd("S", {0.95, 0.05, 0.2, 0.8})
      .cpd("L", {0.1, 0.9, 0.4, 0.6, 0.99, 0.01})
      .build();
}

double posterior(const network& net, const char* node, const char* state, const evidence& given = {}) {
  return eliminate(net, {node}, given).at(node, state);
}

std::vector<answer> chain_rule() {
  const network net = student();
  std::vector<std::int64_t> states(5);
  const auto set = [&](const char* node, std::int64_t state) {
    states[static_cast<std::size_t>(*net.graph().find(node))] = state;
  };
  set("I", 1), set("D", 0), set("G", 1), set("S", 1), set("L", 0);
  return {exactly("P(i1, d0, g2, s1, l0)", 0.004608, std::exp(net.log_probability(states)))};
}

std::vector<answer> causal_reasoning() {
  const network net = student();
  return {exactly("P(l1)", 0.502336, posterior(net, "L", "l1")),
          exactly("P(l1 | i0)", 0.3886, posterior(net, "L", "l1", {{"I", "i0"}})),
          exactly("P(l1 | i0, d0)", 0.513, posterior(net, "L", "l1", {{"I", "i0"}, {"D", "d0"}}))};
}

std::vector<answer> evidential_reasoning() {
  const network net = student();
  return {stated("P(i1 | g3)", 0.078947, 6, posterior(net, "I", "i1", {{"G", "g3"}})),
          stated("P(d1 | g3)", 0.629291, 6, posterior(net, "D", "d1", {{"G", "g3"}})),
          stated("P(i1 | l0)", 0.140022, 6, posterior(net, "I", "i1", {{"L", "l0"}})),
          stated("P(i1 | l0, g3)", 0.078947, 6, posterior(net, "I", "i1", {{"L", "l0"}, {"G", "g3"}}))};
}

std::vector<answer> separations() {
  const dag graph("D->G<-I->S; G->L");
  const auto ask = [&](const char* x, const char* y, const std::vector<std::string>& given, bool expected) {
    std::string what = std::string(x) + " and " + y + " d-separated by {";
    for (const std::string& z : given) what += (what.back() == '{' ? "" : ", ") + z;
    return truth(what + "}", expected, d_separated(graph, {x}, {y}, given).separated);
  };
  return {ask("D", "I", {}, true),    ask("D", "I", {"G"}, false), ask("D", "I", {"L"}, false),
          ask("D", "S", {}, true),    ask("D", "S", {"G"}, false), ask("D", "S", {"G", "I"}, true),
          ask("L", "I", {"G"}, true), ask("L", "S", {}, false),    ask("L", "S", {"I"}, true),
          ask("L", "S", {"G"}, true)};
}

}  // namespace

void add_koller_friedman_student(catalogue& all);
void add_koller_friedman_student(catalogue& all) {
  const char* const book = "koller_friedman";
  const std::string source = "Koller and Friedman, Probabilistic Graphical Models (2009), ";
  all.push_back({"T1", book, source + "figure 3.4 and 3.2.1",
                 "The joint probability of one assignment of the student network is a product of five table entries.",
                 chain_rule});
  all.push_back(
      {"T2", book, source + "3.2.1.2",
       "How likely is a strong letter: at first, for a student of low intelligence, and if the course is easy?",
       causal_reasoning});
  all.push_back({"T3", book, source + "3.2.1.2",
                 "From a bad grade, or a weak letter, back to intelligence and difficulty.", evidential_reasoning});
  all.push_back({"T4", book, source + "3.3", "Which pairs of nodes of the student network are d-separated, given what?",
                 separations});
}

}  // namespace credence::exercises
