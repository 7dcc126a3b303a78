// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/fit.hpp"

#include "bayesnet/learning_support.hpp"
#include "bayesnet/support.hpp"

#include "credence/bayesnet/bif.hpp"
#include "credence/bayesnet/score.hpp"

using namespace credence;
using namespace credence::bayesnet;
using namespace credence::test;

namespace {

/// The same rows with about `share` of the cells missing.
discrete_data with_gaps(const discrete_data& data, double share, std::mt19937_64& engine) {
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  std::vector<std::vector<std::int32_t>> codes;
  for (node_id v = 0; v < data.size(); ++v) {
    auto& column = codes.emplace_back(data.codes(v).begin(), data.codes(v).end());
    for (auto& code : column) {
      if (uniform(engine) < share) code = -1;
    }
  }
  return {data.variables(), codes};
}

evidence observed_in(const discrete_data& data, std::int64_t row) {
  evidence given;
  for (node_id v = 0; v < data.size(); ++v) {
    const auto code = data.codes(v)[static_cast<std::size_t>(row)];
    const variable& named = data.variables()[static_cast<std::size_t>(v)];
    if (code != discrete_data::missing) given.observe(named.name, named.states[code]);
  }
  return given;
}

/// One step of EM over the joint table of every row.
struct slow_step {
  std::vector<std::vector<double>> tables;
  double log_likelihood = 0.0;
};
slow_step em_step(const network& net, const discrete_data& data, double per_cell) {
  slow_step step;
  for (node_id v = 0; v < net.size(); ++v) step.tables.emplace_back(net.table(v).values.size(), per_cell);
  for (std::int64_t row = 0; row < data.rows(); ++row) {
    const evidence given = observed_in(data, row);
    const double total = by_enumeration(net, given).evidence_probability;
    step.log_likelihood += std::log(total);
    for_each_assignment(net, given, [&](const std::vector<std::int64_t>& states, double weight) {
      for (node_id v = 0; v < net.size(); ++v) {
        std::int64_t place = 0;
        for (const node_id p : net.table(v).parents)
          place = place * net.cardinality(p) + states[static_cast<std::size_t>(p)];
        place = place * net.cardinality(v) + states[static_cast<std::size_t>(v)];
        step.tables[static_cast<std::size_t>(v)][static_cast<std::size_t>(place)] += weight / total;
      }
    });
  }
  for (node_id v = 0; v < net.size(); ++v) {
    auto& table = step.tables[static_cast<std::size_t>(v)];
    const auto states = static_cast<std::size_t>(net.cardinality(v));
    for (std::size_t begin = 0; begin < table.size(); begin += states) {
      double sum = 0.0;
      for (std::size_t s = 0; s < states; ++s) sum += table[begin + s];
      for (std::size_t s = 0; s < states; ++s)
        table[begin + s] = sum > 0.0 ? table[begin + s] / sum : 1.0 / static_cast<double>(states);
    }
  }
  return step;
}

}  // namespace

TEST_CASE("fit: counts by hand, with and without priors", "[bayesnet][learning][fit]") {
  const network net = uniform_network(dag("a->b"), {{"a", {"0", "1"}, {}}, {"b", {"x", "y", "z"}, {}}});
  const discrete_data data(net.variables(), {{0, 0, 0}, {0, 0, 1}});
  const fitted_network mle = fit(exec::cpu(1), net, data);
  CHECK(mle.net.table(0).values == std::vector<double>{1.0, 0.0});
  CHECK(mle.net.table(1).values == std::vector<double>{2.0 / 3, 1.0 / 3, 0.0, 1.0 / 3, 1.0 / 3, 1.0 / 3});
  CHECK_THAT(mle.log_likelihood, WithinRel(2 * std::log(2.0 / 3) + std::log(1.0 / 3), 1e-13));
  // BDeu with 6: weights 3 for a, 1 for b; K2: 1
  const fitted_network bdeu = fit(exec::cpu(1), net, data, {.per_table = 6.0});
  CHECK(bdeu.net.table(0).values == std::vector<double>{6.0 / 9, 3.0 / 9});
  CHECK(bdeu.net.table(1).values == std::vector<double>{3.0 / 6, 2.0 / 6, 1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 3});
  const fitted_network k2 = fit(exec::cpu(1), net, data, {.per_cell = 1.0});
  CHECK(k2.net.table(0).values == std::vector<double>{4.0 / 5, 1.0 / 5});
  const fitted_network own = fit(exec::cpu(1), net, data, {.own = {{}, {0, 0, 3, 0, 0, 7}}});
  CHECK(own.net.table(1).values == std::vector<double>{2.0 / 6, 1.0 / 6, 3.0 / 6, 0.0, 0.0, 1.0});
}

TEST_CASE("fit: the likelihood is that of the score and of the rows one by one", "[bayesnet][learning][fit]") {
  std::mt19937_64 engine(61);
  for (int repeat = 0; repeat < 5; ++repeat) {
    const network net = random_network(7, 0.4, engine, true);
    const discrete_data data = sampled(net, 300, static_cast<std::uint64_t>(repeat));
    const fitted_network found = fit(exec::cpu(2), net, data);
    double by_rows = 0.0;
    for (std::int64_t row = 0; row < data.rows(); ++row) {
      std::vector<std::int64_t> states;
      for (node_id v = 0; v < net.size(); ++v) states.push_back(data.codes(v)[static_cast<std::size_t>(row)]);
      by_rows += found.net.log_probability(states);
    }
    CHECK_THAT(found.log_likelihood, WithinRel(by_rows, 1e-11));
    CHECK_THAT(log_likelihood(exec::cpu(1), found.net, data), WithinRel(by_rows, 1e-11));
  }
}

