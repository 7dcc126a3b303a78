// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/bif.hpp"
#include "credence/bayesnet/markov.hpp"
#include "credence/bayesnet/net.hpp"
#include "credence/bayesnet/plan.hpp"
#include "credence/bayesnet/uai.hpp"
#include "credence/bayesnet/xmlbif.hpp"

#include "bayesnet/support.hpp"
#include "credence/table/files.hpp"

#include <sstream>

using namespace credence;
using namespace credence::bayesnet;

namespace {

network awkward_network() {
  variable a{"a b", {"<1", "\"two\"", " & "}, {"position = (1 2)", "label = \"A\"", "free \"text\" \\ here", ""}};
  variable b{"1&2", {"yes", "no"}, {}};
  cpd of_a{{}, {0.1, 0.2, 0.7}, {}}, of_b{{0}, {1.0 / 3, 2.0 / 3, 1e-300, 1.0, 0.25, 0.75}, {"states = (1)", "x = )("}};
  return {"odd; name", {a, b}, {of_a, of_b}, {"node_size = (80 40)", "two = words here"}};
}

template <class Parse>
void check_refused(const Parse& parse, const std::string& text, std::int64_t line, std::int64_t column,
                   const std::string& what) {
  CAPTURE(text);
  try {
    parse(text);
    FAIL("was read");
  } catch (const parse_error& e) {
    CHECK_THAT(e.what(), Contains(what));
    CHECK(e.line == line);
    CHECK(e.column == column);
  }
}

/// Everything cut off anywhere is refused with a place, and never read as something else.
template <class Parse>
void check_truncations(const std::string& text, std::size_t meaningful, const Parse& parse) {
  for (std::size_t n = 0; n < meaningful; ++n) {
    CAPTURE(n);
    CHECK_THROWS_AS(parse(text.substr(0, n)), parse_error);
  }
}

}  // namespace

TEST_CASE("XMLBIF and NET: what is written reads back equal, odd names and numbers included", "[bayesnet][formats]") {
  std::mt19937_64 engine(107);
  std::vector<network> all{awkward_network(), network()};
  for (const std::string name : {"asia", "student", "survey", "cancer", "earthquake"})
    all.push_back(read_bif(CREDENCE_SOURCE_DIR "/models/networks/" + name + ".bif"));
  for (int i = 0; i < 20; ++i) all.push_back(test::random_network(6, 0.4, engine, true));
  for (const network& net : all) {
    CHECK(parse_xmlbif(to_xmlbif(net)) == net);
    CHECK(parse_net(to_net(net)) == net);
  }
}

TEST_CASE("formats: the shared networks survive BIF, XMLBIF, NET and UAI", "[bayesnet][formats][data]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  for (const std::string name : {"alarm", "child", "hailfinder", "insurance", "sachs", "win95pts"}) {
    const network net = read_bif(folder + "/bn/" + name + ".bif");
    CHECK(parse_bif(to_bif(net)) == net);
    CHECK(parse_xmlbif(to_xmlbif(net)) == net);
    CHECK(parse_net(to_net(net)) == net);
    const network numbered = *parse_uai(to_uai(net)).bayes;
    REQUIRE(numbered.size() == net.size());
    for (node_id v = 0; v < net.size(); ++v) {
      CHECK(numbered.table(v).values == net.table(v).values);
      CHECK(numbered.table(v).parents == net.table(v).parents);
    }
  }
}

