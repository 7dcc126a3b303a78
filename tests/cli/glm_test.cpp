// SPDX-License-Identifier: BSD-3-Clause
// credence glm, as a user runs it.
#include "cli/run_credence.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace credence::test;
using json = nlohmann::json;

namespace {

// Dobson (1990), page 93: Poisson counts, deviance 5.1291 on 4 degrees of freedom.
const std::string dobson =
    "counts,outcome,treatment\n18,1,1\n17,2,1\n15,3,1\n20,1,2\n10,2,2\n20,3,2\n25,1,3\n13,2,3\n12,3,3\n";

}  // namespace

TEST_CASE("credence glm: Dobson's counts", "[cli][glm]") {
  const scratch_folder folder;
  const std::string file = folder.write("d.csv", dobson);
  const std::string formula = "counts ~ factor(outcome) + factor(treatment)";
  const auto ran =
      run_credence({"glm", file, "--formula", formula, "--family", "poisson", "--format", "json", "--quiet"});
  CHECK(ran.code == 0);
  CHECK(ran.err.empty());
  const json data = json::parse(ran.out);
  CHECK_THAT(data["deviance"].get<double>(), WithinAbs(5.12914, 5e-6));  // as printed by ?glm
  CHECK_THAT(data["coefficients"]["(Intercept)"]["estimate"].get<double>(), WithinAbs(3.044522, 5e-7));
  CHECK_THAT(data["coefficients"]["factor(outcome)2"]["estimate"].get<double>(), WithinAbs(-0.4542553, 5e-8));
  CHECK_THAT(data["coefficients"]["factor(outcome)2"]["std_error"].get<double>(), WithinAbs(0.2022, 1e-4));
  CHECK(data["df_residual"] == 4);
  CHECK(data["dispersion"] == 1.0);
  CHECK_THAT(data["aic"].get<double>(), WithinAbs(56.76132, 1e-5));
  CHECK(data["warnings"].empty());
  CHECK(data["status"] == "converged");
  for (const char* key : {"null_deviance", "log_likelihood", "bic", "iterations"}) CHECK(data[key].is_number());
  const auto people = run_credence({"glm", file, "--formula", formula, "--family", "poisson", "--drop"});
  CHECK(people.code == 0);
  CHECK_THAT(people.out, Contains("factor(treatment)3") && Contains("null deviance") && Contains("without a term"));
  const auto one = run_credence({"glm", file, "--formula", formula, "--family", "poisson", "--threads", "1"});
  const auto two = run_credence({"glm", file, "--formula", formula, "--family", "poisson", "--threads", "2"});
  CHECK(one.out == two.out);
}

TEST_CASE("credence glm: separation and aliasing are warnings with names", "[cli][glm]") {
  const scratch_folder folder;
  const std::string file = folder.write("s.csv", "x,y\n1,0\n2,0\n3,0\n4,1\n5,1\n6,1\n");
  const std::vector<std::string> base{"glm", file, "--formula", "y ~ x", "--family", "binomial", "--format", "json"};
  const auto ran = run_credence(base);
  CHECK(ran.code == 0);
  const json data = json::parse(ran.out);
  CHECK(data["coefficients"]["x"]["estimate"] == "Infinity");
  CHECK(data["status"] == "separated");
  REQUIRE(data["warnings"].size() == 1);
  CHECK_THAT(data["warnings"][0].get<std::string>(), Contains("separated") && Contains("x <= 3"));
  auto strict = base;
  strict.emplace_back("--strict");
  CHECK(run_credence(strict).code == 1);
  auto firth = base;
  firth.emplace_back("--firth");
  CHECK(json::parse(run_credence(firth).out)["coefficients"]["x"]["estimate"].is_number());
  const std::string twice = folder.write("a.csv", "y,x,z\n1,1,2\n2,2,4\n4,3,6\n3,4,8\n");
  const json aliased =
      json::parse(run_credence({"glm", twice, "--formula", "y ~ x + z", "--format", "json", "--quiet"}).out);
  CHECK(aliased["coefficients"]["z"]["estimate"] == "NaN");
  CHECK_THAT(aliased["warnings"][0].get<std::string>(), Contains("z is aliased"));
}

