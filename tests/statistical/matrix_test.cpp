// SPDX-License-Identifier: BSD-3-Clause
// Every sampler on four reference posteriors: means and standard deviations against long reference runs. The table is
// in docs/guide/samplers.md.
#include "credence/diagnostics/convergence.hpp"
#include "credence/models/registry.hpp"
#include "credence/samplers/many_chains.hpp"
#include "credence/samplers/run.hpp"
#include "support/catch.hpp"
#include "support/posteriors.hpp"

#include <cmath>

using namespace credence;
using namespace credence::test;

namespace {

struct length {
  std::int64_t chains = 4, warmup = 1000, draws = 2000, thin = 1;
};

template <class Options>
void check(const char* sampler, const std::string& name, const Options& opt, const length& how_long) {
  CREDENCE_REQUIRE_DATA_FOLDER(shared);
  const std::string folder = shared + "/posteriordb/" + name;
  const program p = models::compile(models::find(name), read_posterior_data(folder));
  run_options run;
  run.chains = how_long.chains;
  run.warmup = how_long.warmup;
  run.draws = how_long.draws;
  run.thin = how_long.thin;
  run.seed = 77;
  run.variables = models::find(name).reported();
  run.context = exec::cpu(2);
  const run_result result = sample(p, opt, run);
  REQUIRE(result.why == sampling_end::completed);
  const draws_summary s = summary(result);
  const nlohmann::json reference = read_json(folder + "/reference_summary.json")["parameters"];
  // Two numbers a parameter: 4 standard errors for up to 50.
  REQUIRE(s.parameters.size() <= 25);
  for (const parameter_summary& one : s.parameters) {
    const nlohmann::json& r = reference[one.name];
    CAPTURE(sampler, name, one.name, one.mean, one.sd, one.rhat, one.ess_bulk, one.ess_tail);
    CHECK(std::abs(one.mean - r["mean"].get<double>()) <=
          4.0 * std::hypot(one.mcse_mean, r["mcse_mean"].get<double>()));
    CHECK(std::abs(one.sd - r["sd"].get<double>()) <= 4.0 * std::hypot(one.mcse_sd, r["mcse_sd"].get<double>()));
    CHECK(one.rhat < 1.01);
    CHECK(one.ess_bulk > 400.0);
  }
}

}  // namespace

TEST_CASE("matrix: every sampler on four reference posteriors", "[statistical][matrix]") {
  const std::string target = GENERATE(as<std::string>{}, "sblrc_blr", "arK", "garch11", "hmm_example");
  const metric_adaptation low_rank{metric::shape::low_rank, metric_estimator::fisher};
  check("nuts, dense", target, nuts::options{.adaptation = {metric::shape::dense}}, {});
  check("nuts, low rank", target, nuts::options{.adaptation = low_rank}, {.warmup = 400});
  check("hmc", target, hmc::options{.adaptation = {metric::shape::dense}}, {});
  check("mala", target, mala::options{.adaptation = {metric::shape::dense}}, {.draws = 8000});
  check("barker", target, barker::options{.adaptation = {metric::shape::dense}}, {.draws = 20000, .thin = 4});
  check("rwm", target, random_walk::options{}, {.warmup = 3000, .draws = 60000, .thin = 10});
  check("independence", target, independence::options{}, {.warmup = 3000, .draws = 20000, .thin = 4});
  check("slice", target, slice_sampling::options{}, {.draws = 10000, .thin = 2});
  check("elliptical", target, elliptical_slice::options{}, {.warmup = 3000, .draws = 40000, .thin = 8});
  check("chees", target, chees::options{}, {.chains = 32, .warmup = 500, .draws = 300});
  check("ensemble", target, ensemble::options{}, {.chains = 32, .warmup = 4000, .draws = 20000, .thin = 10});
  check("tempering", target, tempering::options{.replicas = 8}, {.warmup = 2000, .draws = 6000});
  check("smc", target, smc::options{.moves = 12}, {.draws = 2000});
}
