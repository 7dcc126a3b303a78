// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/plan.hpp"
#include "credence/bayesnet/bif.hpp"
#include "credence/table/csv.hpp"

#include "bayesnet/support.hpp"

#include <cstring>

using namespace credence;
using namespace credence::bayesnet;

namespace {

void check_same(const posterior_set& found, const posterior_set& expected, double tolerance) {
  CHECK_THAT(found.log_evidence,
             WithinAbs(expected.log_evidence, tolerance * std::max(1.0, std::abs(expected.log_evidence))));
  REQUIRE(found.nodes == expected.nodes);
  double worst = 0.0;
  for (std::size_t v = 0; v < found.nodes.size(); ++v) {
    for (std::size_t s = 0; s < found.probabilities[v].size(); ++s) {
      worst = std::max(worst, std::abs(found.probabilities[v][s] - expected.probabilities[v][s]));
    }
  }
  CHECK(worst < tolerance);
}

bool equal_bits(const posterior_set& a, const posterior_set& b) {
  if (a.nodes != b.nodes || std::memcmp(&a.log_evidence, &b.log_evidence, sizeof(double)) != 0) return false;
  for (std::size_t v = 0; v < a.nodes.size(); ++v) {
    if (std::memcmp(a.probabilities[v].data(), b.probabilities[v].data(), sizeof(double) * a.probabilities[v].size()) !=
        0) {
      return false;
    }
  }
  return true;
}

}  // namespace

TEST_CASE("junction tree: equals the joint table on random networks with every kind of evidence", "[bayesnet][plan]") {
  std::mt19937_64 engine(71);
  for (int trial = 0; trial < 80; ++trial) {
    const network net = test::random_network(9, 0.35, engine, trial % 2 == 0);
    const plan tree = compile(net, {.restarts = 1});
    for (int query = 0; query < 3; ++query) {
      const evidence given = query == 0 ? evidence() : test::random_evidence(net, 0.3, engine, true);
      const test::joint_answer expected = test::by_enumeration(net, given);
      if (expected.evidence_probability == 0.0) {
        CHECK_THROWS_WITH(tree.posteriors(given), Contains("probability zero"));
        continue;
      }
      const posterior_set found = tree.posteriors(given);
      CHECK_THAT(found.log_evidence, WithinAbs(std::log(expected.evidence_probability), 1e-12));
      double worst = 0.0;
      for (std::size_t v = 0; v < found.nodes.size(); ++v) {
        for (std::size_t s = 0; s < found.probabilities[v].size(); ++s) {
          worst = std::max(worst, std::abs(found.probabilities[v][s] - expected.marginals[v][s]));
        }
      }
      CHECK(worst < 1e-13);
    }
  }
}

TEST_CASE("junction tree: equals the joint table on the small shared networks", "[bayesnet][plan]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  std::mt19937_64 engine(73);
  for (const std::string name : {"asia", "cancer", "earthquake", "survey", "sachs"}) {
    CAPTURE(name);
    const network net = read_bif(folder + "/bn/" + name + ".bif");
    const plan tree = compile(net);
    for (int trial = 0; trial < 4; ++trial) {
      const evidence given = trial == 0 ? evidence() : test::random_evidence(net, 0.3, engine, trial == 3);
      const test::joint_answer expected = test::by_enumeration(net, given);
      const posterior_set found = tree.posteriors(given);
      CHECK_THAT(found.log_evidence, WithinAbs(std::log(expected.evidence_probability), 1e-12));
      for (std::size_t v = 0; v < found.nodes.size(); ++v) {
        for (std::size_t s = 0; s < found.probabilities[v].size(); ++s) {
          CHECK_THAT(found.probabilities[v][s], WithinAbs(expected.marginals[v][s], 1e-12));
        }
      }
    }
  }
}