TEST_CASE("credence glm: penalties, levels, missing cells, predictions", "[cli][glm]") {
  const scratch_folder folder;
  const std::string file = folder.write("d.csv", "y,x,g\n1,1,b\n2.5,2,a\n2,3,b\n4.5,4,a\n,5,b\n4,6,b\n7,7,a\n6,8,b\n");
  const json plain =
      json::parse(run_credence({"glm", file, "--formula", "y ~ x + g", "--format", "json", "--quiet"}).out);
  CHECK(plain["coefficients"].contains("gb"));
  CHECK(plain["observations"] == 7);
  CHECK_THAT(plain["warnings"][0].get<std::string>(), Contains("1 of 8 rows"));
  const json swapped = json::parse(
      run_credence({"glm", file, "--formula", "y ~ x + g", "--levels", "g=b,a", "--format", "json", "--quiet"}).out);
  CHECK_THAT(swapped["coefficients"]["ga"]["estimate"].get<double>(),
             WithinRel(-plain["coefficients"]["gb"]["estimate"].get<double>(), 1e-10));
  const json lasso = json::parse(
      run_credence({"glm", file, "--formula", "y ~ x + g", "--l1", "100", "--format", "json", "--quiet"}).out);
  CHECK(lasso["coefficients"]["x"]["estimate"] == 0.0);
  CHECK(lasso["nonzero"] == 0);
  const std::string rows = folder.write("new.csv", "x,g\n3,a\n9,b\n"), out = folder.path("p.csv");
  CHECK(run_credence({"glm", file, "--formula", "y ~ x + g", "--predict", rows, "--output", out, "--quiet"}).code == 0);
  CHECK(line_count(read_file(out)) == 3);
  CHECK_THAT(read_file(out), Contains("mean,lower,upper,predictor,std_error,observation_lower"));
}

TEST_CASE("credence glm: bad usage is 64, bad input 65, a missing file 66, each one line", "[cli][glm]") {
  const scratch_folder folder;
  const std::string file = folder.write("d.csv", "y,x,g,w\n1,1,a,1\n0,2,b,2\n3,3,a,-1\n2,2,b,1\n");
  const auto refuse = [&](const std::vector<std::string>& arguments, int code, const std::string& what) {
    std::vector<std::string> all{"glm"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const auto ran = run_credence(all);
    CAPTURE(ran.err);
    CHECK(ran.code == code);
    CHECK(line_count(ran.err) == 1);
    CHECK(ran.out.empty());
    CHECK_THAT(ran.err, Contains(what));
  };
  refuse({file}, 64, "formula");
  refuse({file, "--formula", "y ~ x +"}, 64, "formula:1:8");
  refuse({file, "--formula", "y ~ x", "--family", "poison"}, 64, "poisson");
  refuse({file, "--formula", "y ~ x", "--link", "logit"}, 64, "logit");
  refuse({file, "--formula", "y ~ x", "--family", "binomial"}, 65, "row 2");
  refuse({file, "--formula", "y ~ x", "--weights", "w"}, 65, "row 2");
  refuse({file, "--formula", "y ~ absent"}, 65, "absent");
  refuse({file, "--formula", "y ~ x", "--weights", "absent"}, 64, "absent");
  refuse({file, "--formula", "y ~ log(x - 1)"}, 65, "row 0");
  refuse({file, "--formula", "y ~ x", "--family", "gamma"}, 65, "row 1");
  refuse({folder.write("e.csv", "y,x\n"), "--formula", "y ~ x"}, 65, "no rows");
  refuse({folder.path("no.csv"), "--formula", "y ~ x"}, 66, "no.csv");
  refuse({file, "--formula", "y ~ x", "--l1", "-1"}, 64, "-1");
}
