// SPDX-License-Identifier: BSD-3-Clause
// `credence approximate`: streams and named problems.
#include "cli/run_credence.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

using namespace credence::test;
using nlohmann::json;

namespace {

json shown(const std::vector<std::string>& arguments, const std::string& input = "") {
  std::vector<std::string> all{"approximate"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  all.insert(all.end(), {"--format", "json", "--quiet"});
  const auto result = run_credence(all, input);
  CAPTURE(result.err);
  REQUIRE(result.code == 0);
  return json::parse(result.out);
}

}  // namespace

TEST_CASE("credence approximate mean and quantile: from a stream", "[cli][approximate]") {
  std::string stream;
  for (int i = 1; i <= 100; ++i) stream += std::to_string(i) + (i % 7 == 0 ? "\r\n\n" : "\n");
  const json mean = shown({"mean"}, stream);
  CHECK(mean["estimate"] == 50.5);
  CHECK_THAT(mean["std_error"].get<double>(), WithinRel(std::sqrt(841.6666666666666 / 100.0), 1e-12));
  CHECK(mean["steps"] == 100);
  CHECK(mean["lower"] < 50.5);

  // The recursion, written out.
  double theta = 40.0, sum = 0.0;
  for (int i = 1; i <= 100; ++i) {
    theta -= 20.0 * std::pow(i, -0.8) * ((i <= theta ? 1.0 : 0.0) - 0.75);
    sum += theta;
  }
  const std::vector<std::string> quantile{"quantile", "--probability",   "0.75", "--start", "40", "--gain",
                                          "20",       "--gain-exponent", "0.8"};
  CHECK_THAT(shown(quantile, stream)["estimate"].get<double>(), WithinRel(sum / 100.0, 1e-12));
  std::vector<std::string> last = quantile;
  last.emplace_back("--no-average");
  const json end = shown(last, stream);
  CHECK_THAT(end["estimate"].get<double>(), WithinRel(theta, 1e-12));
  CHECK(end["steps"] == 100);
}

TEST_CASE("credence approximate: named problems end near their answers", "[cli][approximate]") {
  for (const char* problem : {"normal-median", "line", "dose"}) {
    CAPTURE(problem);
    const std::string gain = std::string(problem) == "line" ? "0.3" : "1";
    const json got = shown({"robbins-monro", "--problem", problem, "--gain", gain, "--steps", "20000", "--seed", "3"});
    // Batch means understate errors of averages a little: six of them.
    const double error = got["std_error"];
    CHECK(error < 0.05);
    CHECK_THAT(got["estimate"].get<double>(), WithinAbs(got["exact"].get<double>(), 6.0 * error));
  }
  const json kw = shown({"kiefer-wolfowitz", "--steps", "20000", "--seed", "3"});
  CHECK_THAT(kw["estimate"].get<double>(), WithinAbs(2.0, 0.1));
  const json spsa = shown({"spsa", "--steps", "20000", "--seed", "3"});
  CHECK_THAT(spsa["last"][0].get<double>(), WithinAbs(1.0 / 9, 0.1));
  CHECK_THAT(spsa["last"][1].get<double>(), WithinAbs(-1.0 / 9, 0.1));
  const json td = shown({"td", "--seed", "3", "--lambda", "0.3"});
  for (std::size_t s = 0; s < 5; ++s) {
    const double exact = static_cast<double>(s + 1) / 6.0;
    CHECK(td["exact"][s] == exact);
    CHECK_THAT(td["estimate"][s].get<double>(), WithinAbs(exact, 5.0 * td["std_error"][s].get<double>()));
  }
  const json q = shown({"q-learning", "--seed", "3"});
  // The exact values of the data set of recorded runs.
  const double exact[] = {12.28813559322033, 11.7457627118644, 12.093220338983043, 13.135593220338976};
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK_THAT(q["exact"][i].get<double>(), WithinRel(exact[i], 1e-12));
    CHECK_THAT(q["estimate"][i].get<double>(), WithinRel(exact[i], 0.03));
  }
}

TEST_CASE("credence approximate: refusals", "[cli][approximate]") {
  check_refused(run_credence({"approximate", "mean"}, ""), 65, "no number");
  check_refused(run_credence({"approximate", "mean"}, "1\n 2x\n"), 65, "standard input:2:2:");
  check_refused(run_credence({"approximate", "mean"}, "1\nnan\n"), 65, "standard input:2:1:");
  check_refused(run_credence({"approximate", "mean", "no_such_file"}), 66, "no_such_file");
  check_refused(run_credence({"approximate", "quantile", "--probability", "1"}, "1\n"), 64, "--probability is 1");
  check_refused(run_credence({"approximate", "quantile", "--gain-exponent", "0.5"}, "1\n"), 64,
                "--gain-exponent is 0.5");
  check_refused(run_credence({"approximate", "robbins-monro", "--problem", "other"}), 64, "--problem");
  check_refused(run_credence({"approximate", "robbins-monro", "--steps", "3"}), 64, "--steps is 3");
  check_refused(run_credence({"approximate", "td", "--lambda", "2"}), 64, "--lambda is 2");
  check_refused(run_credence({"approximate", "sarsa"}), 64, "sarsa");
}