TEST_CASE("junction tree: equals variable elimination, in another order, on the larger shared networks",
          "[bayesnet][plan]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  std::mt19937_64 engine(79);
  struct job {
    std::string file;
    int targets;  // elimination is one run a target
  };
  for (const job& j : {job{"alarm.bif", 37},
                       {"child.bif", 20},
                       {"hailfinder.bif", 20},
                       {"insurance.bif", 12},
                       {"win95pts.bif", 20},
                       {"andes.bif", 2},
                       {"pigs.bif", 3},
                       {"munin3.bif.gz", 2}}) {
    CAPTURE(j.file);
    const network net = read_bif(folder + "/bn/" + j.file);
    const plan tree = compile(net, {.restarts = 2});
    for (int trial = 0; trial < 3; ++trial) {
      const evidence given =
          trial == 0 ? evidence() : test::random_evidence(net, trial == 1 ? 0.1 : 0.3, engine, trial == 2);
      std::vector<node_id> targets;
      for (int t = 0; t < j.targets; ++t)
        targets.push_back(static_cast<node_id>(engine() % static_cast<unsigned>(net.size())));
      const posterior_set found = tree.posteriors(given, targets);
      // 1e-10: conditioning on evidence of small probability amplifies rounding of long sums
      check_same(found, eliminate(net, targets, given, {.restarts = 0}), 1e-10);
    }
  }
}

