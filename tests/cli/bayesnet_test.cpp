// SPDX-License-Identifier: BSD-3-Clause
// The bayesnet commands, run as a user does.
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

std::string contents(const scratch_folder& folder, const std::string& name) {
  std::ostringstream text;
  text << std::ifstream(folder.path(name), std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("bayesnet info: counts, treewidth, blankets", "[cli][bayesnet]") {
  const json r = result_of({"bayesnet", "info", own("asia")});
  CHECK(r["nodes"] == 8);
  CHECK(r["arcs"] == 8);
  CHECK(r["parameters"] == 18);
  CHECK(r["max_in_degree"] == 2);
  CHECK(r["treewidth_bound"] == 2);
  CHECK(r["warnings"].empty());
  CHECK(r["markov_blankets"]["either"] == json({"tub", "lung", "bronc", "xray", "dysp"}));
}

TEST_CASE("bayesnet info: rows that were normalised are warnings", "[cli][bayesnet]") {
  const scratch_folder folder;
  const std::string file = folder.write(
      "a.bif", "variable a { type discrete [2] { x, y }; } probability (a) { table 0.3333333, 0.6666666; }");
  const json r = result_of({"bayesnet", "info", file});
  REQUIRE(r["warnings"].size() == 1);
  CHECK_THAT(r["warnings"][0].get<std::string>(), Contains("P(a)") && Contains("0.9999999"));
  CHECK(run_credence({"bayesnet", "info", file, "--strict"}).code == 1);
}

TEST_CASE("bayesnet query: the chest clinic by every method", "[cli][bayesnet]") {
  for (const std::string method : {"junction-tree", "elimination", "rational"}) {
    CAPTURE(method);
    const json r = result_of({"bayesnet", "query", own("asia"), "--targets", "lung,tub", "--evidence",
                              "xray=yes,dysp=yes", "--method", method});
    CHECK(r["method"] == method);
    CHECK_THAT(r["posteriors"]["lung"]["yes"].get<double>(), WithinAbs(0.621253, 5e-7));  // T9
    CHECK(r["posteriors"].size() == 2);
    CHECK(r["log_evidence"].get<double>() < 0);
    CHECK(r["predicted_bytes"].get<double>() > 0);
  }
  const json exact = result_of(
      {"bayesnet", "query", own("student"), "--targets", "L", "--evidence", "I=i0,D=d0", "--method", "rational"});
  CHECK(exact["exact"]["L"]["l1"] == "513/1000");
  CHECK(exact["evidence_probability"] == "21/50");
  CHECK(result_of({"bayesnet", "query", own("asia")})["posteriors"].size() == 8);
  CHECK(result_of({"bayesnet", "query", own("asia")})["method"] == "junction-tree");
}

TEST_CASE("bayesnet query: soft and negative evidence, joint tables, CSV", "[cli][bayesnet]") {
  const json soft =
      result_of({"bayesnet", "query", own("asia"), "--targets", "smoke", "--evidence", "lung=0.2:0.8,bronc!=yes"});
  // P(smoke) prop. to .5 * sum_lung w P(lung | smoke) * P(bronc = no | smoke)
  const double yes = (0.2 * 0.1 + 0.8 * 0.9) * 0.4, no = (0.2 * 0.01 + 0.8 * 0.99) * 0.7;
  CHECK_THAT(soft["posteriors"]["smoke"]["yes"].get<double>(), WithinRel(yes / (yes + no), 1e-12));
  CHECK_THAT(soft["log_evidence"].get<double>(), WithinRel(std::log(0.5 * (yes + no)), 1e-12));
  const json joint =
      result_of({"bayesnet", "query", own("student"), "--targets", "I,D", "--joint", "--evidence", "G=g3"});
  REQUIRE(joint["joint"].size() == 4);
  CHECK(joint["joint"][1]["states"] == json({{"I", "i0"}, {"D", "d1"}}));
  const double total = 0.7 * (0.6 * 0.3 + 0.4 * 0.7) + 0.3 * (0.6 * 0.02 + 0.4 * 0.2);
  CHECK_THAT(joint["joint"][1]["probability"].get<double>(), WithinRel(0.7 * 0.4 * 0.7 / total, 1e-12));
  const run_result csv = run_credence({"bayesnet", "query", own("student"), "--targets", "I", "--format", "csv"});
  CHECK_THAT(csv.out, Contains("node,state,probability") && Contains("I,i0,0.7"));
}

TEST_CASE("bayesnet query: refusals", "[cli][bayesnet]") {
  const std::string asia = own("asia");
  check_refused({"bayesnet", "query"}, 64, "network");
  check_refused({"bayesnet", "query", "a->b"}, 64, "arrow");
  check_refused({"bayesnet", "query", "net.txt"}, 64, ".bif");
  check_refused({"bayesnet", "query", "no-such.bif"}, 66, "no-such.bif");
  check_refused({"bayesnet", "query", asia, "--method", "magic"}, 64, "method");
  check_refused({"bayesnet", "query", asia, "--evidence", "lung"}, 64, "expected '='");
  check_refused({"bayesnet", "query", asia, "--targets", "lung,,tub"}, 64, "--targets");
  check_refused({"bayesnet", "query", asia, "--targets", "heart"}, 65, "'heart'");
  check_refused({"bayesnet", "query", asia, "--evidence", "lung=maybe"}, 65, "'maybe'");
  check_refused({"bayesnet", "query", asia, "--evidence", "lung=0.2:0.3:0.5"}, 65, "lung");
  check_refused({"bayesnet", "query", asia, "--evidence", "lung=yes,either=no"}, 65, "probability zero");
  const scratch_folder folder;
  const std::string broken = folder.write("b.bif", "network x {\n}\nvariable a { type discrete [ 2 ] { yes };\n}");
  check_refused({"bayesnet", "query", broken}, 65, "b.bif:3:30: ");
}

TEST_CASE("bayesnet mpe: best assignment of all and of some", "[cli][bayesnet]") {
  const json r = result_of({"bayesnet", "mpe", own("earthquake"), "--evidence", "JohnCalls=True,MaryCalls=True"});
  CHECK(r["assignment"]["JohnCalls"] == "True");
  CHECK(r["assignment"]["Burglary"] == "True");
  CHECK_THAT(r["log_probability"].get<double>(), WithinRel(std::log(0.01 * 0.98 * 0.94 * 0.9 * 0.7), 1e-12));
  const json map = result_of({"bayesnet", "mpe", own("student"), "--variables", "G,I"});
  CHECK(map["assignment"] == json({{"I", "i0"}, {"G", "g3"}}));
  CHECK_THAT(map["log_probability"].get<double>(), WithinRel(std::log(0.7 * (0.6 * 0.3 + 0.4 * 0.7)), 1e-12));
  check_refused({"bayesnet", "mpe", own("asia"), "--evidence", "lung=yes,either=no"}, 65, "probability zero");
}

TEST_CASE("bayesnet dsep: both answers carry their certificate", "[cli][bayesnet]") {
  const json open = result_of({"bayesnet", "dsep", own("asia"), "--x", "asia", "--y", "smoke", "--given", "dysp"});
  CHECK(open["separated"] == false);
  CHECK(open["active_trail"] == json({"asia", "tub", "either", "lung", "smoke"}));
  CHECK(open["rules"] == json({"chain", "collider", "chain"}));
  CHECK(open["opened_by"]["either"] == json({"either", "dysp"}));
  CHECK(open["minimal_separator"] == json::array());
  const json blocked = result_of({"bayesnet", "dsep", own("asia"), "--x", "asia", "--y", "smoke"});
  CHECK(blocked["separated"] == true);
  CHECK(blocked["active_trail"].is_null());
  CHECK(blocked["rules"].empty());
  CHECK_FALSE(blocked["reached"].empty());
  CHECK(result_of({"bayesnet", "dsep", own("asia"), "--x", "lung", "--y", "bronc"})["minimal_separator"] ==
        json({"smoke"}));
  CHECK(result_of({"bayesnet", "dsep", own("asia"), "--x", "lung", "--y", "either"})["minimal_separator"].is_null());
  CHECK(result_of({"bayesnet", "dsep", "a->b->c", "--x", "a", "--y", "c", "--given", "b"})["separated"] == true);
  check_refused({"bayesnet", "dsep", own("asia"), "--x", "asia"}, 64, "--y");
  check_refused({"bayesnet", "dsep", own("asia"), "--x", "asia", "--y", "asia"}, 65, "disjoint");
  check_refused({"bayesnet", "dsep", "a->b->a", "--x", "a", "--y", "b"}, 65, "a -> b -> a");
  check_refused({"bayesnet", "dsep", "a->b->", "--x", "a", "--y", "b"}, 65, "arrow text:1:7");
}

TEST_CASE("bayesnet blanket, ancestors, descendants, cpdag, independencies", "[cli][bayesnet]") {
  CHECK(result_of({"bayesnet", "blanket", own("student"), "--node", "D"})["nodes"] == json({"I", "G"}));
  CHECK(result_of({"bayesnet", "ancestors", own("student"), "--node", "L"})["nodes"] == json({"D", "I", "G"}));
  CHECK(result_of({"bayesnet", "descendants", own("student"), "--node", "I"})["nodes"] == json({"G", "S", "L"}));
  const json edges = result_of({"bayesnet", "cpdag", "a->c<-b; c->d; x->y"})["edges"];
  CHECK(edges.size() == 4);
  CHECK(edges[3] == json({{"from", "x"}, {"to", "y"}, {"directed", false}}));
  CHECK(result_of({"bayesnet", "independencies", own("student"), "--node", "S"})["statements"] ==
        json({"S _|_ D, G, L | I"}));
  CHECK(result_of({"bayesnet", "independencies", own("student"), "--kind", "all", "--max-given", "0"})["statements"] ==
        json({"D _|_ I", "D _|_ S"}));
  check_refused({"bayesnet", "blanket", own("student")}, 64, "--node");
  check_refused({"bayesnet", "ancestors", own("student"), "--node", "Q"}, 65, "'Q'");
}

TEST_CASE("bayesnet convert: a copy is the same network, DOT is a drawing", "[cli][bayesnet]") {
  const scratch_folder folder;
  const std::string copy = folder.path("copy.bif"), again = folder.path("again.bif"), dot = folder.path("g.dot");
  CHECK(result_of({"bayesnet", "convert", own("asia"), copy})["output"] == copy);
  result_of({"bayesnet", "convert", copy, again});
  CHECK(read_file(copy) == read_file(again));
  CHECK(result_of({"bayesnet", "query", copy, "--targets", "dysp"})["posteriors"] ==
        result_of({"bayesnet", "query", own("asia"), "--targets", "dysp"})["posteriors"]);
  result_of({"bayesnet", "convert", "a->b", dot});
  CHECK_THAT(read_file(dot), Contains("\"a\" -> \"b\""));
  check_refused({"bayesnet", "convert", own("asia"), folder.path("x.png")}, 64, ".dot or .svg");
  check_refused({"bayesnet", "convert", own("asia"), "/no/such/folder/x.bif"}, 73, "/no/such/folder");
}

TEST_CASE("bayesnet query: likelihood weighting says what it is worth, equal for equal seeds", "[cli][bayesnet]") {
  const std::vector<std::string> ask{"bayesnet",  "query",    own("asia"),
                                     "--targets", "lung",     "--evidence",
                                     "dysp=yes",  "--method", "likelihood-weighting",
                                     "--samples", "20000",    "--seed",
                                     "5"};
  const json r = result_of(ask);
  const double exact = result_of(
      {"bayesnet", "query", own("asia"), "--targets", "lung", "--evidence", "dysp=yes"})["posteriors"]["lung"]["yes"];
  CHECK(r["ess"].get<double>() > 1000);
  // four standard errors, the house rule for a single Monte Carlo number
  CHECK(std::abs(r["posteriors"]["lung"]["yes"].get<double>() - exact) <
        4 * r["std_errors"]["lung"]["yes"].get<double>());
  std::vector<std::string> again = ask;
  again.insert(again.end(), {"--threads", "1"});
  CHECK(result_of(again)["posteriors"] == r["posteriors"]);
  check_refused({"bayesnet", "query", own("asia"), "--joint", "--method", "likelihood-weighting"}, 64, "--joint");
}

TEST_CASE("bayesnet simulate: a CSV table, equal for equal seeds on any number of threads", "[cli][bayesnet]") {
  const scratch_folder folder;
  const std::string a = folder.path("a.csv"), b = folder.path("b.csv");
  CHECK(result_of({"bayesnet", "simulate", own("survey"), "--rows", "5000", "--seed", "3", "--output", a})["rows"] ==
        5000);
  result_of({"bayesnet", "simulate", own("survey"), "--rows", "5000", "--seed", "3", "--threads", "1", "--output", b});
  const std::string text = read_file(a);
  CHECK(text == read_file(b));
  CHECK(text.rfind("A,S,E,O,R,T\n", 0) == 0);
  CHECK(line_count(text) == 5001);
  check_refused({"bayesnet", "simulate", own("survey"), "--rows", "-1"}, 64, "--rows");
}

TEST_CASE("bayesnet query: a table of evidence rows", "[cli][bayesnet]") {
  const scratch_folder folder;
  const std::string rows = folder.write("rows.csv", "xray,dysp\nyes,yes\n,no\n,\n");
  const json r = result_of({"bayesnet", "query", own("asia"), "--targets", "lung", "--evidence-file", rows});
  REQUIRE(r["rows"].size() == 3);
  CHECK_THAT(r["rows"][0]["posteriors"]["lung"]["yes"].get<double>(), WithinAbs(0.621253, 5e-7));  // T9
  CHECK(r["rows"][2]["log_evidence"].get<double>() == Approx(0.0).margin(1e-15));
  const json one = result_of({"bayesnet", "query", own("asia"), "--targets", "lung", "--evidence", "dysp=no"});
  CHECK_THAT(r["rows"][1]["log_evidence"].get<double>(), WithinRel(one["log_evidence"].get<double>(), 1e-13));
  CHECK_THAT(r["rows"][1]["posteriors"]["lung"]["yes"].get<double>(),
             WithinRel(one["posteriors"]["lung"]["yes"].get<double>(), 1e-13));
  check_refused({"bayesnet", "query", own("asia"), "--evidence-file", folder.path("none.csv")}, 66, "none.csv");
  check_refused({"bayesnet", "query", own("asia"), "--evidence-file", folder.write("bad.csv", "xray\nyes\nmaybe\n")},
                65, "row 1");
  check_refused({"bayesnet", "query", own("asia"), "--evidence-file", folder.write("odd.csv", "heart\nyes\n")}, 65,
                "'heart'");
  check_refused({"bayesnet", "query", own("asia"), "--evidence-file", rows, "--method", "rational"}, 64,
                "--evidence-file");
}

TEST_CASE("bayesnet score: scores of a simulated table", "[cli][bayesnet]") {
  const scratch_folder folder;
  const std::string data = folder.path("d.csv");
  result_of({"bayesnet", "simulate", own("survey"), "--rows", "3000", "--seed", "3", "--output", data});
  const json r = result_of({"bayesnet", "score", own("survey"), "--data", data});
  CHECK(r["parameters"] == 21);
  const double loglik = r["loglik"];
  CHECK_THAT(r["aic"].get<double>(), WithinRel(loglik - 21, 1e-12));
  CHECK_THAT(r["bic"].get<double>(), WithinRel(loglik - 10.5 * std::log(3000.0), 1e-12));
  CHECK(r["bdeu"].get<double>() < loglik);
  CHECK(r["k2"].get<double>() < loglik);
  check_refused({"bayesnet", "score", own("survey")}, 64, "--data");
  check_refused({"bayesnet", "score", own("asia"), "--data", data}, 65, "asia");
}

TEST_CASE("bayesnet convert: JSON keeps everything, SVG draws", "[cli][bayesnet]") {
  const scratch_folder folder;
  const std::string as_json = folder.path("a.json"), back = folder.path("a.bif"), picture = folder.path("a.svg");
  result_of({"bayesnet", "convert", own("asia"), as_json});
  result_of({"bayesnet", "convert", as_json, back});
  CHECK(result_of({"bayesnet", "query", as_json})["posteriors"] ==
        result_of({"bayesnet", "query", own("asia")})["posteriors"]);
  CHECK(result_of({"bayesnet", "compare", back, own("asia")})["shd"] == 0);
  result_of({"bayesnet", "convert", as_json, picture});
  CHECK_THAT(contents(folder, "a.svg"), Contains("<svg") && Contains("either"));
  result_of({"bayesnet", "convert", "a->b<-c", picture});
  CHECK_THAT(contents(folder, "a.svg"), Contains(">c<"));
  const std::string broken = folder.write("b.json", "{\"format\": \"credence-network\",\n \"version\": 3}");
  check_refused({"bayesnet", "info", broken}, 65, "b.json:2:13: ");
}

TEST_CASE("bayesnet query: importance sampling, drawings, UAI results, linear-Gaussian networks", "[cli][bayesnet]") {
  const scratch_folder folder;
  const json exact = result_of({"bayesnet", "query", own("asia"), "--evidence", "xray=yes,dysp=yes"});
  for (const std::string method : {"importance", "ais"}) {
    const json r = result_of({"bayesnet", "query", own("asia"), "--evidence", "xray=yes,dysp=yes", "--method", method,
                              "--samples", "20000", "--seed", "3"});
    CHECK(r["method"] == method);
    const double error =
        std::abs(r["posteriors"]["lung"]["yes"].get<double>() - exact["posteriors"]["lung"]["yes"].get<double>());
    CHECK(error < 5.0 * r["std_errors"]["lung"]["yes"].get<double>());
    CHECK(r["ess"].get<double>() > 1000.0);
  }
  result_of({"bayesnet", "query", own("asia"), "--evidence", "dysp=yes", "--output", folder.path("p.svg")});
  CHECK_THAT(contents(folder, "p.svg"), Contains("100.0%"));
  result_of({"bayesnet", "query", own("asia"), "--output", folder.path("p.MAR")});
  CHECK_THAT(contents(folder, "p.MAR"), Contains("MAR\n8 2 "));
  check_refused({"bayesnet", "query", own("asia"), "--output", folder.path("p.png")}, 64, ".svg or .MAR");
  const std::string real = folder.write("g.json",
                                        R"({"format": "credence-linear-gaussian", "version": 1, "nodes": [
    {"name": "x", "intercept": 1, "variance": 4}, {"name": "y", "variance": 4, "coefficients": {"x": 0.5}}]})");
  const json r = result_of({"bayesnet", "query", real, "--evidence", "y=3"});
  // covariance of y is 5, with x 2: mean 1 + 2 / 5 * 2.5, variance 4 - 4 / 5
  CHECK_THAT(r["posteriors"]["x"]["mean"].get<double>(), WithinRel(2.0, 1e-14));
  CHECK_THAT(r["posteriors"]["x"]["variance"].get<double>(), WithinRel(3.2, 1e-14));
  check_refused({"bayesnet", "query", real, "--evidence", "y=much"}, 64, "y=number");
}
