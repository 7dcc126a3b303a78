// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/sampling.hpp"
#include "credence/bayesnet/bif.hpp"

#include "bayesnet/support.hpp"

#include <boost/math/distributions/chi_squared.hpp>

#include <numeric>

using namespace credence;
using namespace credence::bayesnet;

namespace {
network own(const std::string& name) { return read_bif(CREDENCE_SOURCE_DIR "/models/networks/" + name + ".bif"); }
}  // namespace

TEST_CASE("forward sampling: frequencies of all joint states, chi-square at 1e-6 over three keys",
          "[bayesnet][sampling]") {
  const network net = own("student");
  constexpr std::int64_t rows = 100'000;
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const sample_table drawn = forward_sample(exec::cpu(2), net, rows, {seed, 0});
    std::map<std::vector<std::int64_t>, double> counts;
    for (std::int64_t row = 0; row < rows; ++row) {
      std::vector<std::int64_t> states;
      for (node_id v = 0; v < net.size(); ++v) states.push_back(drawn.column(v)[static_cast<std::size_t>(row)]);
      counts[states] += 1.0;
    }
    double statistic = 0.0;
    int cells = 0;
    test::for_each_assignment(net, {}, [&](const std::vector<std::int64_t>& states, double probability) {
      const double expected = rows * probability;
      statistic += (counts[states] - expected) * (counts[states] - expected) / expected;
      ++cells;
    });
    CHECK(cells == 48);
    CHECK(statistic < boost::math::quantile(boost::math::complement(boost::math::chi_squared(cells - 1), 1e-6)));
  }
}

TEST_CASE("forward sampling: a row is the same for any number of rows and threads", "[bayesnet][sampling]") {
  const network net = own("asia");
  const rng_key key{9, 4};
  const sample_table one = forward_sample(exec::cpu(1), net, 10'000, key),
                     four = forward_sample(exec::cpu(4), net, 10'000, key);
  CHECK(one.states == four.states);
  const sample_table few = forward_sample(exec::cpu(1), net, 3'000, key);
  for (node_id v = 0; v < net.size(); ++v) {
    CHECK(std::equal(few.column(v).begin(), few.column(v).end(), one.column(v).begin()));
  }
  CHECK(forward_sample(exec::cpu(1), net, 0, key).states.empty());
  CHECK_THROWS_AS(forward_sample(exec::cpu(1), net, -1, key), domain_error);
}

TEST_CASE("likelihood weighting: within its own standard errors of the exact posteriors (T7 too)",
          "[bayesnet][sampling]") {
  std::mt19937_64 engine(61);
  double largest = 0.0;
  int compared = 0;
  for (int trial = 0; trial < 12; ++trial) {
    const network net = test::random_network(8, 0.35, engine, false);
    const evidence given = test::random_evidence(net, 0.3, engine, true);
    std::vector<node_id> all(8);
    std::iota(all.begin(), all.end(), 0);
    const posterior_set exact = eliminate(net, all, given);
    const weighted_posteriors found =
        likelihood_weighting(exec::cpu(2), net, all, given, 50'000, {static_cast<std::uint64_t>(trial), 0});
    CHECK(found.effective_sample_size > 1'000);
    CHECK(found.effective_sample_size <= 50'000 * (1 + 1e-12));
    largest = std::max(largest, std::abs(found.posterior.log_evidence - exact.log_evidence) /
                                    std::max(found.log_evidence_std_error, 1e-12));
    for (std::size_t v = 0; v < all.size(); ++v) {
      for (std::size_t s = 0; s < exact.probabilities[v].size(); ++s) {
        const double error = std::abs(found.posterior.probabilities[v][s] - exact.probabilities[v][s]);
        // sure states (observed, impossible) have no error; 1e-12 is their rounding
        largest = std::max(largest, error / std::max(found.std_errors[v][s], 1e-12));
        ++compared;
      }
    }
  }
  CAPTURE(compared);
  CHECK(largest < 5.2);  // Bonferroni at 1e-4 over the some 250 numbers compared: 4 sigma is not enough, 5.2 is
}

TEST_CASE("likelihood weighting: equal bits for any number of threads, clear words when nothing agrees",
          "[bayesnet][sampling]") {
  const network net = own("asia");
  const evidence given{{"dysp", "yes"}};
  const auto one = likelihood_weighting(exec::cpu(1), net, {"lung"}, given, 20'000, {1, 1});
  const auto four = likelihood_weighting(exec::cpu(4), net, {"lung"}, given, 20'000, {1, 1});
  CHECK(one.posterior.probabilities == four.posterior.probabilities);
  CHECK(one.posterior.log_evidence == four.posterior.log_evidence);
  CHECK(one.std_errors == four.std_errors);
  CHECK_THROWS_WITH(
      likelihood_weighting(exec::cpu(1), net, {"xray"}, {{"either", "no"}, {"lung", "yes"}}, 1000, {1, 1}),
      Contains("none of 1000"));
  CHECK_THROWS_AS(likelihood_weighting(exec::cpu(1), net, {"xray"}, {}, 0, {1, 1}), domain_error);
}
