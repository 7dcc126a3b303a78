// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/belief_propagation.hpp"

#include "bayesnet/support.hpp"

#include "credence/bayesnet/bif.hpp"

using namespace credence;
using namespace credence::bayesnet;

namespace {

/// A network whose graph without directions is a tree.
network random_tree(int n, std::mt19937_64& engine) {
  std::uniform_real_distribution<double> uniform(0.05, 1.0);
  std::vector<variable> variables;
  std::vector<cpd> cpds(static_cast<std::size_t>(n));
  for (int v = 0; v < n; ++v) {
    variable& made = variables.emplace_back(variable{std::string("v").append(std::to_string(v)), {}, {}});
    for (unsigned s = 0; s < 1 + engine() % 3; ++s) made.states.push_back(std::to_string(s));
    if (v == 0) continue;
    const auto other = static_cast<node_id>(engine() % static_cast<unsigned>(v));
    if (engine() % 2 == 0)
      cpds[static_cast<std::size_t>(v)].parents.push_back(other);
    else
      cpds[static_cast<std::size_t>(other)].parents.push_back(v);
  }
  for (int v = 0; v < n; ++v) {
    cpd& t = cpds[static_cast<std::size_t>(v)];
    const std::size_t states = variables[static_cast<std::size_t>(v)].states.size();
    std::size_t rows = 1;
    for (const node_id p : t.parents) rows *= variables[static_cast<std::size_t>(p)].states.size();
    for (std::size_t row = 0; row < rows; ++row) {
      std::vector<double> p(states);
      double sum = 0.0;
      for (double& x : p) sum += x = uniform(engine);
      for (const double x : p) t.values.push_back(x / sum);
    }
  }
  return {"tree", std::move(variables), std::move(cpds)};
}

}  // namespace

TEST_CASE("belief propagation: exact on trees, evidence of every kind", "[bayesnet][lbp]") {
  std::mt19937_64 engine(131);
  for (int trial = 0; trial < 40; ++trial) {
    const network net = random_tree(9, engine);
    const evidence given = test::random_evidence(net, 0.3, engine, trial % 2 == 0);
    const test::joint_answer expected = test::by_enumeration(net, given);
    std::vector<node_id> all;
    for (node_id v = 0; v < net.size(); ++v) all.push_back(v);
    const auto found = belief_propagation(net, all, given, {.damping = trial % 3 == 0 ? 0.3 : 0.0, .tolerance = 1e-14});
    CHECK(found.converged);
    CHECK_THAT(found.posterior.log_evidence, WithinAbs(std::log(expected.evidence_probability), 1e-9));
    for (std::size_t v = 0; v < all.size(); ++v) {
      for (std::size_t s = 0; s < expected.marginals[v].size(); ++s)
        CHECK_THAT(found.posterior.probabilities[v][s], WithinAbs(expected.marginals[v][s], 1e-9));
    }
  }
}

TEST_CASE("belief propagation: close on the chest clinic, and stops when told", "[bayesnet][lbp]") {
  const network net = read_bif(CREDENCE_SOURCE_DIR "/models/networks/asia.bif");
  const auto found = belief_propagation(net, {"lung", "bronc"}, {{"dysp", "yes"}});
  CHECK(found.converged);
  const posterior_set exact = eliminate(net, {"lung", "bronc"}, {{"dysp", "yes"}});
  for (std::size_t i = 0; i < 2; ++i)
    CHECK_THAT(found.posterior.probabilities[i][0], WithinAbs(exact.probabilities[i][0], 0.02));  // one weak loop
  CHECK_THAT(found.posterior.log_evidence, WithinAbs(exact.log_evidence, 0.02));
  const auto cut = belief_propagation(net, {"lung"}, {{"dysp", "yes"}}, {.max_updates = 2});
  CHECK_FALSE(cut.converged);
  CHECK(cut.updates == 2);
  CHECK(cut.residual > 1e-10);
  CHECK_THROWS_WITH(belief_propagation(net, {"tub"}, {{"lung", "yes"}, {"either", "no"}}),
                    Contains("probability zero"));
  CHECK_THROWS_WITH(belief_propagation(net, {"tub"}, {}, {.damping = 1.0}), Contains("damping"));
}
