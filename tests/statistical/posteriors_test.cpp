// SPDX-License-Identifier: BSD-3-Clause
// Sampling the built-in models: means, mean squares and quantiles against summaries of long reference runs.
#include "support/posteriors.hpp"
#include "credence/diagnostics/convergence.hpp"
#include "credence/models/registry.hpp"
#include "credence/samplers/run.hpp"
#include "support/catch.hpp"

#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <vector>

using namespace credence;
using namespace credence::test;

namespace {

/// How many combined standard errors an estimate may be off: 4 for up to 50 statistics, else so many that all of them
/// together fail with probability 1e-4.
double bound_for(std::size_t statistics) {
  if (statistics <= 50) return 4.0;
  return boost::math::quantile(
      boost::math::complement(boost::math::normal(), 0.5e-4 / static_cast<double>(statistics)));
}

run_result run_model(const std::string& name, const program& p, double target_acceptance, std::int64_t draws = 2000) {
  run_options run;
  run.draws = draws;
  run.seed = 3;
  run.variables = models::find(name).reported();
  return sample(p, nuts::options{.target_acceptance = target_acceptance}, run);
}

program compiled(const std::string& name, const std::string& folder) {
  return models::compile(models::find(name), read_posterior_data(folder));
}

enum class compared { everything, moments };

void check_against(const nlohmann::json& reference, const run_result& result, compared what = compared::everything) {
  const draws_summary s = summary(result);
  const double bound = bound_for((what == compared::moments ? 2 : 6) * s.parameters.size());
  for (const parameter_summary& p : s.parameters) {
    REQUIRE(reference.contains(p.name));
    const nlohmann::json& r = reference[p.name];
    const auto draws = result.draws_of(p.name);
    const auto check = [&](const char* statistic, double mine, double error, double theirs, double their_error) {
      CAPTURE(p.name, statistic, mine, theirs, error, their_error);
      CHECK(std::abs(mine - theirs) <= bound * std::sqrt(error * error + their_error * their_error));
    };
    check("mean", p.mean, p.mcse_mean, r["mean"], r["mcse_mean"]);
    check("sd", p.sd, p.mcse_sd, r["sd"], r["mcse_sd"]);
    CAPTURE(p.name, p.rhat, p.ess_bulk);
    CHECK(p.rhat < 1.01);
    CHECK(p.ess_bulk > 400.0);
    if (what == compared::moments) continue;
    check("5 %", p.q5, mcse_quantile(draws, 0.05), r["q05"], r["mcse_q05"]);
    check("50 %", p.q50, mcse_quantile(draws, 0.5), r["q50"], r["mcse_q50"]);
    check("95 %", p.q95, mcse_quantile(draws, 0.95), r["q95"], r["mcse_q95"]);
    std::vector<double> squares;
    double mean = 0.0, variance = 0.0;
    for (std::int64_t c = 0; c < draws.extent(0); ++c) {
      for (std::int64_t i = 0; i < draws.extent(1); ++i) squares.push_back(draws(c, i) * draws(c, i));
    }
    const auto n = static_cast<double>(squares.size());
    for (const double x : squares) mean += x / n;
    for (const double x : squares) variance += (x - mean) * (x - mean) / (n - 1.0);
    // The reference does not list this error: from our variance and its number of effective draws.
    const double their_error = std::sqrt(variance / r["ess_bulk"].get<double>());
    check("mean square", mean, mcse_mean(view<const double, 2>(squares.data(), draws.extent(0), draws.extent(1))),
          r["mean_square"], their_error);
  }
}

}  // namespace

TEST_CASE("nuts: the reference posteriors", "[statistical][samplers]") {
  CREDENCE_REQUIRE_DATA_FOLDER(shared);
  const std::string name = GENERATE(as<std::string>{}, "eight_schools", "kidscore_interaction", "logearn_interaction",
                                    "sblrc_blr", "arK", "garch11", "low_dim_gauss_mix", "hmm_example", "gp_pois_regr");
  CAPTURE(name);
  const std::string folder = shared + "/posteriordb/" + name;
  const program p = compiled(name, folder);
  // The acceptance rates of the reference runs. Where scales reach towards 0 a few transitions in 10,000 diverge at
  // 0.8.
  const double target = name == "gp_pois_regr" ? 0.99 : name == "eight_schools" ? 0.95 : 0.8;
  const run_result result = run_model(name, p, target);
  const nlohmann::json reference = read_json(folder + "/reference_summary.json")["parameters"];
  check_against(reference, result);
  CHECK(summary(result).sampler.divergences == 0);
}

TEST_CASE("nuts: the centred eight schools warn", "[statistical][samplers]") {
  CREDENCE_REQUIRE_DATA_FOLDER(shared);
  const program p = compiled("eight_schools_centered", shared + "/posteriordb/eight_schools");
  const draws_summary s = summary(run_model("eight_schools_centered", p, 0.8));
  CHECK(s.sampler.divergences > 0);
  CHECK_FALSE(s.warnings.empty());
}

// The neck of the funnel stays too narrow for any one step size: means and standard deviations come out, the 5 %
// quantile of tau does not.
TEST_CASE("nuts: the centred eight schools agree with the reference at small steps", "[statistical][samplers]") {
  CREDENCE_REQUIRE_DATA_FOLDER(shared);
  const std::string folder = shared + "/posteriordb/eight_schools";
  const program p = compiled("eight_schools_centered", folder);
  check_against(read_json(folder + "/reference_summary.json")["parameters"],
                run_model("eight_schools_centered", p, 0.99, 40000), compared::moments);
}
