// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/gibbs.hpp"

#include "bayesnet/support.hpp"

#include "credence/bayesnet/bif.hpp"
#include "credence/graph/ancestry.hpp"

using namespace credence;
using namespace credence::bayesnet;

namespace {

std::vector<node_id> all_nodes(const network& net) {
  std::vector<node_id> all;
  for (node_id v = 0; v < net.size(); ++v) all.push_back(v);
  return all;
}

/// The largest error in standard errors, over all states of all nodes.
double worst_error(const posterior_set& found, const std::vector<std::vector<double>>& std_errors,
                   const test::joint_answer& expected) {
  double worst = 0.0;
  for (std::size_t i = 0; i < found.nodes.size(); ++i) {
    for (std::size_t s = 0; s < found.probabilities[i].size(); ++s) {
      const double off =
          std::abs(found.probabilities[i][s] - expected.marginals[static_cast<std::size_t>(found.nodes[i])][s]);
      if (off > 1e-12) worst = std::max(worst, off / std::max(std_errors[i][s], 1e-12));
    }
  }
  return worst;
}

}  // namespace

TEST_CASE("Gibbs: equals the joint table within standard errors", "[bayesnet][gibbs]") {
  std::mt19937_64 engine(113);
  for (int trial = 0; trial < 12; ++trial) {
    const network net = test::random_network(8, 0.3, engine, false, 3);
    const evidence given = trial % 3 == 0 ? evidence() : test::random_evidence(net, 0.25, engine, true);
    const test::joint_answer expected = test::by_enumeration(net, given);
    const gibbs_posteriors found =
        gibbs(net, all_nodes(net), given,
              {.chains = 200, .warmup = 100, .sweeps = 300, .key = {static_cast<std::uint64_t>(trial), 0}});
    // About 15 states in each of 12 trials: the largest of 180 is beyond 4.5 once in a thousand runs.
    CHECK(worst_error(found.posterior, found.std_errors, expected) < 4.5);
    CHECK(found.disagreement < 2.0);
    CHECK(std::isnan(found.posterior.log_evidence));
    CHECK(found.effective_sample_size > 200.0);
  }
}

TEST_CASE("Gibbs: the same numbers for any threads, and for the chains of a shorter list", "[bayesnet][gibbs]") {
  const network net = read_bif(CREDENCE_SOURCE_DIR "/models/networks/survey.bif");
  const gibbs_options how{.chains = 130, .warmup = 5, .sweeps = 20, .key = {7, 0}};
  gibbs_options threads = how;
  threads.context = exec::cpu(4);
  const gibbs_posteriors one = gibbs(net, all_nodes(net), {{"T", "car"}}, how);
  const gibbs_posteriors four = gibbs(net, all_nodes(net), {{"T", "car"}}, threads);
  CHECK(one.posterior.probabilities == four.posterior.probabilities);
  CHECK(one.std_errors == four.std_errors);
  CHECK(one.posterior.at("T", "car") == 1.0);
}

TEST_CASE("Gibbs: chains that cannot meet say so", "[bayesnet][gibbs]") {
  // b copies a: single-site updates never move.
  const network net =
      network_builder::from_arrows("a{0,1}->b{0,1}").cpd("a", {0.5, 0.5}).cpd("b", {1, 0, 0, 1}).build();
  const gibbs_posteriors found = gibbs(net, {"a"}, {}, {.key = {1, 0}});
  CHECK(found.disagreement > 2.0);
  CHECK_THROWS_WITH(gibbs(net, {"a"}, {{"a", "0"}, {"b", "1"}}), Contains("agrees with the evidence"));
  CHECK_THROWS_AS(gibbs(net, {"a"}, {}, {.chains = 1}), domain_error);
  CHECK_THROWS_AS(gibbs(net, {"a"}, {}, {.sweeps = 0}), domain_error);
}

TEST_CASE("blanket coloring: no two nodes of a class meet", "[bayesnet][gibbs]") {
  std::mt19937_64 engine(127);
  for (int trial = 0; trial < 20; ++trial) {
    const network net = test::random_network(15, 0.25, engine, false);
    std::size_t nodes = 0;
    for (const auto& color : blanket_coloring(net.graph())) {
      nodes += color.size();
      for (const node_id v : color) {
        const auto blanket = markov_blanket(net.graph(), {v});
        for (const node_id u : color) CHECK(std::find(blanket.begin(), blanket.end(), u) == blanket.end());
      }
    }
    CHECK(nodes == 15);
  }
}

TEST_CASE("rejection sampling: the sprinkler within standard errors (T7)", "[bayesnet][gibbs]") {
  const network net = network_builder::from_arrows("C{t,f}->S{t,f}->W{t,f}<-R{t,f}<-C")
                          .cpd("C", {0.5, 0.5})
                          .cpd("S", {0.1, 0.9, 0.5, 0.5})
                          .cpd("R", {0.8, 0.2, 0.2, 0.8})
                          .cpd("W", {0.99, 0.01, 0.9, 0.1, 0.9, 0.1, 0.0, 1.0})
                          .build();
  const weighted_posteriors found = rejection_sampling(exec::cpu(1), net, {"S", "R"}, {{"W", "t"}}, 100'000, {3, 0});
  CHECK(std::abs(found.posterior.at("S", "t") - 0.429764) < 4 * found.std_errors[0][0]);
  CHECK(std::abs(found.posterior.at("R", "t") - 0.707928) < 4 * found.std_errors[1][0]);
  CHECK(std::abs(found.posterior.log_evidence - std::log(0.6471)) < 4 * found.log_evidence_std_error);
  CHECK(std::abs(found.effective_sample_size - 64710) < 4 * std::sqrt(1e5 * 0.6471 * 0.3529));
  const gibbs_posteriors chains = gibbs(net, {"S", "R"}, {{"W", "t"}}, {.key = {5, 0}});
  CHECK(std::abs(chains.posterior.at("S", "t") - 0.429764) < 4 * chains.std_errors[0][0]);
  CHECK(std::abs(chains.posterior.at("R", "t") - 0.707928) < 4 * chains.std_errors[1][0]);
  const evidence soft = parse_evidence("W=0.5:0.25,C!=f");
  const test::joint_answer expected = test::by_enumeration(net, soft);
  const weighted_posteriors mixed = rejection_sampling(exec::cpu(2), net, {"S", "R"}, soft, 100'000, {9, 0});
  CHECK(worst_error(mixed.posterior, mixed.std_errors, expected) < 4.0);
  CHECK(std::abs(mixed.posterior.log_evidence - std::log(expected.evidence_probability)) <
        4 * mixed.log_evidence_std_error);
  CHECK_THROWS_WITH(rejection_sampling(exec::cpu(1), net, {"C"}, {{"S", "f"}, {"R", "f"}, {"W", "t"}}, 1000, {1, 0}),
                    Contains("none of 1000"));
}
