// SPDX-License-Identifier: BSD-3-Clause
// `credence exercise`: every exercise computes its stated answer.
#include "cli/run_credence.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>
#include <set>

using namespace credence::test;
using nlohmann::json;

TEST_CASE("credence exercise: all of them give their answers", "[cli][exercise]") {
  const auto result = run_credence({"exercise", "run", "--all", "--format", "json", "--quiet"});
  const json shown = json::parse(result.out);
  std::set<std::string> ids;
  for (const json& one : shown["exercises"]) {
    CAPTURE(one.dump());
    CHECK(one["status"] == "pass");
    CHECK(ids.insert(one["id"].get<std::string>()).second);
    if (!one["expected"].is_array()) {
      CHECK(one["computed"].is_number());
      continue;
    }
    REQUIRE(one["expected"].size() == one["computed"].size());
    CHECK(one["expected"].size() == one["tolerance"].size());
  }
  CHECK(result.code == 0);
  const json listed = json::parse(run_credence({"exercise", "list", "--format", "json"}).out);
  CHECK(listed["exercises"].size() == ids.size());
}

TEST_CASE("credence exercise: by id, by book, and what there is not", "[cli][exercise]") {
  const auto one = run_credence({"exercise", "run", "T1"});
  CHECK(one.code == 0);
  CHECK_THAT(one.out, Contains("0.004608") && Contains("1 passed, 0 failed, 0 skipped"));
  const json book = json::parse(run_credence({"exercise", "run", "--book", "koller_friedman", "--format", "json"}).out);
  CHECK(book["exercises"].size() == 5);
  check_refused(run_credence({"exercise", "run", "T999"}), 64, "T999");
  check_refused(run_credence({"exercise", "run"}), 64, "required");
  check_refused(run_credence({"exercise", "list", "--book", "nobody"}), 64, "nobody");
}
