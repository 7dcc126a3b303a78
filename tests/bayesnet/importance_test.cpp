// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/importance_sampling.hpp"

#include "bayesnet/support.hpp"
#include "credence/bayesnet/bif.hpp"
#include "credence/bayesnet/inference.hpp"
#include "credence/bayesnet/plan.hpp"

#include <numeric>

using namespace credence;
using namespace credence::bayesnet;

namespace {
std::string numbered(const char* text, int number) { return std::string(text).append(std::to_string(number)); }
}  // namespace

TEST_CASE("importance sampling: within its own standard errors of the joint table, with and without learning",
          "[bayesnet][importance]") {
  std::mt19937_64 engine(431);
  double largest = 0.0;
  for (int trial = 0; trial < 16; ++trial) {
    const network net = test::random_network(8, 0.35, engine, trial % 2 == 1);
    const evidence given = test::random_evidence(net, 0.4, engine, true);
    std::vector<node_id> all(8);
    std::iota(all.begin(), all.end(), 0);
    const auto exact = test::by_enumeration(net, given);
    for (const bool adaptive : {false, true}) {
      const importance_options how{.samples = 40'000, .key = {static_cast<std::uint64_t>(trial), 0}};
      const weighted_posteriors found =
          adaptive ? adaptive_importance_sampling(net, all, given, how) : importance_sampling(net, all, given, how);
      CHECK(found.effective_sample_size > 500);
      largest = std::max(largest, std::abs(found.posterior.log_evidence - std::log(exact.evidence_probability)) /
                                      std::max(found.log_evidence_std_error, 1e-12));
      for (std::size_t v = 0; v < all.size(); ++v) {
        for (std::size_t s = 0; s < exact.marginals[v].size(); ++s) {
          const double error = std::abs(found.posterior.probabilities[v][s] - exact.marginals[v][s]);
          largest =
              std::max(largest, error / std::max(found.std_errors[v][s], 1e-12));  // sure states have rounding only
        }
      }
    }
  }
  CHECK(largest < 5.4);  // Bonferroni at 1e-4 over the some 700 numbers compared
}

TEST_CASE("importance sampling: draws from the posterior itself on a chain with its end observed",
          "[bayesnet][importance]") {
  network_builder build;
  for (int v = 0; v < 12; ++v) build.variable(numbered("x", v), {"a", "b", "c"});
  build.cpd("x0", {}, {0.7, 0.2, 0.1});
  for (int v = 1; v < 12; ++v)
    build.cpd(numbered("x", v), {numbered("x", v - 1)}, {0.9, 0.08, 0.02, 0.1, 0.6, 0.3, 0.3, 0.3, 0.4});
  const network net = build.build();
  const evidence given{{"x11", "c"}};
  const weighted_posteriors found = importance_sampling(net, {"x0", "x5"}, given, {.samples = 5'000});
  CHECK_THAT(found.effective_sample_size, WithinRel(5'000.0, 1e-9));  // all weights are P(evidence)
  CHECK_THAT(found.posterior.log_evidence, WithinAbs(eliminate(net, {"x0"}, given).log_evidence, 1e-12));
}

TEST_CASE("importance sampling: unlikely evidence is worth far more draws than by likelihood weighting; learning helps",
          "[bayesnet][importance][data]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  const network net = read_bif(folder + "/bn/alarm.bif");
  const evidence given{{"HRBP", "HIGH"}, {"PRESS", "LOW"},   {"HREKG", "LOW"},
                       {"BP", "LOW"},    {"EXPCO2", "HIGH"}, {"CVP", "HIGH"}};
  const posterior_set exact = compile(net).posteriors(given);
  REQUIRE(exact.log_evidence < -8.0);
  const importance_options how{.samples = 20'000, .key = {5, 0}};
  std::vector<node_id> all(static_cast<std::size_t>(net.size()));
  std::iota(all.begin(), all.end(), 0);
  const double plain = likelihood_weighting(exec::cpu(1), net, all, given, 20'000, {5, 0}).effective_sample_size;
  const weighted_posteriors sent = importance_sampling(net, all, given, how),
                            learnt = adaptive_importance_sampling(net, all, given, how);
  CAPTURE(plain, sent.effective_sample_size, learnt.effective_sample_size);
  CHECK(sent.effective_sample_size > 5.0 * plain);
  CHECK(learnt.effective_sample_size > 1.2 * sent.effective_sample_size);
  CHECK(std::abs(learnt.posterior.log_evidence - exact.log_evidence) < 4.0 * learnt.log_evidence_std_error);
  double largest = 0.0;
  for (std::size_t v = 0; v < all.size(); ++v)
    for (std::size_t s = 0; s < exact.probabilities[v].size(); ++s)
      largest = std::max(largest, std::abs(learnt.posterior.probabilities[v][s] - exact.probabilities[v][s]));
  CHECK(largest < 4.0 * 0.5 / std::sqrt(learnt.effective_sample_size));  // 0.5 is the largest standard deviation
}

TEST_CASE("importance sampling: equal bits for any threads, clear words when nothing agrees",
          "[bayesnet][importance]") {
  const network net = read_bif(CREDENCE_SOURCE_DIR "/models/networks/asia.bif");
  const evidence given{{"dysp", "yes"}, {"xray", "yes"}};
  const auto one = adaptive_importance_sampling(net, {"lung"}, given, {.samples = 20'000, .context = exec::cpu(1)});
  const auto four = adaptive_importance_sampling(net, {"lung"}, given, {.samples = 20'000, .context = exec::cpu(4)});
  CHECK(one.posterior.probabilities == four.posterior.probabilities);
  CHECK(one.std_errors == four.std_errors);
  CHECK(one.posterior.log_evidence == four.posterior.log_evidence);
  CHECK_THROWS_WITH(importance_sampling(net, {"xray"}, {{"either", "no"}, {"lung", "yes"}}, {.samples = 1000}),
                    Contains("none of 1000"));
  CHECK_THROWS_AS(importance_sampling(net, {"xray"}, {}, {.samples = 0}), domain_error);
  CHECK_THROWS_AS(adaptive_importance_sampling(net, {"xray"}, {}, {.stages = -1}), domain_error);
}