TEST_CASE("EM: every step equals that of the joint table", "[bayesnet][learning][fit]") {
  std::mt19937_64 engine(67);
  for (int repeat = 0; repeat < 6; ++repeat) {
    const network net = random_network(6, 0.4, engine, false, 3);
    const discrete_data data = with_gaps(sampled(net, 37, static_cast<std::uint64_t>(repeat)), 0.3, engine);
    const double per_cell = repeat % 2 == 0 ? 0.0 : 0.7;
    network slow = net;
    for (int steps = 0; steps < 4; ++steps) {
      const em_result fast =
          fit_em(net, data, {.prior = {.per_cell = per_cell}, .max_iterations = steps, .tolerance = 0});
      CHECK(fast.iterations == steps);
      const slow_step next = em_step(slow, data, per_cell);
      CHECK_THAT(fast.log_likelihood, WithinRel(next.log_likelihood, 1e-11));
      for (node_id v = 0; v < net.size(); ++v) {
        for (std::size_t k = 0; k < net.table(v).values.size(); ++k)
          CHECK_THAT(fast.net.table(v).values[k], WithinAbs(slow.table(v).values[k], 1e-11));
      }
      std::vector<cpd> cpds;
      for (node_id v = 0; v < net.size(); ++v)
        cpds.push_back({net.table(v).parents, next.tables[static_cast<std::size_t>(v)], {}});
      slow = network("slow", net.variables(), cpds);
    }
  }
}

TEST_CASE("EM: never falls, ends, and does not depend on threads", "[bayesnet][learning][fit]") {
  std::mt19937_64 engine(71);
  const network net = read_bif(CREDENCE_SOURCE_DIR "/models/networks/asia.bif");
  const discrete_data data = with_gaps(sampled(net, 2000, 5), 0.2, engine);
  const network start = uniform_network(net.graph(), net.variables());
  const em_options how{.prior = {.per_table = 1.0}, .max_iterations = 500, .random_start = true, .key = {3, 0}};
  const em_result found = fit_em(start, data, how);
  CHECK(found.why == em_stop::gain_small);
  REQUIRE(found.trace.size() >= 3);
  for (std::size_t i = 1; i < found.trace.size(); ++i)
    CHECK(found.trace[i] >= found.trace[i - 1] - 1e-9 * std::fabs(found.trace[i]));
  em_options threads = how;
  threads.context = exec::cpu(4);
  CHECK(fit_em(start, data, threads).net == found.net);
  CHECK(found.log_likelihood > log_likelihood(exec::cpu(1), start, data));
  // complete data: one step is the maximum
  const discrete_data full = sampled(net, 500, 5);
  const em_result at_once = fit_em(start, full);
  const fitted_network counted_tables = fit(exec::cpu(1), start, full);
  CHECK(at_once.iterations <= 2);
  CHECK_THAT(at_once.log_likelihood, WithinRel(counted_tables.log_likelihood, 1e-11));
}

TEST_CASE("EM: a hidden coin reaches the likelihood of the observed shares", "[bayesnet][learning][fit]") {
  // A hidden coin h shows y: h = 0 always shows 0, h = 1 shows 0 or 1. Counts of y: 70 and 30.
  std::vector<std::int32_t> y(100, 0);
  std::fill(y.begin() + 70, y.end(), 1);
  const network net =
      network_builder::from_arrows("h{0,1}->y{0,1}").cpd("h", {0.5, 0.5}).cpd("y", {1, 0, 0.5, 0.5}).build();
  const discrete_data data(net.variables(), {std::vector<std::int32_t>(100, -1), y});
  const em_result found = fit_em(net, data, {.max_iterations = 5000, .tolerance = 1e-16});
  // Many tables give P(y = 1) = 0.3; the likelihood is the same for all of them.
  CHECK_THAT(found.log_likelihood, WithinRel(70 * std::log(0.7) + 30 * std::log(0.3), 1e-9));
}

TEST_CASE("fit: refusals name the place", "[bayesnet][learning][fit]") {
  const network net = network_builder::from_arrows("a{0,1}->b{0,1}").cpd("a", {1, 0}).cpd("b", {1, 0, 0, 1}).build();
  const discrete_data gaps(net.variables(), {{0, -1}, {0, 0}});
  CHECK_THROWS_WITH(fit(exec::cpu(1), net, gaps), Contains("'a' is missing in row 1") && Contains("fit_em"));
  const discrete_data impossible(net.variables(), {{-1, -1, -1}, {0, 1, 1}});
  CHECK_THROWS_WITH(fit_em(net, impossible), Contains("row 1") && Contains("probability zero"));
  CHECK_THROWS_AS(fit(exec::cpu(1), net, gaps, {.per_table = -1.0}), domain_error);
  CHECK_THROWS_AS(fit(exec::cpu(1), net, gaps, {.own = {{}}}), shape_error);
  const discrete_data other({{"a", {"0", "1"}, {}}, {"c", {"0", "1"}, {}}}, {{0}, {0}});
  CHECK_THROWS_WITH(fit(exec::cpu(1), net, other), Contains("'c'"));
  CHECK_THROWS_AS(uniform_network(dag("a->b"), {{"b", {"0"}, {}}, {"a", {"0"}, {}}}), domain_error);
}
