// SPDX-License-Identifier: BSD-3-Clause
// Models of textbooks: posterior means and standard deviations that were computed by quadrature or enumeration.
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

draws_summary sampled(const std::string& model, const named_data& data, const nuts::options& opt = {}) {
  const program p = models::compile(models::find(model), data);
  run_options run;
  run.draws = 5000;
  run.seed = 41;
  run.variables = models::find(model).reported();
  run.context = exec::cpu(2);
  const draws_summary s = summary(sample(p, opt, run));
  for (const parameter_summary& one : s.parameters) {
    CAPTURE(model, one.name, one.rhat, one.ess_bulk);
    CHECK(one.rhat < 1.01);
    CHECK(one.ess_bulk > 400.0);
  }
  return s;
}

const parameter_summary& of(const draws_summary& s, const std::string& name) {
  for (const parameter_summary& p : s.parameters) {
    if (p.name == name) return p;
  }
  FAIL(name + " is not reported");
  return s.parameters.front();
}

// Four standard errors each: 50 statistics at most in a case.
void check_mean(const draws_summary& s, const std::string& name, double expected) {
  const parameter_summary& p = of(s, name);
  CAPTURE(name, p.mean, p.mcse_mean, expected);
  CHECK_THAT(p.mean, WithinAbs(expected, 4.0 * p.mcse_mean));
  CHECK(p.mcse_mean < 0.05 * p.sd);  // tight enough to tell
}
void check_sd(const draws_summary& s, const std::string& name, double expected) {
  const parameter_summary& p = of(s, name);
  CAPTURE(name, p.sd, p.mcse_sd, expected);
  CHECK_THAT(p.sd, WithinAbs(expected, 4.0 * p.mcse_sd));
}

data_array array(const nlohmann::json& values) { return data_array(values.get<std::vector<double>>()); }

}  // namespace

TEST_CASE("textbook models: known means and standard deviations", "[statistical][textbook]") {
  CREDENCE_REQUIRE_DATA_FOLDER(shared);
  const nlohmann::json answers = read_json(shared + "/mcmc_textbook/answers.json");
  SECTION("genetic linkage") {
    const auto s = sampled("genetic_linkage", {{"y", data_array{125, 18, 20, 34}}});
    check_mean(s, "theta", answers["genetic_linkage"]["theta_mean"]);
    check_sd(s, "theta", answers["genetic_linkage"]["theta_sd"]);
  }
  SECTION("bioassay") {
    const auto s = sampled("bioassay", {{"K", 4},
                                        {"dose", data_array{-0.86, -0.30, -0.05, 0.73}},
                                        {"n", data_array{5, 5, 5, 5}},
                                        {"deaths", data_array{0, 1, 3, 5}}});
    const auto& a = answers["bda3_bioassay"];
    check_mean(s, "alpha", a["alpha_mean"]);
    check_sd(s, "alpha", a["alpha_sd"]);
    check_mean(s, "beta", a["beta_mean"]);
    check_sd(s, "beta", a["beta_sd"]);
  }
  SECTION("rat tumours") {
    const auto& a = answers["bda3_rat_tumours"];
    const auto s = sampled("rat_tumours", {{"J", 71}, {"y", array(a["y"])}, {"n", array(a["n"])}});
    check_mean(s, "alpha", a["E_alpha"]);
    check_mean(s, "beta", a["E_beta"]);
    check_mean(s, "theta_mean[71]", a["E_theta71"]);
  }
  SECTION("pumps") {
    const auto& a = answers["bugs_pumps"];
    const auto s = sampled("pumps", {{"N", 10},
                                     {"x", data_array{5, 1, 5, 14, 3, 19, 1, 1, 4, 22}},
                                     {"t", data_array{94.3, 15.7, 62.9, 126, 5.24, 31.4, 1.05, 1.05, 2.1, 10.5}}});
    check_mean(s, "alpha", a["alpha"][0]);
    check_sd(s, "alpha", a["alpha"][1]);
    check_mean(s, "beta", a["beta"][0]);
    check_sd(s, "beta", a["beta"][1]);
    for (std::size_t i = 0; i < 10; ++i) {
      check_mean(s, "theta[" + std::to_string(i + 1) + "]", a["theta_mean"][i]);
    }
  }
  SECTION("challenger") {
    const auto& a = answers["challenger_logit"];
    const auto s = sampled("challenger", {{"N", 23}, {"temp", array(a["temp"])}, {"fail", array(a["fail"])}});
    check_mean(s, "slope", a["post_slope_mean_flat_prior"]);
    check_sd(s, "slope", a["post_slope_sd"]);
  }
  SECTION("coal disasters") {
    const auto& a = answers["coal_changepoint"];
    const auto s = sampled("coal_changepoint", {{"counts", array(a["counts"])}});
    check_mean(s, "change", a["E_k"]);
    check_mean(s, "rate1", a["E_rate1"]);
    check_mean(s, "rate2", a["E_rate2"]);
  }
  SECTION("banana") {
    const auto s = sampled("banana", {}, {.target_acceptance = 0.95});
    check_mean(s, "x", 0.0);
    check_mean(s, "y", 0.0);
    check_sd(s, "x", 10.0);
    check_sd(s, "y", std::sqrt(19.0));
  }
}

TEST_CASE("textbook models: the centred funnel warns", "[statistical][textbook]") {
  const program p = models::compile(models::find("funnel"), {});
  run_options run;
  run.seed = 2;
  const draws_summary s = summary(sample(p, nuts::options{}, run));
  CHECK_FALSE(s.warnings.empty());
  bool told = false;
  for (const sampling_warning& w : s.warnings) {
    told = told || w.what == sampling_warning::kind::divergences || w.what == sampling_warning::kind::ebfmi;
  }
  CHECK(told);
}

TEST_CASE("textbook models: refuse data by name", "[statistical][textbook]") {
  const auto compile = [](const char* name, const named_data& data) {
    return models::compile(models::find(name), data);
  };
  CHECK_THROWS_WITH(compile("genetic_linkage", {{"y", data_array{1, 2, 3}}}), Contains("y must have 4 elements"));
  CHECK_THROWS_WITH(compile("coal_changepoint", {{"counts", data_array{1, -2}}}), Contains("counts[2] is -2"));
  CHECK_THROWS_WITH(compile("item_response_1pl", {{"n_students", 2},
                                                  {"n_questions", 1},
                                                  {"student_ids", data_array{0, 2}},
                                                  {"question_ids", data_array{0, 0}},
                                                  {"correct", data_array{0, 1}}}),
                    Contains("an element of student_ids is 2, but must be less than n_students"));
  CHECK_THROWS_WITH(compile("item_response_1pl", {{"n_students", 2},
                                                  {"n_questions", 1},
                                                  {"student_ids", data_array{0, 1}},
                                                  {"question_ids", data_array{0}},
                                                  {"correct", data_array{0, 1}}}),
                    Contains("question_ids has shape (1)"));
  CHECK_THROWS_WITH(
      compile("german_credit_logistic",
              {{"n", 2}, {"d", 1}, {"raw_features", data_array({2, 1}, {3.0, 3.0})}, {"label", data_array{0, 1}}}),
      Contains("column 1 of raw_features is constant"));
}
