// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/bif.hpp"

#include "bayesnet/support.hpp"

#include <filesystem>

using namespace credence;
using namespace credence::bayesnet;

namespace {

const std::string ab =
    "variable a { type discrete [ 2 ] { yes, no }; }\nvariable b { type discrete [ 2 ] { x, y }; }\n";
const std::string pa = "probability ( a ) { table 0.5, 0.5; }\n";

struct place {
  std::int64_t line = 0, column = 0;
  std::string what;
};
place refusal(const std::string& text) {
  try {
    parse_bif(text, "t.bif");
  } catch (const parse_error& e) {
    return {e.line, e.column, e.what()};
  }
  return {};
}

}  // namespace

TEST_CASE("BIF: rows may come in any order, default rows fill the rest", "[bayesnet][bif]") {
  const network net = parse_bif(ab + pa + "probability ( b | a ) { (no) 0.3, 0.7; (yes) 0.1, 0.9; }");
  CHECK(net.table(1).values == std::vector<double>{0.1, 0.9, 0.3, 0.7});
  CHECK(parse_bif(ab + pa + "probability ( b | a ) { default 0.3, 0.7; (yes) 0.1, 0.9; }") == net);
  CHECK(parse_bif("probability ( b | a ) { (no) 0.3, 0.7; default 0.1 0.9; }" + pa + ab) == net);
}

TEST_CASE("BIF: a whole table has the child slowest, unless only the other reading sums to one", "[bayesnet][bif]") {
  const std::vector<double> values{0.6, 0.4, 0.05, 0.95};
  CHECK(parse_bif(ab + pa + "probability ( b | a ) { table 0.6 0.05 0.4 0.95; }").table(1).values == values);
  CHECK(parse_bif(ab + pa + "probability ( b | a ) { table 0.6, 0.4, 0.05, 0.95; }").table(1).values == values);
  CHECK_THAT(refusal(ab + pa + "probability ( b | a ) { table 0.6, 0.4, 0.15, 0.95; }").what, Contains("sum to 1"));
}

TEST_CASE("BIF: the style of JavaBayes, comments, properties, quotes and odd names", "[bayesnet][bif]") {
  const network net = parse_bif(R"bif(// comment
/* a longer
   one */ network "Dog Problem" { property "credal-set 1.1" ; property author = me ; }
variable  "light on" { //2 values
	type discrete[2] {  "true"  "fa,l(se" };
	property "position = (218, 195)" ;
}
variable 3way { type discrete [3] { <5, 0.5-1.0, +_x }; }
probability ( "light on" ) { table 0.25 0.75 ; }
probability ( 3way | "light on" ) { property note; ("true") 1e-3, 0.009, .99; ("fa,l(se") 0, 0 1.0; };
)bif");
  CHECK(net.name() == "Dog Problem");
  CHECK(net.properties() == std::vector<std::string>{"credal-set 1.1", "author = me"});
  CHECK(net.at(0).states == std::vector<std::string>{"true", "fa,l(se"});
  CHECK(net.at(0).properties == std::vector<std::string>{"position = (218, 195)"});
  CHECK(net.at(1).states == std::vector<std::string>{"<5", "0.5-1.0", "+_x"});
  CHECK(net.table(1).values == std::vector<double>{1e-3, 0.009, .99, 0, 0, 1});
  CHECK(net.table(1).properties == std::vector<std::string>{"note"});
  CHECK(parse_bif(to_bif(net)) == net);
}

