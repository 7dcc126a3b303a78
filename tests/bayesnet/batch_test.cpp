// SPDX-License-Identifier: BSD-3-Clause
#include "bayesnet/support.hpp"

#include "credence/bayesnet/bif.hpp"
#include "credence/bayesnet/plan.hpp"
#include "credence/table/csv.hpp"

#include <cstring>
#include <numeric>

using namespace credence;
using namespace credence::bayesnet;

namespace {

std::vector<node_id> all_nodes(const network& net) {
  std::vector<node_id> all(static_cast<std::size_t>(net.size()));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

/// Rows that can happen, each with its own observed set; the first row observes nothing.
evidence_table random_rows(const network& net, std::int64_t rows, double share, std::mt19937_64& engine) {
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  evidence_table made{all_nodes(net), {}, rows};
  made.codes.assign(made.nodes.size(), std::vector<std::int32_t>(static_cast<std::size_t>(rows), -1));
  for (std::int64_t row = 1; row < rows; ++row) {
    const auto states = test::random_assignment(net, engine);
    for (std::size_t v = 0; v < states.size(); ++v) {
      if (uniform(engine) < share) made.codes[v][static_cast<std::size_t>(row)] = static_cast<std::int32_t>(states[v]);
    }
  }
  return made;
}

evidence row_of(const network& net, const evidence_table& rows, std::int64_t row) {
  evidence given;
  for (std::size_t i = 0; i < rows.nodes.size(); ++i) {
    const std::int32_t code = rows.codes[i][static_cast<std::size_t>(row)];
    if (code >= 0)
      given.observe(net.at(rows.nodes[i]).name, net.at(rows.nodes[i]).states[static_cast<std::size_t>(code)]);
  }
  return given;
}

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

}  // namespace

TEST_CASE("batch: rows as lanes equal the joint table", "[bayesnet][plan][batch]") {
  std::mt19937_64 engine(83);
  for (int trial = 0; trial < 40; ++trial) {
    const network net = test::random_network(8, 0.3, engine, trial % 2 == 0);
    const plan tree = compile(net, {.restarts = 1});
    const evidence_table rows = random_rows(net, 19, 0.35, engine);
    const posterior_table found = tree.posteriors(rows, all_nodes(net), exec::cpu(1));
    double worst = 0.0;
    for (std::int64_t row = 0; row < rows.rows; ++row) {
      const test::joint_answer expected = test::by_enumeration(net, row_of(net, rows, row));
      CHECK_THAT(found.log_evidence[static_cast<std::size_t>(row)],
                 WithinAbs(std::log(expected.evidence_probability), 1e-12));
      for (std::size_t i = 0; i < found.nodes.size(); ++i) {
        for (std::size_t s = 0; s < expected.marginals[i].size(); ++s)
          worst = std::max(worst, std::abs(found.at(row, i)[s] - expected.marginals[i][s]));
      }
    }
    CHECK(worst < 1e-12);
  }
}

TEST_CASE("batch: a row's bits depend neither on its neighbours nor on threads", "[bayesnet][plan][batch]") {
  std::mt19937_64 engine(89);
  for (const bool wide : {false, true}) {
    // A clique beyond the lanes' limit runs row by row.
    const network net =
        wide ? test::random_network(26, 0.45, engine, true, 5) : test::random_network(14, 0.25, engine, true);
    const plan tree = compile(net, {.restarts = 1});
    const evidence_table rows = random_rows(net, wide ? 9 : 150, 0.3, engine);
    const posterior_table found = tree.posteriors(rows, all_nodes(net), exec::cpu(1));
    const posterior_table threads = tree.posteriors(rows, all_nodes(net), exec::cpu(3));
    CHECK(same_bits(found.values, threads.values));
    CHECK(same_bits(found.log_evidence, threads.log_evidence));
    for (std::int64_t row = 0; row < rows.rows; ++row) {
      evidence_table alone{rows.nodes, {}, 1};
      for (const auto& codes : rows.codes) alone.codes.push_back({codes[static_cast<std::size_t>(row)]});
      const posterior_table one = tree.posteriors(alone, all_nodes(net), exec::cpu(1));
      const auto begin = found.values.begin() + row * found.begin.back();
      CHECK(same_bits(one.values, {begin, begin + found.begin.back()}));
      CHECK(one.log_evidence[0] == found.log_evidence[static_cast<std::size_t>(row)]);
    }
  }
}

TEST_CASE("batch: evidence common to all rows, of every kind", "[bayesnet][plan][batch]") {
  std::mt19937_64 engine(97);
  const network net = read_bif(CREDENCE_SOURCE_DIR "/models/networks/asia.bif");
  const plan tree = compile(net);
  const table file = parse_csv(exec::cpu(1), "xray,asia\nyes,\n,no\n,\nno,yes\n", {.infer_types = false});
  const evidence common = parse_evidence("smoke=0.2:0.8,bronc!=yes,dysp=yes");
  const posterior_table found = tree.posteriors(make_evidence_table(net, file), {"lung", "tub"}, exec::cpu(1), common);
  REQUIRE(found.rows() == 4);
  const auto rows = evidence_rows(net, file, common);
  for (std::int64_t row = 0; row < 4; ++row) {
    const posterior_set one = tree.posteriors(rows[static_cast<std::size_t>(row)], {"lung", "tub"});
    CHECK_THAT(found.log_evidence[static_cast<std::size_t>(row)], WithinRel(one.log_evidence, 1e-12));
    for (std::size_t i = 0; i < 2; ++i) CHECK_THAT(found.at(row, i)[0], WithinRel(one.probabilities[i][0], 1e-12));
  }
}

TEST_CASE("batch: long products do not underflow", "[bayesnet][plan][batch]") {
  // 600 children of one node, each seen in a state of probability 1e-3.
  network_builder builder;
  builder.variable("root", {"a", "b"}).cpd("root", {}, {0.5, 0.5});
  evidence_table rows{{}, {}, 2};
  for (int i = 0; i < 600; ++i) {
    const std::string name = std::string("c").append(std::to_string(i));
    builder.variable(name, {"x", "y"}).cpd(name, {"root"}, {0.001, 0.999, 0.0011, 0.9989});
    rows.nodes.push_back(i + 1);
    rows.codes.push_back({0, i < 300 ? 0 : -1});
  }
  const network net = builder.build();
  const posterior_table found = compile(net).posteriors(rows, {"root"}, exec::cpu(1));
  const double a = 600 * std::log(0.001), b = 600 * std::log(0.0011);
  CHECK_THAT(found.log_evidence[0], WithinRel(std::log(0.5) + b + std::log1p(std::exp(a - b)), 1e-12));
  CHECK_THAT(found.at(0, 0)[0], WithinRel(std::exp(a - b) / (1 + std::exp(a - b)), 1e-9));
  CHECK_THAT(found.at(1, 0)[0], WithinRel(1 / (1 + std::pow(1.1, 300)), 1e-9));
}

TEST_CASE("batch: impossible and malformed rows are named", "[bayesnet][plan][batch]") {
  const network net = read_bif(CREDENCE_SOURCE_DIR "/models/networks/asia.bif");
  const plan tree = compile(net);
  const auto rows = [&](const std::string& text) {
    return make_evidence_table(net, parse_csv(exec::cpu(1), text, {.infer_types = false}));
  };
  CHECK_THROWS_WITH(tree.posteriors(rows("lung,either\nyes,yes\nyes,no\n"), {"tub"}, exec::cpu(1)),
                    Contains("row 1") && Contains("probability zero"));
  CHECK_THROWS_WITH(tree.posteriors(rows("lung\nyes\nno\n"), {"tub"}, exec::cpu(1), parse_evidence("lung=yes")),
                    Contains("row 1"));
  CHECK_THROWS_WITH(rows("lung\nyes\nmaybe\n"), Contains("row 1") && Contains("'maybe'"));
  CHECK_THROWS_WITH(rows("heart\nyes\n"), Contains("'heart'"));
  CHECK(tree.posteriors(evidence_table{{}, {}, 0}, {"tub"}, exec::cpu(1)).rows() == 0);
  evidence_table wrong{{0}, {{5}}, 1};
  CHECK_THROWS_AS(tree.posteriors(wrong, {"tub"}, exec::cpu(1)), domain_error);
}
