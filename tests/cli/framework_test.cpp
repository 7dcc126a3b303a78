// SPDX-License-Identifier: BSD-3-Clause
// What every command shares: help, version, formats, exit codes, one-line refusals, options from a file.
#include "cli/run_credence.hpp"
#include "support/catch.hpp"

#include <sys/wait.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include <algorithm>

using namespace credence::test;
using json = nlohmann::json;

namespace {

/// A refusal is one line on standard error, begins with the program's name, and prints nothing else.
void check_refused(const run_result& result, int code) {
  CAPTURE(result.out, result.err);
  CHECK(result.code == code);
  CHECK(line_count(result.err) == 1);
  CHECK(result.err.rfind("credence: ", 0) == 0);
  CHECK(result.out.empty());
}

}  // namespace

TEST_CASE("credence: bad usage is one line and exit code 64", "[cli]") {
  check_refused(run_credence({}), 64);
  check_refused(run_credence({"no-such-command"}), 64);
  check_refused(run_credence({"doctor", "--no-such-option"}), 64);
  check_refused(run_credence({"doctor", "stray"}), 64);
  check_refused(run_credence({"doctor", "--threads", "-1"}), 64);
  check_refused(run_credence({"doctor", "--threads", "0"}), 64);
  check_refused(run_credence({"doctor", "--threads", "many"}), 64);
  check_refused(run_credence({"doctor", "--seed", "-3"}), 64);
  check_refused(run_credence({"doctor", "--format", "xml"}), 64);
  check_refused(run_credence({"doctor", "--format", "csv"}), 64);
  check_refused(run_credence({"doctor", "--device", "abacus"}), 64);
  check_refused(run_credence({"doctor", "--seed"}), 64);
}

TEST_CASE("credence: a refusal names the likely word", "[cli]") {
  CHECK_THAT(run_credence({"docto"}).err, Contains("did you mean 'doctor'"));
  CHECK_THAT(run_credence({"doctor", "--formt", "json"}).err, Contains("did you mean --format"));
}

TEST_CASE("credence: help and version work everywhere", "[cli]") {
  const auto help = run_credence({"--help"});
  CHECK(help.code == 0);
  CHECK_THAT(help.out, Contains("doctor"));
  const auto command_help = run_credence({"doctor", "--help"});
  CHECK(command_help.code == 0);
  CHECK_THAT(command_help.out, Contains("--threads") && Contains("Example:"));
  CHECK(run_credence({"--version"}).out.rfind("credence 0.", 0) == 0);
  const json version = json::parse(run_credence({"doctor", "--version", "--format", "json"}).out);
  CHECK(version.contains("git_revision"));
  CHECK(version.contains("backends"));
  CHECK(version.contains("dependencies"));
}

TEST_CASE("credence doctor: every self-test passes here", "[cli][doctor]") {
  const auto result = run_credence({"doctor", "--format", "json", "--quiet"});
  REQUIRE(result.code == 0);
  CHECK(result.err.empty());
  const json data = json::parse(result.out);
  CHECK(data["devices"].size() >= 1);
  REQUIRE(data["checks"].size() >= 3);
  for (const auto& check : data["checks"]) {
    CAPTURE(check.dump());
    CHECK(check["status"] == "pass");
  }
}

TEST_CASE("credence: a device that is not here is exit code 69", "[cli]") {
  const json doctor = json::parse(run_credence({"doctor", "--format", "json"}).out);
  if (doctor["devices"].size() > 1) return;  // this machine has one
  check_refused(run_credence({"doctor", "--device", "cuda"}), 69);
  CHECK(run_credence({"doctor", "--device", "auto"}).code == 0);
}

TEST_CASE("credence: --config sets options, and the command line wins", "[cli][config]") {
  const scratch_folder scratch;
  const auto lines = scratch.write("lines.conf", "# how to run\nformat = json\n threads=2  # both\n");
  CHECK(json::parse(run_credence({"doctor", "--config", lines}).out)["devices"][0]["threads"] == 2);
  CHECK(json::parse(run_credence({"doctor", "--config=" + lines, "--threads", "1"}).out)["devices"][0]["threads"] == 1);
  const auto object = scratch.write("object.json", R"({"format": "json", "strict": true})");
  const json data = json::parse(run_credence({"doctor", "--config", object}).out);
  CHECK(data["config"]["strict"] == true);
}

TEST_CASE("credence: --config round trip", "[cli][config]") {
  const scratch_folder scratch;
  const json first = json::parse(run_credence({"doctor", "--format", "json", "--seed", "7", "--strict"}).out);
  const auto file = scratch.write("same.json", first["config"].dump());
  const json second = json::parse(run_credence({"doctor", "--format", "json", "--config", file}).out);
  CHECK(first["config"] == second["config"]);
  CHECK(second["config"]["seed"] == 7);
}

TEST_CASE("credence: a bad --config file is named with its place", "[cli][config]") {
  const scratch_folder scratch;
  const auto refused = [&](const std::string& text, int code, const std::string& place) {
    const auto result = run_credence({"doctor", "--config", scratch.write("bad", text)});
    check_refused(result, code);
    CHECK_THAT(result.err, Contains("bad" + place));
  };
  refused("threads = 2\nno-such = 1\n", 65, ":2:1: ");
  refused("threads\n", 65, ":1:1: ");
  refused("{\"threads\": 2,\n  oops}", 65, ":2:3: ");
  refused("{\"threads\": {\"a\": 1}}", 65, ": ");
  check_refused(run_credence({"doctor", "--config", scratch.path("absent")}), 66);
}

TEST_CASE("credence: an unwritable standard output is exit code 73", "[cli]") {
  // /dev/full takes nothing; run through a shell for the redirection.
  if (access("/dev/full", W_OK) != 0) return;
  const int status = std::system((std::string(CREDENCE_EXECUTABLE) + " doctor > /dev/full 2> /dev/null").c_str());
  CHECK(WEXITSTATUS(status) == 73);
}

TEST_CASE("credence: starts in a few milliseconds", "[cli]") {
  // The aim is 20 ms on an idle machine; the bound is wide because tests run beside each other. Best of ten.
  double best = 1e9;
  for (int i = 0; i < 10; ++i) best = std::min(best, run_credence({"--version"}).seconds);
  CHECK(best < 0.2);
}