TEST_CASE("junction tree: trees for observed sets and the full tree agree", "[bayesnet][plan]") {
  // Large enough that hard evidence takes its own tree: a grid of 3-state variables.
  std::mt19937_64 engine(83);
  network_builder builder;
  std::uniform_real_distribution<double> uniform(0.05, 1.0);
  constexpr int side = 9;
  const auto name = [](int r, int c) { return std::string("g").append(std::to_string(r * side + c)); };
  for (int r = 0; r < side; ++r) {
    for (int c = 0; c < side; ++c) {
      std::vector<std::string> parents;
      std::size_t rows = 1;
      if (r > 0) parents.push_back(name(r - 1, c));
      if (c > 0) parents.push_back(name(r, c - 1));
      for (std::size_t i = 0; i < parents.size(); ++i) rows *= 3;
      std::vector<double> values;
      for (std::size_t row = 0; row < rows; ++row) {
        double p[3] = {uniform(engine), uniform(engine), uniform(engine)};
        const double sum = p[0] + p[1] + p[2];
        for (const double x : p) values.push_back(x / sum);
      }
      builder.variable(name(r, c), {"a", "b", "c"}).cpd(name(r, c), parents, values);
    }
  }
  const network net = builder.build();
  const plan tree = compile(net);
  REQUIRE(tree.cost().largest_table > 20'000);
  for (int trial = 0; trial < 4; ++trial) {
    const evidence hard = test::random_evidence(net, 0.25, engine, false);
    evidence soft;  // the same as likelihoods that leave a trace of the other states: the full tree
    for (const finding& f : hard.findings()) {
      std::vector<double> weights(3, 1e-30);
      weights[static_cast<std::size_t>(net.state_of(net.graph().index_of(f.node), f.state, "test"))] = 1.0;
      soft.likelihood(f.node, weights);
    }
    const posterior_set pruned = tree.posteriors(hard), full = tree.posteriors(soft);
    CHECK(pruned.predicted.operations < full.predicted.operations);
    check_same(pruned, full, 1e-11);
    CHECK(equal_bits(pruned, tree.posteriors(hard)));
    CHECK(equal_bits(pruned, compile(net).posteriors(hard)));  // whatever came before
  }
}

TEST_CASE("junction tree: asking for some targets gives the bits of asking for all", "[bayesnet][plan]") {
  const network net = read_bif(CREDENCE_SOURCE_DIR "/models/networks/asia.bif");
  const plan tree = compile(net);
  const evidence given = evidence{{"dysp", "yes"}}.likelihood("xray", {0.3, 0.9});
  const posterior_set all = tree.posteriors(given);
  for (const variable& v : net.variables())
    CHECK(tree.posteriors(given, {std::vector<std::string>{v.name}}).of(v.name) == all.of(v.name));
  CHECK(all.at("dysp", "yes") == 1.0);
  CHECK(all.at("dysp", "no") == 0.0);
  CHECK_THROWS_AS(all.at("dysp", "maybe"), domain_error);
  CHECK_THROWS_AS(tree.posteriors(given, {"xray"}).of("lung"), domain_error);
  CHECK(tree.posteriors(given, {}).log_evidence == all.log_evidence);
}

TEST_CASE("batches: every row equals its own query, for any number of threads", "[bayesnet][plan]") {
  std::mt19937_64 engine(89);
  const network net = test::random_network(12, 0.3, engine, false);
  const plan tree = compile(net);
  std::vector<evidence> rows;
  for (int row = 0; row < 200; ++row) rows.push_back(test::random_evidence(net, 0.3, engine, true));
  const std::vector<node_id> targets{0, 3, 7};
  const auto one = tree.posteriors(rows, targets, exec::cpu(1)), four = tree.posteriors(rows, targets, exec::cpu(4));
  REQUIRE(one.size() == rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    CHECK(equal_bits(one[row], four[row]));
    CHECK(equal_bits(one[row], tree.posteriors(rows[row], targets)));
  }
}

TEST_CASE("batches: rows of a table, empty cells say nothing, the first bad row is named", "[bayesnet][plan]") {
  const network net = read_bif(CREDENCE_SOURCE_DIR "/models/networks/asia.bif");
  const plan tree = compile(net);
  const auto read = [&](const std::string& text) {
    return evidence_rows(net, parse_csv(exec::cpu(1), text, {.infer_types = false}), evidence{{"asia", "no"}});
  };
  const auto rows = read("xray,dysp\nyes,\n,no\n,\n");
  REQUIRE(rows.size() == 3);
  const auto results = tree.posteriors(rows, {"lung"}, exec::cpu(2));
  CHECK(equal_bits(results[0], tree.posteriors({{"asia", "no"}, {"xray", "yes"}}, {"lung"})));
  CHECK(equal_bits(results[1], tree.posteriors({{"asia", "no"}, {"dysp", "no"}}, {"lung"})));
  CHECK(equal_bits(results[2], tree.posteriors({{"asia", "no"}}, {"lung"})));
  CHECK_THROWS_WITH(read("heart\nyes\n"), Contains("'heart'"));
  CHECK_THROWS_WITH(read("xray\nyes\nmaybe\n"), Contains("row 1") && Contains("'maybe'"));
  const auto bad = read("lung,either\nyes,yes\nyes,no\nyes,no\n");
  CHECK_THROWS_WITH(tree.posteriors(bad, {"xray"}, exec::cpu(2)), Contains("row 1:") && Contains("probability zero"));
}

TEST_CASE("junction tree: long products do not underflow, also where messages disagree", "[bayesnet][plan]") {
  // A thousand leaves, half of which speak for a and half for b, a hundred to one each. Without care every entry of the
  // product passes through 1e-1000 and vanishes.
  network_builder builder;
  builder.variable("root", {"a", "b"}).cpd("root", {}, {0.25, 0.75});
  evidence given;
  for (int i = 0; i < 1000; ++i) {
    const std::string leaf = std::string("leaf").append(std::to_string(i));
    builder.variable(leaf, {"x", "y"});
    if (i % 2 == 0)
      builder.cpd(leaf, {"root"}, {0.001, 0.999, 0.1, 0.9});
    else
      builder.cpd(leaf, {"root"}, {0.1, 0.9, 0.001, 0.999});
    if (i % 3 == 0)
      given.observe(leaf, "x");
    else
      given.likelihood(leaf, {1.0, 0.0});
  }
  const network net = builder.build();
  const posterior_set found = compile(net).posteriors(given, {"root"});
  CHECK_THAT(found.log_evidence, WithinRel(500 * (std::log(0.1) + std::log(0.001)), 1e-13));
  CHECK_THAT(found.at("root", "a"), WithinRel(0.25, 1e-12));
  const posterior_set eliminated = eliminate(net, {"root"}, given);
  CHECK_THAT(eliminated.log_evidence, WithinRel(found.log_evidence, 1e-13));
  CHECK_THAT(eliminated.at("root", "a"), WithinRel(0.25, 1e-12));
}

TEST_CASE("compile: says how much a tree would take and refuses beyond the limit", "[bayesnet][plan]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  const network net = read_bif(folder + "/bn/pigs.bif");
  CHECK_THROWS_AS(compile(net, {.max_bytes = 1e5}), memory_error);
  CHECK_THROWS_WITH(compile(net, {.max_bytes = 1e5}), Contains("bytes"));
  CHECK(compile(network()).posteriors().nodes.empty());
}

TEST_CASE("plans: queries from several threads at once", "[bayesnet][plan]") {
  std::mt19937_64 engine(97);
  const network net = test::random_network(14, 0.25, engine, false);
  const plan tree = compile(net);
  std::vector<evidence> rows;
  for (int row = 0; row < 64; ++row) rows.push_back(test::random_evidence(net, 0.2, engine, false));
  const auto results = tree.posteriors(rows, {0, 1}, exec::cpu(8));
  CHECK(results.size() == 64);
}
