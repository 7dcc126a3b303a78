// SPDX-License-Identifier: BSD-3-Clause
// credence nls, as a user runs it.
#include "cli/run_credence.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace credence::test;
using json = nlohmann::json;

namespace {

// NIST StRD, Misra1a: certified 2.3894212918E+02 and 5.5015643181E-04.
const std::string misra =
    "y,x\n10.07,77.6\n14.73,114.9\n17.94,141.1\n23.93,190.8\n29.61,239.9\n35.18,289.0\n40.02,332.8\n44.82,378.4\n"
    "50.76,434.8\n55.05,477.3\n61.01,536.8\n66.40,593.1\n75.47,689.1\n81.78,760.0\n";

}  // namespace

TEST_CASE("credence nls: NIST's Misra1a from its far start", "[cli][nls]") {
  const scratch_folder folder;
  const std::string file = folder.write("d.csv", misra), out = folder.path("r.csv");
  const auto ran = run_credence({"nls", file, "--formula", "y ~ b1*(1-exp(-b2*x))", "--start", "b1=500,b2=1e-4",
                                 "--format", "json", "--quiet", "--output", out});
  CHECK(ran.code == 0);
  const json data = json::parse(ran.out);
  CHECK_THAT(data["parameters"]["b1"]["estimate"].get<double>(), WithinRel(2.3894212918E+02, 1e-9));
  CHECK_THAT(data["parameters"]["b2"]["estimate"].get<double>(), WithinRel(5.5015643181E-04, 1e-9));
  CHECK_THAT(data["parameters"]["b1"]["std_error"].get<double>(), WithinRel(2.7070075241E+00, 1e-8));
  CHECK_THAT(data["rss"].get<double>(), WithinRel(1.2455138894E-01, 1e-9));
  CHECK_THAT(data["residual_sd"].get<double>(), WithinRel(1.0187876330E-01, 1e-9));
  CHECK(data["df_residual"] == 12);
  CHECK(data["status"] == "converged");
  CHECK(data["warnings"].empty());
  CHECK(line_count(read_file(out)) == 15);
  const auto equals = run_credence(
      {"nls", file, "--formula", "log(y) = log(b1*(1-exp(-b2*x)))", "--start", "b1=250,b2=5e-4", "--method", "lm"});
  CHECK(equals.code == 0);
  CHECK_THAT(equals.out, Contains("b1") && Contains("residual sum of squares"));
}

TEST_CASE("credence nls: refusals are one line each", "[cli][nls]") {
  const scratch_folder folder;
  const std::string file = folder.write("d.csv", misra);
  const auto refuse = [&](const std::string& formula, const std::string& start, int code, const std::string& what) {
    const auto ran = run_credence({"nls", file, "--formula", formula, "--start", start});
    CAPTURE(ran.err);
    CHECK(ran.code == code);
    CHECK(line_count(ran.err) == 1);
    CHECK(ran.out.empty());
    CHECK_THAT(ran.err, Contains(what));
  };
  refuse("y ~ b1*(1-exp(-b2*x)", "b1=1,b2=1", 64, "formula:1:21");
  refuse("y ~ b1*foo(x)", "b1=1", 64, "foo");
  refuse("y ~ b1*x", "b1", 64, "--start");
  refuse("y ~ b1*x", "b1=1,b1=2", 64, "twice");
  refuse("y ~ b1*x", "b1=1,b2=2", 65, "b2");
  refuse("y ~ b1*z", "b1=1", 65, "z");
  refuse("y ~ log(b1*x)", "b1=-1", 65, "row 0");
  const std::string twins = folder.write("t.csv", "x,y\n1,1\n2,2.1\n3,2.9\n4,4.2\n");
  const auto ran = run_credence({"nls", twins, "--formula", "y ~ (a+b)*x", "--start", "a=1,b=1", "--format", "json"});
  CHECK(ran.code == 0);
  CHECK(json::parse(ran.out)["parameters"]["b"]["std_error"] == "NaN");
  CHECK_THAT(json::parse(ran.out)["warnings"][0].get<std::string>(), Contains("b is not identified"));
}
