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
  for (const std::string method : {"hill-climb", "tabu", "exact", "pc", "chow-liu", "tan", "ges"}) {
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
    if (method == "exact" || method == "tabu" || method == "ges")
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

TEST_CASE("bayesnet fit: counts, priors, missing cells", "[cli][bayesnet]") {
  const scratch_folder folder;
  const std::string data = folder.write("d.csv", "b,a\nx,0\nx,0\ny,0\n"), out = folder.path("f.bif");
  const json mle = result_of({"bayesnet", "fit", "a{0,1}->b{x,y,z}", "--data", data, "--output", out});
  CHECK_THAT(mle["log_likelihood"].get<double>(), WithinRel(2 * std::log(2.0 / 3) + std::log(1.0 / 3), 1e-12));
  CHECK(mle["parameters"] == 5);
  CHECK(mle["iterations"] == 1);
  CHECK(result_of({"bayesnet", "query", out, "--targets", "b", "--evidence", "a=0"})["posteriors"]["b"]["z"] == 0.0);
  result_of(
      {"bayesnet", "fit", out, "--data", data, "--method", "map", "--equivalent-sample-size", "6", "--output", out});
  // Dirichlet weights 1 in each of the six cells of b's table
  CHECK_THAT(result_of({"bayesnet", "query", out, "--targets", "b", "--evidence", "a=0"})["posteriors"]["b"]["x"]
                 .get<double>(),
             WithinRel(0.5, 1e-12));
  CHECK(result_of({"bayesnet", "fit", "a->b", "--data", data})["parameters"] == 1);  // states from the data
  const std::string gaps = folder.write("g.csv", "a,b\n0,x\n0,\n,y\n1,y\n");
  const json em =
      result_of({"bayesnet", "fit", "a->b", "--data", gaps, "--method", "em", "--output", out, "--seed", "2"});
  CHECK(em["iterations"].get<int>() > 1);
  CHECK(em["log_likelihood"].get<double>() < 0);
  const std::string other = folder.path("g.bif");
  result_of({"bayesnet", "fit", "a->b", "--data", gaps, "--method", "em", "--output", other, "--seed", "2", "--threads",
             "3"});
  CHECK(contents(out) == contents(other));
  CHECK(run_credence({"bayesnet", "fit", "a->b", "--data", gaps, "--method", "em", "--seed", "2", "--max-iterations",
                      "1", "--tolerance", "0", "--strict"})
            .code == 1);
  check_refused({"bayesnet", "fit", "a->b", "--data", gaps}, 65, "'a' is missing in row 2");
  check_refused({"bayesnet", "fit", "a->c", "--data", data}, 65, "c");
  check_refused({"bayesnet", "fit", "a{0}->b{x,y}", "--data", gaps, "--method", "em"}, 65, "row 3");
  check_refused({"bayesnet", "fit", "a->b", "--data", data, "--equivalent-sample-size", "-1"}, 64, "equivalent");
  check_refused({"bayesnet", "fit", "a->b", "--data", data, "--output", "x.txt"}, 64, "x.txt");
}

TEST_CASE("bayesnet do and adjust: Simpson's paradox", "[cli][bayesnet]") {
  const scratch_folder folder;
  const std::string net =
      folder.write("drug.bif",
                   "variable sex { type discrete [2] { male, female }; }\n"
                   "variable drug { type discrete [2] { yes, no }; }\n"
                   "variable recovery { type discrete [2] { yes, no }; }\n"
                   "probability (sex) { table 0.5, 0.5; }\n"
                   "probability (drug | sex) { (male) 0.75, 0.25; (female) 0.25, 0.75; }\n"
                   "probability (recovery | sex, drug) { (male, yes) 0.6, 0.4; (male, no) 0.7, 0.3;\n"
                   "  (female, yes) 0.2, 0.8; (female, no) 0.3, 0.7; }\n");
  const auto recovery = [](const json& r) { return r["posteriors"]["recovery"]["yes"].get<double>(); };
  const auto query = [&](const std::string& e) {
    return recovery(result_of({"bayesnet", "query", net, "--targets", "recovery", "--evidence", e}));
  };
  const auto act = [&](const std::string& s) {
    return recovery(result_of({"bayesnet", "do", net, "--set", s, "--targets", "recovery"}));
  };
  CHECK_THAT(query("drug=yes"), WithinRel(0.5, 1e-12));
  CHECK_THAT(query("drug=no"), WithinRel(0.4, 1e-12));
  CHECK_THAT(act("drug=yes"), WithinRel(0.4, 1e-12));
  CHECK_THAT(act("drug=no"), WithinRel(0.5, 1e-12));
  CHECK_THAT(recovery(result_of(
                 {"bayesnet", "do", net, "--set", "drug=yes", "--targets", "recovery", "--evidence", "sex=male"})),
             WithinRel(0.6, 1e-12));
  const json sets = result_of({"bayesnet", "adjust", net, "--treatment", "drug", "--outcome", "recovery"});
  CHECK(sets["backdoor"] == json({{"sex"}}));
  CHECK(sets["minimal"] == json({"sex"}));
  CHECK(sets["frontdoor"].empty());
  CHECK_THAT(sets["effects"]["yes"]["yes"].get<double>(), WithinRel(0.4, 1e-12));
  const json front =
      result_of({"bayesnet", "adjust", "U->X->Z->Y<-U", "--treatment", "X", "--outcome", "Y", "--latent", "U"});
  CHECK(front["frontdoor"] == json({{"Z"}}));
  CHECK(front["backdoor"].empty());
  CHECK(front["minimal"].is_null());
  check_refused({"bayesnet", "do", net, "--targets", "sex"}, 64, "--set");
  check_refused({"bayesnet", "do", net, "--set", "drug!=yes", "--targets", "sex"}, 65, "single state");
  check_refused({"bayesnet", "do", net, "--set", "drug=maybe", "--targets", "sex"}, 65, "'maybe'");
  check_refused({"bayesnet", "adjust", net, "--treatment", "pill", "--outcome", "recovery"}, 65, "'pill'");
}

TEST_CASE("bayesnet convert: every format and back", "[cli][bayesnet]") {
  const scratch_folder folder;
  const std::string back = folder.path("back.bif"), first = folder.path("first.bif");
  result_of({"bayesnet", "convert", own("survey"), first});
  std::string from = first;
  for (const std::string to : {"a.xml", "a.net", "a.bif.gz", "a.xml.gz"}) {
    result_of({"bayesnet", "convert", from, folder.path(to)});
    result_of({"bayesnet", "convert", folder.path(to), back});
    CHECK(contents(back) == contents(first));
    from = folder.path(to);
  }
  result_of({"bayesnet", "convert", own("survey"), folder.path("a.uai")});
  const json r = result_of({"bayesnet", "query", folder.path("a.uai"), "--targets", "x5", "--evidence", "x0=0"});
  const json s = result_of({"bayesnet", "query", own("survey"), "--targets", "T", "--evidence", "A=young"});
  CHECK(r["posteriors"]["x5"]["0"] == s["posteriors"]["T"]["car"]);
  check_refused({"bayesnet", "convert", own("survey"), "x.txt"}, 64, "x.txt");
  check_refused({"bayesnet", "convert", "a->b", "x.bif"}, 64, "arrow");
  check_refused({"bayesnet", "info", folder.write("bad.xml", "<BIF>\n<NETWORK>")}, 65, "bad.xml:2:10: ");
  check_refused({"bayesnet", "info", folder.write("bad.net", "node a {")}, 65, "bad.net:1:9: ");
  check_refused({"bayesnet", "info", folder.write("bad.uai", "BAYES 1 2")}, 65, "bad.uai:1:10: ");
}

TEST_CASE("bayesnet query and mpe: Markov networks (T5)", "[cli][bayesnet]") {
  const scratch_folder folder;
  const std::string net = folder.write("t5.uai",
                                       "MARKOV\n4\n2 2 2 2\n4\n2 0 1\n2 1 2\n2 2 3\n2 3 0\n"
                                       "4 30 5 1 10\n4 100 1 1 100\n4 1 100 100 1\n4 100 1 1 100\n");
  const json r = result_of({"bayesnet", "query", net});
  CHECK(r["posteriors"].size() == 4);
  CHECK_THAT(r["posteriors"]["x1"]["0"].get<double>(), WithinAbs(0.263867, 5e-7));
  CHECK_THAT(r["log_evidence"].get<double>(), WithinRel(std::log(7201840.0), 1e-12));
  const json best = result_of({"bayesnet", "mpe", net});
  CHECK(best["assignment"] == json({{"x0", "0"}, {"x1", "1"}, {"x2", "1"}, {"x3", "0"}}));
  CHECK_THAT(best["log_probability"].get<double>(), WithinRel(std::log(5e6), 1e-12));
  const json seen = result_of({"bayesnet", "query", net, "--evidence-file", folder.write("t5.uai.evid", "1 0 0\n")});
  CHECK(seen["posteriors"]["x0"]["0"] == 1.0);
  check_refused({"bayesnet", "query", net, "--evidence-file", folder.write("bad.evid", "1 9 0\n")}, 65,
                "bad.evid:1:3: ");
  check_refused({"bayesnet", "info", net}, 65, "Markov network");
}

TEST_CASE("bayesnet query: entropy and sensitivity", "[cli][bayesnet]") {
  const json r = result_of({"bayesnet", "query", own("student"), "--targets", "D", "--sensitivity", "L=l1"});
  CHECK_THAT(r["entropy"]["D"].get<double>(), WithinRel(-0.4 * std::log(0.4) - 0.6 * std::log(0.6), 1e-12));
  REQUIRE(r["sensitivity"].size() == 2 + 2 + 12 + 4 + 6);
  double before = 1e9;
  for (const json& e : r["sensitivity"]) {
    CHECK(std::abs(e["covarying"].get<double>()) <= before);
    before = std::abs(e["covarying"].get<double>());
    // dP(l1) / dP(l1 | g3) = P(g3) = 0.6 (0.7 * 0.3 + 0.3 * 0.02) + 0.4 (0.7 * 0.7 + 0.3 * 0.2)
    if (e["node"] == "L" && e["state"] == "l1" && e["given"] == json({{"G", "g3"}})) {
      const double g3 = 0.6 * (0.7 * 0.3 + 0.3 * 0.02) + 0.4 * (0.7 * 0.7 + 0.3 * 0.2);
      CHECK_THAT(e["covarying"].get<double>(), WithinRel(g3, 1e-12));
      CHECK(e["value"] == 0.01);
    }
  }
  check_refused({"bayesnet", "query", own("student"), "--sensitivity", "L"}, 64, "expected '='");
  check_refused({"bayesnet", "query", own("student"), "--sensitivity", "L=l1,S=s1"}, 64, "--sensitivity");
  check_refused({"bayesnet", "query", own("student"), "--sensitivity", "L=l9"}, 65, "'l9'");
}

TEST_CASE("bayesnet query: Gibbs sampling and rejection", "[cli][bayesnet]") {
  for (const std::string method : {"gibbs", "rejection"}) {
    const std::vector<std::string> asked{"bayesnet", "query",    own("student"), "--targets", "I", "--evidence",
                                         "G=g3",     "--method", method,         "--seed",    "1"};
    const json r = result_of(asked);
    CHECK(r["method"] == method);
    // T3; four standard errors
    CHECK(std::abs(r["posteriors"]["I"]["i1"].get<double>() - 0.078947) < 4 * r["std_errors"]["I"]["i1"].get<double>());
    CHECK(r["ess"].get<double>() > 100);
    std::vector<std::string> threads = asked;
    threads.insert(threads.end(), {"--threads", "3"});
    CHECK(result_of(threads)["posteriors"] == r["posteriors"]);
  }
  const json bp = result_of({"bayesnet", "query", own("student"), "--targets", "L", "--method", "belief-propagation"});
  CHECK(bp["converged"] == true);
  CHECK_THAT(bp["posteriors"]["L"]["l1"].get<double>(), WithinAbs(0.502336, 5e-7));  // T2; a tree, so exact
  check_refused({"bayesnet", "query", own("asia"), "--method", "gibbs", "--chains", "1"}, 64, "--chains");
  check_refused({"bayesnet", "query", own("asia"), "--method", "gibbs", "--joint"}, 64, "--joint");
  check_refused({"bayesnet", "query", own("asia"), "--method", "rejection", "--evidence", "lung=yes,either=no"}, 65,
                "agrees with the evidence");
}