TEST_CASE("XMLBIF: what other programs write", "[bayesnet][formats]") {
  const network net = parse_xmlbif(R"(<?xml version="1.0"?>
<!-- Bayesian network -->
<!DOCTYPE BIF [ <!ELEMENT BIF ( NETWORK )*> <!ATTLIST BIF VERSION CDATA #REQUIRED> ]>
<bif version="0.3"><network><name>dog</name>
<definition><for>bark</for><given>out</given><table>0.9 0.1 <!-- out --> 1e-2 .99</table></definition>
<variable type="nature"><name> out </name><outcome>a &lt; b</outcome><outcome><![CDATA[<&>]]></outcome><property/></variable>
<variable type="nature"><name>bark</name><value>t</value><value>&#102;&#x66;</value></variable>
<definition><for>out</for><table>0.5 0.5</table></definition>
</network></bif>
)");
  CHECK(net.name() == "dog");
  CHECK(net.at(0).name == "out");
  CHECK(net.at(0).states == std::vector<std::string>{"a < b", "<&>"});
  CHECK(net.at(1).states == std::vector<std::string>{"t", "ff"});
  CHECK(net.table(1).values == std::vector<double>{0.9, 0.1, 0.01, 0.99});
}

TEST_CASE("XMLBIF: refusals have a place", "[bayesnet][formats]") {
  const auto parse = [](const std::string& text) { return parse_xmlbif(text); };
  const std::string head = "<BIF><NETWORK>\n", var = "<VARIABLE><NAME>a</NAME><OUTCOME>x</OUTCOME></VARIABLE>\n";
  const std::string tail = "</NETWORK></BIF>";
  check_refused(parse, "", 1, 1, "element BIF");
  check_refused(parse, "<html>", 1, 1, "element BIF");
  check_refused(parse, head + var + tail, 2, 17, "no table");
  check_refused(parse, head + "hello" + tail, 2, 1, "'hello' does not belong");
  check_refused(parse, head + "<FOO>" + tail, 2, 1, "'FOO'");
  check_refused(parse, head + var + "<DEFINITION><FOR>b</FOR><TABLE>1</TABLE></DEFINITION>" + tail, 3, 18,
                "no variable 'b'");
  check_refused(parse, head + var + "<DEFINITION><FOR>a</FOR><TABLE>1 0</TABLE></DEFINITION>" + tail, 3, 32,
                "2 numbers");
  check_refused(parse, head + var + "<DEFINITION><FOR>a</FOR><TABLE>-1</TABLE></DEFINITION>" + tail, 3, 32, "'-1'");
  check_refused(parse, head + var + "<DEFINITION><FOR>a</FOR><TABLE>0.5</TABLE></DEFINITION>" + tail, 3, 32,
                "sums to 0.5");
  check_refused(parse, head + var + "<DEFINITION><FOR>a</FOR></DEFINITION>" + tail, 3, 1, "no element TABLE");
  check_refused(parse, head + var + var + tail, 3, 17, "second variable 'a'");
  check_refused(parse, head + "<VARIABLE TYPE=\"decision\">" + tail, 2, 1, "decision");
  check_refused(parse, head + "<VARIABLE><NAME>&foo;</NAME>", 2, 17, "'&foo;'");
  check_refused(parse, head + "</BIF>", 2, 1, "expected the end of NETWORK");
  check_refused(parse, head + "<!-- ", 2, 1, "never closed");
  check_refused(parse, head + "<NAME", 2, 1, "never closed");
  const std::string text = to_xmlbif(read_bif(CREDENCE_SOURCE_DIR "/models/networks/cancer.bif"));
  check_truncations(text, text.size() - 2, parse);
  CHECK_THROWS_AS(parse_xmlbif(text, "xmlbif", {.table_entries = 2, .total_entries = 100}), parse_error);
}

TEST_CASE("NET: what other programs write", "[bayesnet][formats]") {
  const network net = parse_net(R"(% written by hand
net { node_size = (80 40); name = "x"; }
potential ( bark | out )
{ data = (( 0.9 0.1 ) % out = yes
          ( 0.2 0.8 )); }
discrete node out { label = "Out?"; position = (10 20); states = ( "yes" "no" ); }
node bark { states = ("t" "f"); HR_Desc = "a \"b\""; }
potential (out) { data = (0.5 0.5); }
)");
  CHECK(net.properties() == std::vector<std::string>{"node_size = (80 40)", "name = \"x\""});
  CHECK(net.at(0).properties == std::vector<std::string>{"label = \"Out?\"", "position = (10 20)"});
  CHECK(net.at(1).name == "bark");
  CHECK(net.table(1).values == std::vector<double>{0.9, 0.1, 0.2, 0.8});
  CHECK(parse_net(to_net(net)) == net);
}

TEST_CASE("NET: refusals have a place", "[bayesnet][formats]") {
  const auto parse = [](const std::string& text) { return parse_net(text); };
  const std::string node = "node a { states = (\"x\"); }\n";
  check_refused(parse, node, 1, 6, "no table");
  check_refused(parse, "class c { }", 1, 1, "'class'");
  check_refused(parse, "continuous node c { }", 1, 1, "'continuous'");
  check_refused(parse, "hello", 1, 1, "'hello'");
  check_refused(parse, node + "potential (b) { data = (1); }", 2, 12, "no node 'b'");
  check_refused(parse, node + "potential (a) { data = (1 0); }", 2, 24, "2 numbers");
  check_refused(parse, node + "potential (a) { data = (x); }", 2, 25, "'x'");
  check_refused(parse, node + "potential (a) { data = 1); }", 2, 25, "')'");
  check_refused(parse, node + "potential (a) { }", 2, 12, "no 'data'");
  check_refused(parse, node + "potential (a) { model_data = (1); }", 2, 17, "expression");
  check_refused(parse, node + "potential (a b) { data = (1); }", 2, 14, "one child");
  check_refused(parse, node + node, 2, 6, "second node");
  check_refused(parse, "node a { states = (\"x\" \"x\"); } potential (a) { data = (1 0); }", 1, 24, "comes twice");
  check_refused(parse, "node a { states = (\"x); }", 1, 20, "never closed");
  std::string text = to_net(read_bif(CREDENCE_SOURCE_DIR "/models/networks/cancer.bif"));
  text = text.substr(text.find("node "));  // the block net alone is a network without nodes
  check_truncations(text, text.size() - 2, parse);
}

TEST_CASE("UAI: models, evidence and their refusals", "[bayesnet][formats]") {
  const std::string text = "BAYES\n2\n2 3\n2\n1 0\n2 0 1\n\n2\n 0.25 0.75\n\n6\n 0.5 0.25 0.25\n 0 0 1\n";
  const network net = *parse_uai(text).bayes;
  CHECK(net.at(1).name == "x1");
  CHECK(net.at(1).states == std::vector<std::string>{"0", "1", "2"});
  CHECK(net.table(1).values == std::vector<double>{0.5, 0.25, 0.25, 0, 0, 1});
  CHECK(*parse_uai(to_uai(net)).bayes == net);
  const markov_network markov = *parse_uai("MARKOV 3 2 2 2 2 1 0 2 2 1  2 1.5 0  4 1 2 3 4").markov;
  CHECK(markov.factors[1].scope == std::vector<node_id>{2, 1});
  CHECK(*parse_uai(to_uai(markov)).markov == markov);
  for (const std::string evid : {"1 1 2", "1\n1 1 2\n", " 1\t1\n2"}) {
    const evidence given = parse_uai_evidence(evid, net.variables());
    REQUIRE(given.findings().size() == 1);
    CHECK(given.findings()[0].node == "x1");
    CHECK(given.findings()[0].state == "2");
  }
  for (const std::string none : {"", "0", "1\n0\n"}) CHECK(parse_uai_evidence(none, net.variables()).empty());
  const auto parse = [](const std::string& t) { return parse_uai(t); };
  check_refused(parse, "", 1, 1, "'BAYES' or 'MARKOV'");
  check_refused(parse, "BAYES\nx", 2, 1, "number of variables");
  check_refused(parse, "MARKOV\n1\n0", 3, 1, "number of states");
  check_refused(parse, "MARKOV\n1\n2\n1\n1 1\n", 5, 3, "variable of a table");
  check_refused(parse, "MARKOV\n1\n2\n1\n1 0\n3 1 1 1", 6, 1, "2 configurations");
  check_refused(parse, "MARKOV\n1\n2\n1\n1 0\n2 1 -1", 6, 5, "'-1'");
  check_refused(parse, "MARKOV\n1\n2\n1\n1 0\n2 1 1 1", 6, 7, "end of the text");
  check_refused(parse, "MARKOV\n2\n2 2\n1\n2 0 0\n", 5, 5, "comes twice");
  check_refused(parse, "BAYES\n1\n2\n1\n1 0\n2 0.5 0.6", 6, 1, "sums to 1.1");
  check_refused(parse, "BAYES\n1\n2\n0\n", 5, 1, "no table");
  check_truncations(text, text.size() - 2, parse);
  const auto evid = [&](const std::string& t) { return parse_uai_evidence(t, net.variables()); };
  check_refused(evid, "1 1 3", 1, 5, "state of variable 1");
  check_refused(evid, "1 2 0", 1, 3, "observed variable");
  check_refused(evid, "2\n1 0 0\n1 0 1\n", 1, 1, "2 samples");
}

TEST_CASE("Markov networks: the misconception example (T5)", "[bayesnet][markov]") {
  markov_network net;
  for (const std::string name : {"A", "B", "C", "D"}) net.variables.push_back({name, {"0", "1"}, {}});
  net.factors = {
      {{0, 1}, {30, 5, 1, 10}}, {{1, 2}, {100, 1, 1, 100}}, {{2, 3}, {1, 100, 100, 1}}, {{3, 0}, {100, 1, 1, 100}}};
  const markov_as_bayesian as = as_bayesian(net);
  const posterior_set found = compile(as.net).posteriors(as.given, {"B"});
  CHECK_THAT(std::exp(found.log_evidence + as.log_constant), WithinRel(7201840.0, 1e-12));
  CHECK_THAT(found.at("B", "0"), WithinAbs(0.263867, 5e-7));
  const joint_posterior joint = eliminate_joint(as.net, {"A", "B", "C", "D"}, as.given);
  CHECK_THAT(joint.probabilities[0b0110], WithinAbs(0.694267, 5e-7));
  const explanation best = most_probable_explanation(as.net, as.given);
  CHECK_THAT(std::exp(best.log_probability + as.log_constant), WithinRel(5e6, 1e-12));  // 5 * 100 * 100 * 100
}

TEST_CASE("Markov networks: random ones equal the sum over everything", "[bayesnet][markov]") {
  std::mt19937_64 engine(109);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  for (int trial = 0; trial < 30; ++trial) {
    markov_network net;
    for (int v = 0; v < 6; ++v) {
      variable made{std::string("v").append(std::to_string(v)), {}, {}};
      for (unsigned s = 0; s < 1 + engine() % 3; ++s) made.states.push_back(std::to_string(s));
      net.variables.push_back(made);
    }
    for (int i = 0; i < 7; ++i) {
      factor f;
      std::size_t entries = 1;
      for (node_id v = 0; v < 6; ++v) {
        if (engine() % 3 != 0 || f.scope.size() == 3) continue;
        f.scope.push_back(v);
        entries *= net.variables[static_cast<std::size_t>(v)].states.size();
      }
      for (std::size_t k = 0; k < entries; ++k)
        f.values.push_back(uniform(engine) < 0.15 ? 0.0 : 1e3 * uniform(engine));
      if (*std::max_element(f.values.begin(), f.values.end()) > 0.0) net.factors.push_back(f);
    }
    std::vector<std::int64_t> states(6, 0);
    double z = 0.0, largest = 0.0;
    std::vector<std::vector<double>> marginals;
    for (const variable& v : net.variables) marginals.emplace_back(v.states.size(), 0.0);
    while (true) {
      double product = 1.0;
      for (const factor& f : net.factors) {
        std::size_t at = 0;
        for (const node_id v : f.scope)
          at = at * net.variables[static_cast<std::size_t>(v)].states.size() +
               static_cast<std::size_t>(states[static_cast<std::size_t>(v)]);
        product *= f.values[at];
      }
      z += product;
      largest = std::max(largest, product);
      for (std::size_t v = 0; v < 6; ++v) marginals[v][static_cast<std::size_t>(states[v])] += product;
      std::size_t i = 0;
      while (i < 6 && ++states[i] == net.variables[i].cardinality()) states[i++] = 0;
      if (i == 6) break;
    }
    const markov_as_bayesian as = as_bayesian(net);
    if (z == 0.0) {
      CHECK_THROWS_WITH(compile(as.net).posteriors(as.given), Contains("probability zero"));
      continue;
    }
    const posterior_set found = compile(as.net).posteriors(as.given);
    CHECK_THAT(found.log_evidence + as.log_constant, WithinAbs(std::log(z), 1e-11));
    for (std::size_t v = 0; v < 6; ++v) {
      for (std::size_t s = 0; s < marginals[v].size(); ++s)
        CHECK_THAT(found.probabilities[v][s], WithinAbs(marginals[v][s] / z, 1e-12));
    }
    CHECK_THAT(most_probable_explanation(as.net, as.given).log_probability + as.log_constant,
               WithinAbs(std::log(largest), 1e-11));
  }
  CHECK_THROWS_WITH(as_bayesian({{{"a", {"x"}, {}}}, {{{0}, {0.0}}}}), Contains("zero everywhere"));
  CHECK_THROWS_AS(as_bayesian({{{"a", {"x"}, {}}}, {{{0}, {0.0, 1.0}}}}), shape_error);
  CHECK_THROWS_AS(as_bayesian({{{"a", {"x"}, {}}}, {{{1}, {1.0}}}}), domain_error);
}

TEST_CASE("Markov networks: the published marginals of eight UAI problems", "[bayesnet][markov][data]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  struct expected {
    const char* name;
    double log10_z, log10_max;
  };
  // reference.json beside the problems: exact values by an independent engine
  const expected all[] = {{"CSP_12", 16.45357201009229, -1.3703703703662489},
                          {"DBN_11", 58.53066309788109, 57.96276333614153},
                          {"Grids_11", 169.40836091601656, 168.460566242801},
                          {"Pedigree_13", -15.212864446304032, -25.67205152038245},
                          {"Promedus_24", -5.861811131124479, -6.102326679904506},
                          {"Promedus_30", -22.100514856232977, -23.34155498434393},
                          {"Segmentation_11", -23.996092195177642, -24.336468040651017},
                          {"Segmentation_14", -39.49649707247284, -43.64471812061307}};
  for (const expected& e : all) {
    CAPTURE(e.name);
    const std::string path = folder + "/bn/uai/" + e.name + ".uai";
    const uai_model model = read_uai(path);
    markov_as_bayesian as;
    if (model.markov) {
      as = as_bayesian(*model.markov);
    } else {
      as.net = *model.bayes;
      as.variables = as.net.size();
    }
    evidence given = as.given;
    const evidence seen = read_uai_evidence(path + ".evid", as.net.variables());
    for (const finding& f : seen.findings()) given.observe(f.node, f.state);
    std::vector<node_id> asked;
    for (node_id v = 0; v < as.variables; ++v) asked.push_back(v);
    const posterior_set found = compile(as.net).posteriors(given, asked);
    CHECK_THAT((found.log_evidence + as.log_constant) / std::log(10.0), WithinAbs(e.log10_z, 1e-9));
    std::istringstream published(read_file(path + ".MAR"));
    std::string word;
    std::size_t n = 0;
    published >> word >> n;
    REQUIRE(n == asked.size());
    double worst = 0.0;
    for (std::size_t v = 0; v < n; ++v) {
      std::size_t states = 0;
      published >> states;
      REQUIRE(states == found.probabilities[v].size());
      for (const double p : found.probabilities[v]) {
        double q = 0.0;
        published >> q;
        worst = std::max(worst, std::abs(p - q));
      }
    }
    CHECK(worst < 1e-6);  // six digits are published
    CHECK_THAT((most_probable_explanation(as.net, given).log_probability + as.log_constant) / std::log(10.0),
               WithinAbs(e.log10_max, 1e-9));
  }
}