TEST_CASE("BIF: every refusal says where and what", "[bayesnet][bif]") {
  struct bad {
    std::string text;
    std::int64_t line, column;
    std::string what;
  };
  const std::string head = ab + pa;  // three lines
  const std::vector<bad> cases{
      {"hello", 1, 1, "expected 'network'"},
      {"network n { ", 1, 13, "end of the text"},
      {"network n {\n  foo bar;\n}", 2, 3, "expected 'property'"},
      {"network a {}\nnetwork b {}", 2, 1, "second network"},
      {"/* open", 1, 1, "never closed"},
      {"variable \"a { type", 1, 10, "never closed"},
      {"network n { property \"x }", 1, 22, "quote is never closed"},
      {"network n { property x }", 1, 22, "never closed"},
      {"variable a { type continuous; }", 1, 19, "'discrete'"},
      {"variable a { type discrete [ 3 ] { x, y }; }", 1, 30, "declares 3 states, but lists 2"},
      {"variable a { type discrete [ 1000000000000 ] { x, y }; }", 1, 30, "lists 2"},
      {"variable a { type discrete [ 99999999999999999999999 ] { x, y }; }", 1, 30, "positive whole number"},
      {"variable a { type discrete [ -1 ] { x }; }", 1, 30, "positive whole number"},
      {"variable a { type discrete [ 2 ] { x, x }; }", 1, 39, "listed twice"},
      {"variable a { type discrete [ 1 ] { \"\" }; }", 1, 36, "empty"},
      {"variable a { }", 1, 10, "no states"},
      {"variable a { type discrete [ 1 ] { x }; type discrete [ 1 ] { x }; }", 1, 41, "second type"},
      {ab + "variable a { type discrete [ 1 ] { x }; }", 3, 10, "declared twice"},
      {ab + pa, 2, 10, "no probability block"},
      {head + "probability ( c ) { table 1; }", 4, 15, "'c' is not declared"},
      {head + "probability ( b | c ) { table 1; }", 4, 19, "'c' is not declared"},
      {head + "probability ( b | b ) { (x) 1, 0; (y) 0, 1; }", 4, 19, "its own parent"},
      {head + "probability ( b | a, a ) { }", 4, 22, "named twice"},
      {head + pa, 4, 15, "second table"},
      {head + "probability ( b | a ) { (yes) 0.5, 0.5; }", 4, 15, "no row for (no)"},
      {head + "probability ( b | a ) { }", 4, 15, "no row for (yes)"},
      {head + "probability ( b ) { }", 4, 15, "no row"},
      {head + "probability ( b | a ) { (yes) 0.5, 0.5; (no) 1, 0; (yes) 0, 1; }", 4, 52, "given twice"},
      {head + "probability ( b | a ) { (yes) 0.5, 0.5; (maybe) 1, 0; }", 4, 42, "no state 'maybe'"},
      {head + "probability ( b | a ) { (yes, no) 0.5, 0.5; }", 4, 25, "1 parents, found 2"},
      {head + "probability ( b | a ) { (yes) 0.5; (no) 1, 0; }", 4, 31, "expected 2 probabilities, found 1"},
      {head + "probability ( b | a ) { (yes) 0.5, 0.6; (no) 1, 0; }", 4, 31, "sums to 1.1"},
      {head + "probability ( b | a ) { (yes) 0.5, foo; (no) 1, 0; }", 4, 36, "found 'foo'"},
      {head + "probability ( b | a ) { (yes) -0.5, 1.5; (no) 1, 0; }", 4, 31, "between 0 and 1"},
      {head + "probability ( b | a ) { (yes) nan, 1; (no) 1, 0; }", 4, 31, "between 0 and 1"},
      {head + "probability ( b | a ) { (yes) inf, 1; (no) 1, 0; }", 4, 31, "between 0 and 1"},
      {head + "probability ( b | a ) { (yes) 1e999, 1; (no) 1, 0; }", 4, 31, "between 0 and 1"},
      {head + "probability ( b | a ) { default 0.5, 0.5; default 1, 0; }", 4, 43, "second default"},
      {head + "probability ( b | a ) { table 1, 1, 0, 0; (yes) 1, 0; }", 4, 25, "beside other rows"},
      {head + "probability ( b | a ) { table 1, 1, 0; }", 4, 31, "expected 4 probabilities, found 3"},
      {head + "probability ( b | a ) { (yes) 0.5, 0.5", 4, 39, "end of the text"},
      {head + "probability ( b | a", 4, 20, "end of the text"},
      {ab + "probability ( a | b ) { default 1, 0; }\nprobability ( b | a ) { default 1, 0; }", 3, 15, "a -> b -> a"},
      {std::string("network a {}\n \0", 15), 2, 2, "NUL"},
      {"network a {}\nvar\xFF", 2, 4, "UTF-8"},
      {"network \xC0\xAF {}", 1, 9, "UTF-8"},
      {"network \xED\xA0\x80 {}", 1, 9, "UTF-8"},
      {"network \xF4\x90\x80\x80 {}", 1, 9, "UTF-8"},
      {"network \xE2\x82", 1, 9, "UTF-8"},
  };
  for (const bad& b : cases) {
    CAPTURE(b.text);
    const place p = refusal(b.text);
    CHECK(p.line == b.line);
    CHECK(p.column == b.column);
    CHECK_THAT(p.what, Contains(b.what));
    CHECK(p.what.find('\n') == std::string::npos);
  }
}

TEST_CASE("BIF: every prefix of a good file is either whole or refused with a place", "[bayesnet][bif]") {
  const std::string text = test::read_file(CREDENCE_SOURCE_DIR "/models/networks/student.bif");
  for (std::size_t length = 0; length < text.size() - 2; ++length) {
    try {
      const network net = parse_bif(text.substr(0, length));
      if (net.size() != 0) FAIL("accepted " << length << " bytes");
    } catch (const parse_error& e) {
      if (e.line < 1 || e.column < 1) FAIL("no place at " << length);
    }
  }
}

