// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/ges.hpp"

#include "bayesnet/learning_support.hpp"
#include "bayesnet/support.hpp"
#include "credence/bayesnet/bif.hpp"
#include "credence/bayesnet/structure_search.hpp"

using namespace credence;
using namespace credence::bayesnet;

namespace {

/// BIC of infinitely many rows: 1e12 of them, in the exact proportions of the network.
local_score exact_bic(const network& net) {
  std::vector<std::pair<std::vector<std::int64_t>, double>> joint;
  test::for_each_assignment(net, {}, [&](const std::vector<std::int64_t>& s, double p) { joint.emplace_back(s, p); });
  const auto entropy = [joint](std::vector<node_id> nodes) {
    std::map<std::vector<std::int64_t>, double> table;
    for (const auto& [states, p] : joint) {
      std::vector<std::int64_t> key;
      for (const node_id v : nodes) key.push_back(states[static_cast<std::size_t>(v)]);
      table[key] += p;
    }
    double sum = 0.0;
    for (const auto& [key, p] : table) sum -= p > 0.0 ? p * std::log(p) : 0.0;
    return sum;
  };
  return [net, entropy](node_id v, std::span<const node_id> parents) {
    constexpr double rows = 1e12;
    std::vector<node_id> family(parents.begin(), parents.end());
    double free = static_cast<double>(net.cardinality(v) - 1);
    for (const node_id p : parents) free *= static_cast<double>(net.cardinality(p));
    const double above = entropy(family);
    family.push_back(v);
    return -rows * (entropy(family) - above) - 0.5 * free * std::log(rows);
  };
}

}  // namespace

TEST_CASE("GES: with infinitely many rows it finds the true class", "[bayesnet][learning][ges]") {
  std::mt19937_64 engine(451);
  std::uniform_real_distribution<double> uniform(0.15, 0.85);
  int arcs = 0;
  for (int trial = 0; trial < 40; ++trial) {
    // Binary, tables far from ties: almost surely faithful, and dependencies are far above the penalty's 1e-11 nats.
    const int n = 3 + trial % 4;
    std::vector<variable> variables;
    std::vector<cpd> cpds(static_cast<std::size_t>(n));
    for (int v = 0; v < n; ++v) {
      variables.push_back({std::string("v").append(std::to_string(v)), {"0", "1"}, {}});
      auto& t = cpds[static_cast<std::size_t>(v)];
      for (node_id p = 0; p < v; ++p)
        if (engine() % 2 == 0) t.parents.push_back(p);
      for (std::size_t row = 0; row < (std::size_t{1} << t.parents.size()); ++row) {
        t.values.push_back(uniform(engine));
        t.values.push_back(1.0 - t.values.back());
      }
    }
    const network net("", std::move(variables), std::move(cpds));
    std::vector<std::string> names;
    for (const variable& v : net.variables()) names.push_back(v.name);
    const ges_result found = ges(names, exact_bic(net));
    CHECK(found.graph == cpdag(net.graph()));
    CHECK(i_equivalent(net.graph(), found.member));
    arcs += static_cast<int>(net.graph().arc_count());
  }
  CHECK(arcs > 100);
}

TEST_CASE("GES: never above the best graph of all, and mostly there", "[bayesnet][learning][ges]") {
  std::mt19937_64 engine(453);
  int reached = 0;
  for (int trial = 0; trial < 20; ++trial) {
    const discrete_data data = test::made_up_data(5, 300, 3, engine);
    const family_scores score(data, score_kind::bic);
    const ges_result found = ges(data.names(), score);
    const search_result best = exact_search(data.names(), score);
    CHECK_THAT(found.score, WithinRel(score.of(found.member), 1e-12));
    CHECK(found.score <= best.score + 1e-9 * std::abs(best.score));
    if (found.score >= best.score - 1e-9 * std::abs(best.score)) ++reached;
    const ges_result narrow = ges(data.names(), score, {.max_parents = 1});
    CHECK(narrow.score <= found.score + 1e-9 * std::abs(found.score));
  }
  CHECK(reached >= 15);
}

TEST_CASE("GES: columns in another order give the same class", "[bayesnet][learning][ges]") {
  const network net = read_bif(CREDENCE_SOURCE_DIR "/models/networks/asia.bif");
  const discrete_data data = test::sampled(net, 4000, 7);
  const ges_result found = ges(data.names(), family_scores(data));
  std::vector<variable> turned(data.variables().rbegin(), data.variables().rend());
  std::vector<std::vector<std::int32_t>> codes;
  for (node_id v = static_cast<node_id>(data.size()) - 1; v >= 0; --v)
    codes.emplace_back(data.codes(v).begin(), data.codes(v).end());
  const discrete_data other(turned, codes);
  CHECK(i_equivalent(found.member, ges(other.names(), family_scores(other)).member));
  CHECK_THROWS_AS(ges(data.names(), family_scores(data), {.max_parents = -2}), domain_error);
  CHECK(ges({}, family_scores(data)).graph.nodes == 0);
}
