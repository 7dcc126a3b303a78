// SPDX-License-Identifier: BSD-3-Clause
#include "bayesnet/support.hpp"
#include "credence/bayesnet/bif.hpp"
#include "credence/bayesnet/plan.hpp"

#include <numeric>

using namespace credence;
using namespace credence::bayesnet;

namespace {
std::string numbered(const char* text, int number) { return std::string(text).append(std::to_string(number)); }
}  // namespace

TEST_CASE("sessions: every step gives the bits of a fresh query with the same evidence", "[bayesnet][session]") {
  std::mt19937_64 engine(441);
  for (int trial = 0; trial < 25; ++trial) {
    const network net = test::random_network(9, 0.3, engine, trial % 2 == 0);
    const plan tree = compile(net);  // small: hard evidence runs on the full tree, too
    query_session now(tree);
    std::map<std::string, evidence> known;
    for (int step = 0; step < 30; ++step) {
      const auto states = test::random_assignment(net, engine);
      const auto v = static_cast<node_id>(engine() % 9);
      const variable& node = net.at(v);
      const std::string state = node.states[static_cast<std::size_t>(states[static_cast<std::size_t>(v)])];
      switch (engine() % 4) {
        case 0:
          now.retract({v});
          known.erase(node.name);
          break;
        case 1:
          known[node.name] = evidence().likelihood(node.name, std::vector<double>(node.states.size(), 0.25));
          break;
        default:
          known[node.name] = evidence({{node.name, state}});
      }
      if (known.count(node.name) != 0) now.set(known[node.name]);
      if (step == 20) {
        now.clear();
        known.clear();
      }
      evidence all;
      for (const auto& [name, one] : known) {
        for (const finding& f : one.findings()) {
          if (f.what == finding::kind::state)
            all.observe(f.node, f.state);
          else
            all.likelihood(f.node, f.likelihood);
        }
      }
      const std::vector<node_id> targets{static_cast<node_id>(engine() % 9), static_cast<node_id>(engine() % 9)};
      posterior_set fresh;
      try {
        fresh = tree.posteriors(all, targets);
      } catch (const domain_error&) {  // steps were drawn apart: together they may be impossible
        CHECK_THROWS_AS(now.posteriors(targets), domain_error);
        CHECK_THROWS_AS(now.log_evidence(), domain_error);
        continue;
      }
      const posterior_set found = now.posteriors(targets);
      CHECK(found.probabilities == fresh.probabilities);
      CHECK(found.log_evidence == fresh.log_evidence);
      CHECK(now.log_evidence() == fresh.log_evidence);
    }
  }
}

TEST_CASE("sessions: only the way from what changed to the root is computed again", "[bayesnet][session]") {
  network_builder build;
  build.variable("hub", {"a", "b"}).cpd("hub", {}, {0.5, 0.5});
  for (int leaf = 0; leaf < 50; ++leaf) {
    const std::string name = numbered("leaf", leaf);
    build.variable(name, {"a", "b"}).cpd(name, {"hub"}, {0.9, 0.1, 0.2, 0.8});
  }
  query_session now(compile(build.build()));
  CHECK(now.cliques() == 50);
  for (int leaf = 0; leaf < 50; ++leaf) now.set({{numbered("leaf", leaf), "a"}});
  (void)now.log_evidence();
  const std::int64_t first = now.cliques_collected();
  CHECK(first == 50);
  now.set({{"leaf7", "b"}});
  const posterior_set found = now.posteriors({"hub"});
  CHECK(now.cliques_collected() - first <= 50);
  CHECK_THAT(found.at("hub", "a"), WithinRel(1.0 / (1.0 + 8.0 * std::pow(2.0 / 9.0, 49)), 1e-12));
  const std::int64_t second = now.cliques_collected();
  now.set({{"leaf7", "b"}});  // nothing new
  (void)now.log_evidence();
  CHECK(now.cliques_collected() == second);
}

TEST_CASE("sessions: the cost of a step follows the path, not the network", "[bayesnet][session][data]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  const network net = read_bif(folder + "/bn/win95pts.bif");
  const plan tree = compile(net);
  query_session now(tree);
  std::mt19937_64 engine(443);
  const auto states = test::random_assignment(net, engine);
  for (node_id v = 0; v < net.size(); v += 3)
    now.set({{net.at(v).name, net.at(v).states[static_cast<std::size_t>(states[static_cast<std::size_t>(v)])]}});
  (void)now.log_evidence();
  const std::int64_t before = now.cliques_collected();
  std::int64_t steps = 0;
  for (node_id v = 0; v < net.size(); v += 3, ++steps) {
    now.retract({v});
    (void)now.log_evidence();
    now.set({{net.at(v).name, net.at(v).states[static_cast<std::size_t>(states[static_cast<std::size_t>(v)])]}});
    (void)now.log_evidence();
  }
  const double a_step = static_cast<double>(now.cliques_collected() - before) / static_cast<double>(2 * steps);
  CAPTURE(a_step, now.cliques());
  CHECK(a_step < 0.5 * static_cast<double>(now.cliques()));
}

TEST_CASE("sessions: refusals leave the evidence as it was", "[bayesnet][session]") {
  const plan tree = compile(read_bif(CREDENCE_SOURCE_DIR "/models/networks/asia.bif"));
  query_session now(tree);
  now.set({{"lung", "yes"}});
  CHECK_THROWS_AS(now.set({{"lung", "maybe"}}), domain_error);
  CHECK_THROWS_AS(now.set({{"heart", "yes"}}), domain_error);
  CHECK_THROWS_AS(now.retract({"heart"}), domain_error);
  CHECK(now.posteriors({"smoke"}).probabilities == tree.posteriors({{"lung", "yes"}}, {"smoke"}).probabilities);
  now.set({{"either", "no"}});
  CHECK_THROWS_WITH(now.posteriors({"smoke"}), Contains("probability zero"));
  now.retract({"lung"});
  CHECK(now.posteriors({"smoke"}).probabilities == tree.posteriors({{"either", "no"}}, {"smoke"}).probabilities);
}
