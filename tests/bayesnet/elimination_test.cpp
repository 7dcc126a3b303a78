// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/bif.hpp"
#include "credence/bayesnet/inference.hpp"
#include "credence/graph/d_separation.hpp"

#include "bayesnet/support.hpp"

#include <numeric>

using namespace credence;
using namespace credence::bayesnet;

namespace {

network own(const std::string& name) { return read_bif(CREDENCE_SOURCE_DIR "/models/networks/" + name + ".bif"); }

double posterior(const network& net, std::string_view node, std::string_view state, const evidence& given = {}) {
  return eliminate(net, {node}, given).at(node, state);
}

std::vector<node_id> all_nodes(const network& net) {
  std::vector<node_id> all(static_cast<std::size_t>(net.size()));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

}  // namespace

TEST_CASE("student network: chain rule and reasoning in both directions (T1 to T3)", "[bayesnet][textbook]") {
  const network net = own("student");
  // nodes D, I, G, S, L
  const std::vector<std::int64_t> states{0, 1, 1, 1, 0};
  CHECK_THAT(std::exp(net.log_probability(states)), WithinRel(0.004608, 1e-9));
  CHECK_THAT(posterior(net, "L", "l1"), WithinRel(0.502336, 1e-9));
  CHECK_THAT(posterior(net, "L", "l1", {{"I", "i0"}}), WithinRel(0.3886, 1e-9));
  CHECK_THAT(posterior(net, "L", "l1", {{"I", "i0"}, {"D", "d0"}}), WithinRel(0.513, 1e-9));
  // printed to six digits
  CHECK_THAT(posterior(net, "I", "i1", {{"G", "g3"}}), WithinAbs(0.078947, 5e-7));
  CHECK_THAT(posterior(net, "D", "d1", {{"G", "g3"}}), WithinAbs(0.629291, 5e-7));
  CHECK_THAT(posterior(net, "I", "i1", {{"L", "l0"}}), WithinAbs(0.140022, 5e-7));
  CHECK_THAT(posterior(net, "I", "i1", {{"L", "l0"}, {"G", "g3"}}), WithinAbs(0.078947, 5e-7));
}

TEST_CASE("student network: separated nodes are independent in the numbers, the others are not (T4)",
          "[bayesnet][textbook]") {
  const network net = own("student");
  for (node_id x = 0; x < 5; ++x) {
    for (node_id y = 0; y < 5; ++y) {
      for (unsigned mask = 0; mask < 32; ++mask) {
        if (x == y || (mask >> x & 1U) != 0 || (mask >> y & 1U) != 0) continue;
        std::vector<node_id> given;
        for (node_id v = 0; v < 5; ++v) {
          if ((mask >> v & 1U) != 0) given.push_back(v);
        }
        // Largest change of P(x | given) by y, over all states.
        double change = 0.0;
        test::for_each_assignment(net, {}, [&](const std::vector<std::int64_t>& states, double) {
          evidence without, with;
          for (const node_id v : given)
            without.observe(net.at(v).name,
                            net.at(v).states[static_cast<std::size_t>(states[static_cast<std::size_t>(v)])]);
          with = without;
          with.observe(net.at(y).name, net.at(y).states[static_cast<std::size_t>(states[static_cast<std::size_t>(y)])]);
          const auto p = eliminate(net, {x}, without, {.restarts = 0}).probabilities[0];
          const auto q = eliminate(net, {x}, with, {.restarts = 0}).probabilities[0];
          for (std::size_t s = 0; s < p.size(); ++s) change = std::max(change, std::abs(p[s] - q[s]));
        });
        CHECK((change < 1e-12) == d_separated(net.graph(), {x}, {y}, given).separated);
      }
    }
    if (x == 1) break;  // the pairs with D and I are enough, and cheap
  }
}

TEST_CASE("burglary, sprinkler, wet grass, fuel gauge (T6, T7, T11, T15)", "[bayesnet][textbook]") {
  const network burglary = network_builder::from_arrows("B{t,f}->A{t,f}<-E{t,f}; A->J{t,f}; A->M{t,f}")
                               .cpd("B", {.001, .999})
                               .cpd("E", {.002, .998})
                               .cpd("A", {.95, .05, .94, .06, .29, .71, .001, .999})
                               .cpd("J", {.9, .1, .05, .95})
                               .cpd("M", {.7, .3, .01, .99})
                               .build();
  CHECK_THAT(posterior(burglary, "B", "t", {{"J", "t"}, {"M", "t"}}), WithinAbs(0.284172, 5e-7));
  const auto all = eliminate(burglary, {"A"}, {{"J", "t"}, {"M", "t"}, {"A", "t"}, {"B", "f"}, {"E", "f"}});
  CHECK_THAT(std::exp(all.log_evidence), WithinAbs(0.00062811, 5e-9));

  const network sprinkler = network_builder::from_arrows("C{t,f}->S{t,f}->W{t,f}; C->R{t,f}->W")
                                .cpd("C", {.5, .5})
                                .cpd("S", {.1, .9, .5, .5})
                                .cpd("R", {.8, .2, .2, .8})
                                .cpd("W", {.99, .01, .9, .1, .9, .1, 0, 1})
                                .build();
  CHECK_THAT(posterior(sprinkler, "W", "t"), WithinRel(0.6471, 1e-9));
  CHECK_THAT(posterior(sprinkler, "S", "t", {{"W", "t"}}), WithinAbs(0.429764, 5e-7));
  CHECK_THAT(posterior(sprinkler, "R", "t", {{"W", "t"}}), WithinAbs(0.707928, 5e-7));
  CHECK_THAT(posterior(sprinkler, "S", "t", {{"W", "t"}, {"R", "t"}}), WithinAbs(0.194499, 5e-7));
  CHECK_THAT(posterior(sprinkler, "R", "t", {{"S", "t"}}), WithinRel(0.3, 1e-9));
  CHECK_THAT(posterior(sprinkler, "R", "t", {{"S", "t"}, {"W", "t"}}), WithinAbs(0.320388, 5e-7));

  const network grass = network_builder::from_arrows("R{1,0}->J{1,0}; R->T{1,0}<-S{1,0}")
                            .cpd("R", {.2, .8})
                            .cpd("S", {.1, .9})
                            .cpd("J", {1, 0, .2, .8})
                            .cpd("T", {1, 0, 1, 0, .9, .1, 0, 1})
                            .build();
  CHECK_THAT(posterior(grass, "S", "1", {{"T", "1"}}), WithinAbs(0.338235, 5e-7));
  CHECK_THAT(posterior(grass, "S", "1", {{"T", "1"}, {"J", "1"}}), WithinAbs(0.160448, 5e-7));

  // Bishop: battery and tank full with 0.9; the gauge reads full with .8, .2, .2, .1
  const network fuel = network_builder::from_arrows("B{1,0}->G{1,0}<-F{1,0}")
                           .cpd("B", {.9, .1})
                           .cpd("F", {.9, .1})
                           .cpd("G", {.8, .2, .2, .8, .2, .8, .1, .9})
                           .build();
  CHECK_THAT(posterior(fuel, "G", "0"), WithinRel(0.315, 1e-9));
  CHECK_THAT(posterior(fuel, "F", "0", {{"G", "0"}}), WithinAbs(0.257143, 5e-7));
  CHECK_THAT(posterior(fuel, "F", "0", {{"G", "0"}, {"B", "0"}}), WithinAbs(0.111111, 5e-7));
}

TEST_CASE("chest clinic: marginals and posteriors (T8, T9)", "[bayesnet][textbook]") {
  const network net = own("asia");
  CHECK_THAT(posterior(net, "tub", "yes"), WithinRel(0.0104, 1e-9));
  CHECK_THAT(posterior(net, "lung", "yes"), WithinRel(0.055, 1e-9));
  CHECK_THAT(posterior(net, "bronc", "yes"), WithinRel(0.45, 1e-9));
  CHECK_THAT(posterior(net, "either", "yes"), WithinAbs(0.064828, 5e-7));
  CHECK_THAT(posterior(net, "xray", "yes"), WithinAbs(0.110290, 5e-7));
  CHECK_THAT(posterior(net, "dysp", "yes"), WithinAbs(0.435971, 5e-7));
  CHECK_THAT(posterior(net, "dysp", "yes", {{"smoke", "yes"}}), WithinAbs(0.552808, 5e-7));
  CHECK_THAT(posterior(net, "dysp", "yes", {{"smoke", "no"}}), WithinAbs(0.319133, 5e-7));
  CHECK_THAT(posterior(net, "tub", "yes", {{"asia", "yes"}, {"xray", "yes"}}), WithinAbs(0.337716, 5e-7));
  CHECK_THAT(posterior(net, "lung", "yes", {{"xray", "yes"}, {"dysp", "yes"}}), WithinAbs(0.621253, 5e-7));
  CHECK_THAT(posterior(net, "tub", "yes", {{"xray", "yes"}, {"dysp", "yes"}, {"asia", "yes"}}),
             WithinAbs(0.391712, 5e-7));
}

TEST_CASE("three doors: switching wins two times in three, exactly (T70)", "[bayesnet][textbook]") {
  // car and choice uniform; the host opens a door with neither
  std::vector<double> opens;
  for (int car = 0; car < 3; ++car) {
    for (int choice = 0; choice < 3; ++choice) {
      for (int door = 0; door < 3; ++door) {
        const bool may = door != car && door != choice;
        opens.push_back(!may ? 0.0 : car == choice ? 0.5 : 1.0);
      }
    }
  }
  const double third = 1.0 / 3.0;
  const network net = network_builder::from_arrows("car{1,2,3}->host{1,2,3}<-choice{1,2,3}")
                          .cpd("car", {third, third, third})
                          .cpd("choice", {third, third, third})
                          .cpd("host", opens)
                          .build();
  const auto exact = eliminate_exactly(net, {"car"}, {{"choice", "1"}, {"host", "3"}});
  CHECK(exact.fractions[0] == std::vector<std::string>{"1/3", "2/3", "0"});
  CHECK(exact.rounded.at("car", "2") == 2.0 / 3.0);
}

TEST_CASE("variable elimination: equals the joint table on random networks with every kind of evidence",
          "[bayesnet][elimination]") {
  std::mt19937_64 engine(41);
  for (int trial = 0; trial < 60; ++trial) {
    const network net = test::random_network(9, 0.35, engine, trial % 2 == 0);
    const evidence given = test::random_evidence(net, 0.3, engine, true);
    const test::joint_answer expected = test::by_enumeration(net, given);
    if (expected.evidence_probability == 0.0) continue;
    const posterior_set found = eliminate(net, all_nodes(net), given);
    // relative to sums of at most 4^9 positive terms, each product with 9 factors
    CHECK_THAT(found.log_evidence, WithinAbs(std::log(expected.evidence_probability), 1e-12));
    for (std::size_t v = 0; v < found.nodes.size(); ++v) {
      for (std::size_t s = 0; s < found.probabilities[v].size(); ++s) {
        CHECK_THAT(found.probabilities[v][s], WithinAbs(expected.marginals[v][s], 1e-13));
      }
    }
    const exact_posteriors exact = eliminate_exactly(net, all_nodes(net), given);
    CHECK_THAT(exact.rounded.log_evidence, WithinAbs(std::log(expected.evidence_probability), 1e-12));
    for (std::size_t v = 0; v < found.nodes.size(); ++v) {
      for (std::size_t s = 0; s < found.probabilities[v].size(); ++s) {
        CHECK_THAT(exact.rounded.probabilities[v][s], WithinAbs(expected.marginals[v][s], 1e-13));
      }
    }
  }
}

TEST_CASE("joint posterior: axes in the order asked for, observed variables included", "[bayesnet][elimination]") {
  std::mt19937_64 engine(43);
  for (int trial = 0; trial < 40; ++trial) {
    const network net = test::random_network(8, 0.3, engine, trial % 2 == 0);
    const evidence given = test::random_evidence(net, 0.3, engine, false);
    const std::vector<node_id> targets{5, 0, 3};
    const joint_posterior found = eliminate_joint(net, targets, given);
    std::vector<double> expected(found.probabilities.size(), 0.0);
    double total = 0.0;
    test::for_each_assignment(net, given, [&](const std::vector<std::int64_t>& states, double weight) {
      expected[static_cast<std::size_t>((states[5] * net.cardinality(0) + states[0]) * net.cardinality(3) +
                                        states[3])] += weight;
      total += weight;
    });
    for (std::size_t i = 0; i < expected.size(); ++i)
      CHECK_THAT(found.probabilities[i], WithinAbs(expected[i] / total, 1e-13));
  }
  const network net = own("asia");
  CHECK(eliminate_joint(net, {}, {{"dysp", "yes"}}).probabilities == std::vector<double>{1.0});
  CHECK_THAT(eliminate_joint(net, {}, {{"dysp", "yes"}}).log_evidence, WithinAbs(std::log(0.4359706), 1e-7));
  CHECK(eliminate_joint(net, {}).log_evidence == 0.0);
  CHECK_THROWS_WITH(eliminate_joint(net, {"asia", "asia"}), Contains("twice"));
}

TEST_CASE("most probable explanation: reaches the largest joint probability", "[bayesnet][mpe]") {
  std::mt19937_64 engine(47);
  for (int trial = 0; trial < 60; ++trial) {
    const network net = test::random_network(9, 0.35, engine, trial % 2 == 0);
    const evidence given = test::random_evidence(net, 0.3, engine, true);
    const test::joint_answer expected = test::by_enumeration(net, given);
    if (expected.best == 0.0) continue;
    const explanation found = most_probable_explanation(net, given);
    CHECK_THAT(found.log_probability, WithinAbs(std::log(expected.best), 1e-12));
    CHECK(found.states == expected.best_states);  // random tables have no ties
    // MAP over a subset: largest marginal of the subset, not the subset of the explanation
    const std::vector<node_id> subset{1, 4, 6};
    std::map<std::vector<std::int64_t>, double> sums;
    test::for_each_assignment(net, given, [&](const std::vector<std::int64_t>& states, double weight) {
      sums[{states[1], states[4], states[6]}] += weight;
    });
    const auto best =
        std::max_element(sums.begin(), sums.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    const explanation map = most_probable_assignment(net, subset, given);
    CHECK_THAT(map.log_probability, WithinAbs(std::log(best->second), 1e-12));
    CHECK(map.states == best->first);
  }
}

TEST_CASE("queries: impossible evidence, unknown names and tables beyond the limit are refused",
          "[bayesnet][elimination]") {
  const network net = own("asia");
  const evidence impossible{{"either", "no"}, {"lung", "yes"}};
  CHECK_THROWS_WITH(eliminate(net, {"xray"}, impossible), Contains("probability zero"));
  CHECK_THROWS_WITH(eliminate_exactly(net, {"xray"}, impossible), Contains("probability zero"));
  CHECK_THROWS_WITH(most_probable_explanation(net, impossible), Contains("probability zero"));
  CHECK_THROWS_WITH(eliminate(net, {"xray"}, {{"lung", "yes"}, {"lung", "no"}}), Contains("probability zero"));
  CHECK_THROWS_WITH(eliminate(net, {"heart"}), Contains("'heart'"));
  CHECK_THROWS_AS(eliminate(net, {"xray"}, {}, {.max_bytes = 100.0}), memory_error);
  CHECK_THROWS_WITH(eliminate(net, {"xray"}, {}, {.max_bytes = 100.0}), Contains("bytes") && Contains("max_bytes"));
  const inference_cost cost = predict_elimination(net, {"xray"});
  CHECK(cost.bytes >= 8 * 8);
  CHECK(cost.operations > 0);
}

TEST_CASE("long products do not underflow", "[bayesnet][elimination]") {
  // A thousand observed leaves of probability 0.1 each: P(e) = 0.5 * 0.1^1000 * 2
  network_builder builder;
  builder.variable("root", {"a", "b"}).cpd("root", {}, {0.5, 0.5});
  evidence given;
  for (int i = 0; i < 1000; ++i) {
    const std::string leaf = "leaf" + std::to_string(i);
    builder.variable(leaf, {"x", "y"}).cpd(leaf, {"root"}, {0.1, 0.9, 0.1, 0.9});
    given.observe(leaf, "x");
  }
  const network net = builder.build();
  CHECK_THAT(eliminate(net, {"root"}, given).log_evidence, WithinRel(1000 * std::log(0.1), 1e-13));
  CHECK_THAT(eliminate_exactly(net, {"root"}, given).rounded.log_evidence, WithinRel(1000 * std::log(0.1), 1e-13));
}

TEST_CASE("small shared networks: every posterior equals the joint table", "[bayesnet][elimination]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  std::mt19937_64 engine(53);
  for (const std::string name : {"asia", "cancer", "earthquake", "survey", "sachs"}) {
    CAPTURE(name);
    const network net = read_bif(folder + "/bn/" + name + ".bif");
    for (int trial = 0; trial < 4; ++trial) {
      const evidence given = trial == 0 ? evidence() : test::random_evidence(net, 0.3, engine, trial == 3);
      const test::joint_answer expected = test::by_enumeration(net, given);
      const posterior_set found = eliminate(net, all_nodes(net), given);
      CHECK_THAT(found.log_evidence, WithinAbs(std::log(expected.evidence_probability), 1e-12));
      for (std::size_t v = 0; v < found.nodes.size(); ++v) {
        for (std::size_t s = 0; s < found.probabilities[v].size(); ++s) {
          CHECK_THAT(found.probabilities[v][s], WithinAbs(expected.marginals[v][s], 1e-12));
        }
      }
    }
  }
}
