// SPDX-License-Identifier: BSD-3-Clause
// The models of many observations against means and standard deviations of very long runs.
#include "credence/models/registry.hpp"
#include "credence/samplers/many_chains.hpp"
#include "credence/samplers/run.hpp"
#include "credence/table/json.hpp"
#include "support/catch.hpp"
#include "support/posteriors.hpp"

#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <map>

using namespace credence;
using namespace credence::test;

namespace {

struct truth {
  double mean, error, sd;
};

std::map<std::string, truth> read_truth(const std::string& path) {
  std::map<std::string, truth> all;
  const nlohmann::json file = read_json(path);
  for (const auto& [name, entry] : file.items()) {
    if (!entry.is_object() || !entry.contains("mean")) continue;
    if (!entry["mean"].is_array()) {
      all[name] = {entry["mean"], entry["mcse_mean"], entry["sd"]};
      continue;
    }
    for (std::size_t k = 0; k < entry["mean"].size(); ++k) {
      all[name + "[" + std::to_string(k + 1) + "]"] = {entry["mean"][k], entry["mcse_mean"][k], entry["sd"][k]};
    }
  }
  return all;
}

/// Means within the family-wise bound, and the squared bias below 0.01 posterior variances everywhere.
void check_against(const std::string& folder, const draws_summary& s, double least_ess) {
  const auto expected = read_truth(folder + "/reference_summary.json");
  REQUIRE(expected.size() == s.parameters.size());
  // Beyond 50 statistics so many standard errors that all together fail with probability 1e-4.
  const double bound = expected.size() <= 50
                           ? 4.0
                           : boost::math::quantile(boost::math::complement(
                                 boost::math::normal(), 0.5e-4 / static_cast<double>(expected.size())));
  for (const parameter_summary& p : s.parameters) {
    REQUIRE(expected.count(p.name) == 1);
    const truth& t = expected.at(p.name);
    CAPTURE(p.name, p.mean, t.mean, p.mcse_mean, t.error, p.rhat, p.ess_bulk);
    CHECK(std::abs(p.mean - t.mean) <= bound * std::hypot(p.mcse_mean, t.error));
    CHECK(std::pow((p.mean - t.mean) / t.sd, 2.0) < 0.01);
    CHECK(p.rhat < 1.01);
    CHECK(p.ess_bulk > least_ess);
  }
}

program compiled(const std::string& model, const std::string& data) {
  return models::compile(models::find(model), read_named_data(data));
}

run_options plan(const std::string& model, std::int64_t draws) {
  run_options run;
  run.draws = draws;
  run.warmup = 600;
  run.seed = 14;
  run.variables = models::find(model).reported();
  run.context = exec::cpu(2);
  return run;
}

}  // namespace

TEST_CASE("german credit: logistic regression by NUTS and ChEES", "[statistical][many_observations]") {
  CREDENCE_REQUIRE_DATA_FOLDER(shared);
  const std::string folder = shared + "/inference_gym/german_credit_logistic";
  const program p = compiled("german_credit_logistic", folder + "/data.json");
  check_against(folder, summary(sample(p, nuts::options{}, plan("german_credit_logistic", 1000))), 400.0);
  run_options wide = plan("german_credit_logistic", 400);
  wide.chains = 32;  // 400 draws each: R-hat of short chains is above 1 by one over their length
  wide.warmup = 300;
  check_against(folder, summary(sample(p, chees::options{}, wide)), 400.0);
}

TEST_CASE("german credit: sparse logistic regression", "[statistical][many_observations]") {
  CREDENCE_REQUIRE_DATA_FOLDER(shared);
  const std::string folder = shared + "/inference_gym/german_credit_sparse_logistic";
  const program p =
      compiled("german_credit_sparse_logistic", shared + "/inference_gym/german_credit_logistic/data.json");
  check_against(
      folder, summary(sample(p, nuts::options{.target_acceptance = 0.95}, plan("german_credit_sparse_logistic", 2000))),
      400.0);
}
