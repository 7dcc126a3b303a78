// SPDX-License-Identifier: BSD-3-Clause
// credence optimize, as a user runs it.
#include "cli/run_credence.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

using namespace credence::test;
using json = nlohmann::json;

namespace {

const std::string bioassay =
    R"({"K": 4, "dose": [-0.86, -0.30, -0.05, 0.73], "n": [5, 5, 5, 5], "deaths": [0, 1, 3, 5]})";

}  // namespace

TEST_CASE("credence optimize: the bioassay's mode by four methods, and Laplace's draws", "[cli][optimize]") {
  const scratch_folder folder;
  const std::string file = folder.write("b.json", bioassay), out = folder.path("draws.csv");
  for (const char* method : {"lbfgs", "newton", "cg", "nelder-mead"}) {
    const auto ran = run_credence(
        {"optimize", "bioassay", "--data", file, "--mode", "map", "--method", method, "--format", "json", "--quiet"});
    CAPTURE(method, ran.err);
    CHECK(ran.code == 0);
    const json data = json::parse(ran.out);
    // The prior is flat: the posterior mode is the maximum likelihood estimate, (0.8466, 7.7488).
    CHECK_THAT(data["parameters"]["alpha"].get<double>(), WithinAbs(0.8466, 5e-5));
    CHECK_THAT(data["parameters"]["beta"].get<double>(), WithinAbs(7.7488, 5e-5));
    CHECK_THAT(data["std_errors"]["alpha"].get<double>(), WithinAbs(1.0191, 5e-4));
    CHECK(data["status"] == "converged");
    for (const char* key : {"log_density", "iterations", "gradient_norm"}) CHECK(data[key].is_number());
  }
  const std::vector<std::string> drawn{"optimize", "bioassay", "--data", file,      "--laplace", "500", "--seed",
                                       "3",        "--format", "json",   "--quiet", "--output",  out};
  const auto one = run_credence(drawn), two = run_credence(drawn);
  CHECK(one.code == 0);
  CHECK(one.out == two.out);
  CHECK(json::parse(one.out)["log_evidence"].is_number());
  CHECK_THAT(json::parse(one.out)["laplace"]["beta"]["sd"].get<double>(), WithinRel(4.87, 0.15));
  CHECK(line_count(read_file(out)) == 501);
  const auto people = run_credence({"optimize", "bioassay", "--data", file, "--mode", "mle"});
  CHECK_THAT(people.out, Contains("alpha") && Contains("log density"));
}

TEST_CASE("credence optimize: refusals, and a funnel without a mode", "[cli][optimize]") {
  const scratch_folder folder;
  const std::string file = folder.write("b.json", bioassay);
  const auto refuse = [&](const std::vector<std::string>& arguments, int code, const std::string& what) {
    std::vector<std::string> all{"optimize"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const auto ran = run_credence(all);
    CAPTURE(ran.err);
    CHECK(ran.code == code);
    CHECK(line_count(ran.err) == 1);
    CHECK(ran.out.empty());
    CHECK_THAT(ran.err, Contains(what));
  };
  refuse({"bioasay", "--data", file}, 64, "bioassay");
  refuse({"bioassay"}, 64, "--data");
  refuse({"bioassay", "--data", file, "--mode", "mode"}, 64, "mode");
  refuse({"bioassay", "--data", file, "--laplace", "0"}, 64, "0");
  refuse({"bioassay", "--data", file, "--mode", "mle", "--laplace", "10"}, 64, "map");
  refuse({"bioassay", "--data", folder.path("none.json")}, 66, "none.json");
  refuse({"bioassay", "--data", folder.write("bad.json", R"({"K": 4})")}, 65, "dose");
}
