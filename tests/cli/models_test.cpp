// SPDX-License-Identifier: BSD-3-Clause
// credence models, as a user runs it.
#include "cli/run_credence.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace credence::test;
using json = nlohmann::json;

TEST_CASE("credence models: lists what there is", "[cli][models]") {
  const json data = json::parse(run_credence({"models", "--format", "json"}).out);
  bool found = false;
  for (const auto& model : data["models"]) {
    if (model["name"] != "eight_schools") continue;
    found = true;
    CHECK(model["aliases"] == json::array({"eight_schools_noncentered"}));
    CHECK(model["parameters"] == json::array({"theta", "mu", "tau"}));
    CHECK(model["data"] == json::array({"J", "y", "sigma"}));
  }
  CHECK(found);
  CHECK_THAT(run_credence({"models"}).out, Contains("garch11") && Contains("theta[J] mu tau"));
}

TEST_CASE("credence models show: one model", "[cli][models]") {
  const auto shown = run_credence({"models", "show", "eight_schools"});
  CHECK(shown.code == 0);
  CHECK_THAT(shown.out, Contains("half_cauchy(0, 5)") && Contains("sigma[J]"));
  const auto refused = run_credence({"models", "show", "eigth_schools"});
  CHECK(refused.code == 64);
  CHECK(line_count(refused.err) == 1);
  CHECK_THAT(refused.err, Contains("did you mean eight_schools?"));
  CHECK(run_credence({"models", "show"}).code == 64);
}
