// SPDX-License-Identifier: BSD-3-Clause
// The bayesnet commands that learn and compare, run as a user does.
#include "cli/run_credence.hpp"
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <sstream>

using namespace credence::test;
using json = nlohmann::json;

namespace {

std::string own(const std::string& name) { return CREDENCE_SOURCE_DIR "/models/networks/" + name + ".bif"; }

json result_of(std::vector<std::string> arguments) {
  arguments.insert(arguments.end(), {"--format", "json", "--quiet"});
  const run_result run = run_credence(arguments);
  CAPTURE(run.err);
  REQUIRE(run.code == 0);
  return json::parse(run.out);
}

void check_refused(const std::vector<std::string>& arguments, int code, const std::string& what) {
  const run_result run = run_credence(arguments);
  CAPTURE(run.out, run.err);
  CHECK(run.code == code);
  CHECK(line_count(run.err) == 1);
  CHECK(run.err.rfind("credence: ", 0) == 0);
  CHECK_THAT(run.err, Contains(what));
  CHECK(run.out.empty());
}

/// Rows drawn from one of our networks, as a CSV file in the folder.
std::string drawn(const scratch_folder& folder, const std::string& name, int rows) {
  const std::string file = folder.path(name + ".csv");
  result_of({"bayesnet", "simulate", own(name), "--rows", std::to_string(rows), "--seed", "1", "--output", file});
  return file;
}

std::string contents(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

bool has_arc(const json& arcs, const std::string& from, const std::string& to) {
  for (const json& a : arcs) {
    if (a["from"] == from && a["to"] == to) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("bayesnet learn: every method on rows of a known network", "[cli][bayesnet]") {
  const scratch_folder folder;
  const std::string data = drawn(folder, "student", 4000);
  for (const std::string method : {"hill-climb", "tabu", "exact", "pc", "chow-liu", "tan"}) {
    CAPTURE(method);
    const std::string file = folder.path(method + ".bif");
    const json r = result_of({"bayesnet", "learn", "--data", data, "--method", method, "--output", file});
    CHECK(r["method"] == method);
    CHECK(r["score"].get<double>() < 0);
    CHECK(r["seconds"].get<double>() >= 0);
    CHECK(r["evaluations"].get<int>() > 0);
    CHECK(r["output"] == file);
    // The score told is that of the network written.
    CHECK_THAT(result_of({"bayesnet", "score", file, "--data", data})["bic"].get<double>(),
               WithinRel(r["score"].get<double>(), 1e-10));
    if (method == "exact" || method == "tabu")
      CHECK(result_of({"bayesnet", "compare", own("student"), file})["equivalent"] == true);
    // Equal bytes for any number of threads.
    const std::string other = folder.path("other.bif");
    result_of({"bayesnet", "learn", "--data", data, "--method", method, "--output", other, "--threads", "3"});
    CHECK(contents(folder.path("other.bif")) == contents(file));
  }
}

TEST_CASE("bayesnet learn: pc tells why pairs are apart", "[cli][bayesnet]") {
  const scratch_folder folder;
  const json r = result_of({"bayesnet", "learn", "--data", drawn(folder, "student", 4000), "--method", "pc"});
  CHECK(r["edges"].size() == 4);
  CHECK(r["separated"].size() == 6);
  CHECK(has_arc(r["edges"], "I", "G"));
  CHECK(has_arc(r["edges"], "D", "G"));
  for (const json& pair : r["separated"]) CHECK(pair["p"].get<double>() > 0.05);
}

TEST_CASE("bayesnet learn: knowledge, bootstrap, real numbers", "[cli][bayesnet]") {
  const scratch_folder folder;
  const std::string data = drawn(folder, "student", 1000);
  const json known = result_of({"bayesnet", "learn", "--data", data, "--require", "L->S", "--forbid", "I->S,S->I",
                                "--forbid", "D->G", "--max-parents", "2"});
  CHECK(has_arc(known["arcs"], "L", "S"));
  CHECK_FALSE(has_arc(known["arcs"], "I", "S"));
  CHECK_FALSE(has_arc(known["arcs"], "S", "I"));
  CHECK_FALSE(has_arc(known["arcs"], "D", "G"));
  const json strengths = result_of({"bayesnet", "learn", "--data", data, "--bootstrap", "10", "--seed", "3"});
  REQUIRE_FALSE(strengths["strengths"].empty());
  for (const json& s : strengths["strengths"]) CHECK(s["strength"].get<double>() <= 1.0);
  CHECK(strengths["significant_strength"].get<double>() <= 1.0);
  std::string rows = "a,b,c\n";
  for (int i = 0; i < 60; ++i) {
    const double a = std::sin(i * 1.7), b = std::cos(i * 2.9), c = a + b + 0.1 * std::sin(i * 5.1);
    rows += std::to_string(a) + "," + std::to_string(b) + "," + std::to_string(c) + "\n";
  }
  const std::string real = folder.write("real.csv", rows);
  const json pc = result_of({"bayesnet", "learn", "--data", real, "--method", "pc", "--test", "fisher-z"});
  CHECK(has_arc(pc["arcs"], "a", "c"));
  CHECK(has_arc(pc["arcs"], "b", "c"));
  CHECK(pc["arcs"].size() == 2);
  const std::string dot = folder.path("g.dot");
  CHECK(result_of({"bayesnet", "learn", "--data", real, "--score", "gaussian-bic", "--output", dot})["output"] == dot);
  CHECK_THAT(contents(folder.path("g.dot")), Contains("digraph"));
}

TEST_CASE("bayesnet learn: refusals", "[cli][bayesnet]") {
  const scratch_folder folder;
  const std::string data = folder.write("d.csv", "a,b\nx,1\ny,2\nx,2\n");
  const auto refused = [&](std::vector<std::string> more, int code, const std::string& what) {
    std::vector<std::string> all{"bayesnet", "learn", "--data", data};
    all.insert(all.end(), more.begin(), more.end());
    check_refused(all, code, what);
  };
  check_refused({"bayesnet", "learn"}, 64, "--data");
  check_refused({"bayesnet", "learn", "--data", folder.path("no.csv")}, 66, "no.csv");
  refused({"--method", "magic"}, 64, "method");
  refused({"--alpha", "2"}, 64, "alpha");
  refused({"--require", "a"}, 64, "--require");
  refused({"--require", "a->c"}, 65, "'c'");
  refused({"--require", "a->b->a"}, 65, "a -> b -> a");
  refused({"--require", "a->b", "--forbid", "a->b"}, 65, "both required and forbidden");
  refused({"--method", "tan", "--target", "z"}, 65, "'z'");
  refused({"--method", "pc", "--max-parents", "2"}, 64, "--max-parents");
  refused({"--root", "a"}, 64, "--root");
  refused({"--output", "net.txt"}, 64, "net.txt");
  refused({"--score", "gaussian-bic"}, 65, "text");
  check_refused({"bayesnet", "learn", "--data", folder.write("m.csv", "a,b\nx,1\n,2\n")}, 65,
                "'a' is missing in row 1");
}

TEST_CASE("bayesnet compare: arrows and files", "[cli][bayesnet]") {
  const json r = result_of({"bayesnet", "compare", "a->b->c;b->d;e", "e->a->b;c->b;d"});
  CHECK(r["shd"] == 4);
  CHECK(r["arc_shd"] == 3);
  CHECK(r["hamming"] == 2);
  CHECK(r["extra"] == json::array({{{"from", "e"}, {"to", "a"}}}));
  CHECK(r["missing"] == json::array({{{"from", "b"}, {"to", "d"}}}));
  CHECK(r["reversed"] == json::array({{{"from", "b"}, {"to", "c"}}}));
  CHECK(r["equivalent"] == false);
  CHECK(result_of({"bayesnet", "compare", own("asia"), own("asia")})["equivalent"] == true);
  check_refused({"bayesnet", "compare", "a->b", "a->c"}, 65, "'c'");
  check_refused({"bayesnet", "compare", "a->b"}, 64, "other");
}
