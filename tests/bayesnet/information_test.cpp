// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/information.hpp"

#include "bayesnet/support.hpp"

#include "credence/bayesnet/bif.hpp"

using namespace credence;
using namespace credence::bayesnet;

namespace {

/// P(target = state, evidence) and P(evidence) by summing products of tables that need not be normalised.
std::pair<double, double> sums(const network& net, const std::vector<std::vector<double>>& tables,
                               const weighted_states& known, node_id target, std::int64_t state) {
  std::vector<std::int64_t> states(static_cast<std::size_t>(net.size()), 0);
  double both = 0.0, seen = 0.0;
  while (true) {
    double product = 1.0;
    for (node_id v = 0; v < net.size(); ++v) {
      const auto x = states[static_cast<std::size_t>(v)];
      std::int64_t place = 0;
      for (const node_id p : net.table(v).parents)
        place = place * net.cardinality(p) + states[static_cast<std::size_t>(p)];
      product *= tables[static_cast<std::size_t>(v)][static_cast<std::size_t>(place * net.cardinality(v) + x)];
      const auto& w = known.weights[static_cast<std::size_t>(v)];
      if (!w.empty()) product *= w[static_cast<std::size_t>(x)];
    }
    seen += product;
    if (states[static_cast<std::size_t>(target)] == state) both += product;
    std::size_t i = 0;
    while (i < states.size() && ++states[i] == net.cardinality(static_cast<node_id>(i))) states[i++] = 0;
    if (i == states.size()) return {both, seen};
  }
}

}  // namespace

TEST_CASE("entropy and mutual information: by the joint table", "[bayesnet][information]") {
  const network net = read_bif(CREDENCE_SOURCE_DIR "/models/networks/student.bif");
  CHECK_THAT(entropy(net, {"D"}), WithinRel(-0.4 * std::log(0.4) - 0.6 * std::log(0.6), 1e-12));
  CHECK_THAT(entropy(net, {"D", "I"}), WithinRel(entropy(net, {"D"}) + entropy(net, {"I"}), 1e-12));
  CHECK_THAT(mutual_information(net, {"D"}, {"I"}), WithinAbs(0.0, 1e-15));
  CHECK(mutual_information(net, {"D"}, {"I"}, {{"G", "g3"}}) > 0.01);
  CHECK_THAT(mutual_information(net, {"I"}, {"S"}),
             WithinRel(entropy(net, {"I"}) + entropy(net, {"S"}) - entropy(net, {"I", "S"}), 1e-11));
  CHECK_THROWS_WITH(mutual_information(net, {"I", "D"}, {"I"}), Contains("'I'"));
  CHECK(entropy(std::vector<double>{1.0, 0.0}) == 0.0);
}

TEST_CASE("sensitivity: the quotient's derivative from sums that are linear in every entry",
          "[bayesnet][information]") {
  std::mt19937_64 engine(137);
  for (int trial = 0; trial < 12; ++trial) {
    const network net = test::random_network(5, 0.45, engine, trial % 2 == 0, 3);
    const evidence given = test::random_evidence(net, 0.3, engine, true);
    const auto y = static_cast<node_id>(engine() % 5);
    const auto state = static_cast<std::int64_t>(engine() % static_cast<unsigned>(net.cardinality(y)));
    const weighted_states known = resolve(net, given, "test");
    std::vector<std::vector<double>> tables;
    for (node_id v = 0; v < net.size(); ++v) tables.push_back(net.probabilities(v));
    const auto [both, seen] = sums(net, tables, known, y, state);
    if (seen == 0.0) continue;
    const sensitivity_result found =
        sensitivity(net, net.at(y).name, net.at(y).states[static_cast<std::size_t>(state)], given);
    CHECK_THAT(found.probability, WithinAbs(both / seen, 1e-12));
    for (std::size_t v = 0; v < tables.size(); ++v) {
      const auto states = static_cast<std::size_t>(net.cardinality(static_cast<node_id>(v)));
      for (std::size_t k = 0; k < tables[v].size(); ++k) {
        // Both sums are linear in the entry: a step of one gives their slopes exactly.
        auto moved = tables;
        moved[v][k] += 1.0;
        const auto [both_moved, seen_moved] = sums(net, moved, known, y, state);
        const double slope = ((both_moved - both) - both / seen * (seen_moved - seen)) / seen;
        CHECK_THAT(found.derivative[v][k], WithinAbs(slope, 1e-10 * std::max(1.0, std::abs(slope))));
        if (tables[v][k] == 1.0) continue;
        // Along the line on which the row keeps its sum.
        moved = tables;
        const double h = 1e-6;
        const auto row = k / states * states;
        for (std::size_t s = row; s < row + states; ++s)
          moved[v][s] = s == k ? tables[v][s] + h : tables[v][s] * (1.0 - tables[v][k] - h) / (1.0 - tables[v][k]);
        const auto [both_up, seen_up] = sums(net, moved, known, y, state);
        // 1e-5: the step's own curvature
        CHECK_THAT(found.covarying[v][k],
                   WithinAbs((both_up / seen_up - both / seen) / h, 1e-5 * std::max(1.0, std::abs(slope))));
      }
    }
  }
  const network net = read_bif(CREDENCE_SOURCE_DIR "/models/networks/asia.bif");
  CHECK_THROWS_WITH(sensitivity(net, "tub", "yes", {{"lung", "yes"}, {"either", "no"}}), Contains("probability zero"));
  CHECK_THROWS_WITH(sensitivity(net, "tub", "maybe"), Contains("'maybe'"));
}