TEST_CASE("BIF: tables beyond the limits are refused before room is made", "[bayesnet][bif]") {
  std::string text, parents;
  for (int i = 0; i < 40; ++i) {
    const std::string name = std::string("p").append(std::to_string(i));
    text +=
        "variable " + name + " { type discrete [ 2 ] { 0, 1 }; }\nprobability ( " + name + " ) { table 0.5, 0.5; }\n";
    parents += (i == 0 ? " " : ", ") + name;
  }
  text += "variable c { type discrete [ 2 ] { 0, 1 }; }\n";
  CHECK_THAT(refusal(text + "probability ( c |" + parents + " ) { default 0.5, 0.5; }").what, Contains("limit"));
  const std::string two = ab + pa + "probability ( b | a ) { default 0.5, 0.5; }";
  CHECK_THROWS_WITH(parse_bif(two, "t", {.table_entries = 3}), Contains("limit"));
  CHECK_THROWS_WITH(parse_bif(two, "t", {.total_entries = 5}), Contains("limit"));
  CHECK_NOTHROW(parse_bif(two, "t", {.table_entries = 4, .total_entries = 6}));
}

TEST_CASE("BIF: deep nesting is an error, not a crash", "[bayesnet][bif]") {
  CHECK(refusal(std::string(1'000'000, '(')).line == 1);
  CHECK(refusal("probability " + std::string(1'000'000, '(')).line == 1);
  CHECK(refusal("variable a { type discrete [ 1 ] " + std::string(1'000'000, '{')).line == 1);
}

TEST_CASE("BIF: shared networks load, and are written and read back to the same network", "[bayesnet][bif]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  struct counts {
    std::string file;
    std::int64_t nodes, arcs, parameters;
  };
  // Published counts (Bayesian network repository), recomputed in the data folder's README.
  const std::vector<counts> expected{
      {"alarm.bif", 37, 46, 509},       {"andes.bif", 223, 338, 1157},   {"asia.bif", 8, 8, 18},
      {"cancer.bif", 5, 4, 10},         {"child.bif", 20, 25, 230},      {"earthquake.bif", 5, 4, 10},
      {"hailfinder.bif", 56, 66, 2656}, {"insurance.bif", 27, 52, 1008}, {"munin3.bif.gz", 1041, 1306, 71059},
      {"pigs.bif", 441, 592, 5618},     {"sachs.bif", 11, 17, 178},      {"survey.bif", 6, 6, 21},
      {"win95pts.bif", 76, 112, 574}};
  for (const counts& c : expected) {
    CAPTURE(c.file);
    const network net = read_bif(folder + "/bn/" + c.file);
    CHECK(net.size() == c.nodes);
    CHECK(net.graph().arc_count() == c.arcs);
    CHECK(net.parameter_count() == c.parameters);
    const std::string text = to_bif(net);
    CHECK(parse_bif(text) == net);
    CHECK(to_bif(parse_bif(text)) == text);
    for (const row_warning& w : net.row_warnings()) CHECK(std::abs(w.sum - 1.0) < 1.5e-7);  // worst: munin3
  }
  CHECK(read_bif(folder + "/bn/asia.bif").row_warnings().empty());
  CHECK_FALSE(read_bif(folder + "/bn/alarm.bif").row_warnings().empty());
}

TEST_CASE("BIF: our own networks have the numbers of the repository's", "[bayesnet][bif]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  for (const std::string name : {"asia", "cancer", "earthquake", "survey"}) {
    CAPTURE(name);
    const network ours = read_bif(CREDENCE_SOURCE_DIR "/models/networks/" + name + ".bif");
    const network theirs = read_bif(folder + "/bn/" + name + ".bif");
    CHECK(ours.variables() == theirs.variables());
    CHECK(ours.graph() == theirs.graph());
    for (node_id v = 0; v < ours.size(); ++v) CHECK(ours.table(v) == theirs.table(v));
  }
}

TEST_CASE("BIF: files that are not there or damaged", "[bayesnet][bif]") {
  CHECK_THROWS_AS(read_bif("/no/such/file.bif"), io_error);
  const std::string path = std::filesystem::temp_directory_path() / "credence_bif_test.bif";
  const network net = parse_bif(ab + pa + "probability ( b | a ) { default 0.25, 0.75; }");
  write_bif(net, path);
  CHECK(read_bif(path) == net);
  CHECK_FALSE(std::filesystem::exists(path + ".partial"));
  std::filesystem::remove(path);
  CHECK_THROWS_AS(write_bif(net, "/no/such/folder/x.bif"), io_error);
  CHECK_THROWS_AS(to_bif(network_builder().variable("a\"", {"x"}).cpd("a\"", {}, {1}).build()), domain_error);
  CHECK_THROWS_AS(to_bif(network_builder().variable("a\n", {"x"}).cpd("a\n", {}, {1}).build()), domain_error);
}

TEST_CASE("BIF: random networks survive a round trip bit for bit", "[bayesnet][bif]") {
  std::mt19937_64 engine(12);
  for (int trial = 0; trial < 50; ++trial) {
    const network net = test::random_network(12, 0.3, engine, true);
    CHECK(parse_bif(to_bif(net)) == net);
  }
}
