// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/bif.hpp"
#include "credence/bayesnet/causal.hpp"
#include "credence/bayesnet/inference.hpp"
#include "credence/bayesnet/network_json.hpp"

#include "bayesnet/support.hpp"

using namespace credence;
using namespace credence::bayesnet;

namespace {

std::vector<double> random_distribution(std::size_t n, std::mt19937_64& engine) {
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  std::vector<double> p(n);
  double sum = 0.0;
  for (double& x : p) sum += x = engine() % 4 == 0 ? 0.0 : uniform(engine);
  if (sum == 0.0) p[0] = sum = 1.0;
  for (double& x : p) x /= sum;
  return p;
}

/// Calls f(index) for every index below `sizes`, the last changing fastest.
template <class F>
void for_each_index(const std::vector<std::int64_t>& sizes, const F& f) {
  std::vector<std::int64_t> index(sizes.size(), 0);
  while (true) {
    f(index);
    std::size_t d = sizes.size();
    while (d > 0 && ++index[d - 1] == sizes[d - 1]) index[--d] = 0;
    if (d == 0) return;
  }
}

/// What the definition says: every cause and the leak bring about a level of their own, and the child is the highest.
std::vector<double> highest_level(const compact_cpd& form, std::int64_t states,
                                  const std::vector<std::int64_t>& parents) {
  std::vector<double> table;
  for_each_index(parents, [&](const std::vector<std::int64_t>& u) {
    std::vector<double> row(static_cast<std::size_t>(states), 0.0);
    for_each_index(std::vector<std::int64_t>(parents.size() + 1, states), [&](const std::vector<std::int64_t>& level) {
      double p = form.leak[static_cast<std::size_t>(level.back())];
      for (std::size_t i = 0; i < parents.size(); ++i)
        p *= form.causes[i][static_cast<std::size_t>(u[i] * states + level[i])];
      row[static_cast<std::size_t>(*std::max_element(level.begin(), level.end()))] += p;
    });
    table.insert(table.end(), row.begin(), row.end());
  });
  return table;
}

void check_equal(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) CHECK_THAT(a[i], WithinAbs(b[i], 1e-14));  // some thirty roundings
}

}  // namespace

TEST_CASE("noisy MAX: equals the sum over what every cause brings about", "[bayesnet][compact]") {
  std::mt19937_64 engine(401);
  for (int trial = 0; trial < 40; ++trial) {
    const std::int64_t states = 2 + static_cast<std::int64_t>(engine() % 3);
    std::vector<std::int64_t> parents;
    compact_cpd form;
    form.what = compact_cpd::kind::noisy_max;
    form.leak = random_distribution(static_cast<std::size_t>(states), engine);
    for (std::uint64_t i = engine() % 4; i > 0; --i) {
      parents.push_back(1 + static_cast<std::int64_t>(engine() % 3));
      auto& cause = form.causes.emplace_back();
      for (std::int64_t u = 0; u < parents.back(); ++u) {
        const auto row = random_distribution(static_cast<std::size_t>(states), engine);
        cause.insert(cause.end(), row.begin(), row.end());
      }
    }
    check_equal(expand(form, states, parents), highest_level(form, states, parents));
  }
}

TEST_CASE("noisy OR: is the noisy MAX of two states, whichever state is brought about", "[bayesnet][compact]") {
  std::mt19937_64 engine(402);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  for (int trial = 0; trial < 40; ++trial) {
    std::vector<std::int64_t> parents;
    compact_cpd either, highest;
    either.what = compact_cpd::kind::noisy_or;
    highest.what = compact_cpd::kind::noisy_max;
    either.state = trial % 2;
    either.leak = {uniform(engine)};
    highest.leak = {1.0 - either.leak[0], either.leak[0]};
    for (std::uint64_t i = engine() % 5; i > 0; --i) {
      parents.push_back(1 + static_cast<std::int64_t>(engine() % 3));
      auto &a = either.causes.emplace_back(), &b = highest.causes.emplace_back();
      for (std::int64_t u = 0; u < parents.back(); ++u) {
        a.push_back(uniform(engine));
        b.insert(b.end(), {1.0 - a.back(), a.back()});
      }
    }
    std::vector<double> expected = highest_level(highest, 2, parents);
    if (either.state == 0)
      for (std::size_t i = 0; i < expected.size(); i += 2) std::swap(expected[i], expected[i + 1]);
    check_equal(expand(either, 2, parents), expected);
  }
}

TEST_CASE("compact forms: alarms of a builder, posteriors by the joint table, kept and dropped where they should be",
          "[bayesnet][compact]") {
  const network net = network_builder("alarm")
                          .variable("fire", {"yes", "no"})
                          .variable("burglar", {"yes", "no"})
                          .variable("sound", {"loud", "quiet", "none"})
                          .variable("bell", {"on", "off"})
                          .variable("both", {"yes", "no"})
                          .cpd("fire", {}, {0.01, 0.99})
                          .cpd("burglar", {}, {0.02, 0.98})
                          .noisy_or("bell", "on", {"fire", "burglar"}, {{0.9, 0.0}, {0.7, 0.0}}, 0.001)
                          .noisy_max("sound", {"bell"}, {{0.8, 0.1, 0.1, 0.0, 0.0, 1.0}}, {1.0, 0.0, 0.0})
                          .deterministic("both", {"fire", "burglar"}, {"yes", "no", "no", "no"})
                          .build();
  const node_id bell = net.graph().index_of("bell");
  CHECK_THAT(net.table(bell).values[0], WithinAbs(1.0 - 0.999 * 0.1 * 0.3, 1e-15));
  CHECK_THAT(net.table(bell).values[6], WithinAbs(0.001, 1e-15));
  CHECK(net.table(net.graph().index_of("both")).values == std::vector<double>{1, 0, 0, 1, 0, 1, 0, 1});
  const evidence given{{"sound", "loud"}, {"both", "no"}};
  const auto exact = test::by_enumeration(net, given);
  const posterior_set found = eliminate(net, {"fire", "burglar"}, given);
  CHECK_THAT(found.at("fire", "yes"), WithinAbs(exact.marginals[0][0], 1e-12));
  CHECK_THAT(found.at("burglar", "yes"), WithinAbs(exact.marginals[1][0], 1e-12));

  CHECK(parse_network_json(to_network_json(net)) == net);  // with its forms
  const network as_tables = parse_bif(to_bif(net));        // BIF has tables only, of the same numbers
  CHECK(as_tables.table(bell).values == net.table(bell).values);
  CHECK(as_tables.table(bell).form == compact_cpd{});
  const network set = intervene(net, {{"bell", "on"}});
  CHECK(set.table(bell).form == compact_cpd{});
  CHECK(set.table(net.graph().index_of("both")).form == net.table(net.graph().index_of("both")).form);
}

TEST_CASE("compact forms: what is wrong is named", "[bayesnet][compact]") {
  const auto base = [] {
    return network_builder().variable("a", {"x", "y"}).variable("b", {"x", "y"}).cpd("a", {}, {1, 0});
  };
  CHECK_THROWS_WITH(base().noisy_or("b", "z", {"a"}, {{1, 0}}).build(), Contains("'z'") && Contains("x, y"));
  CHECK_THROWS_WITH(base().noisy_or("b", "x", {"a"}, {{1, 0, 0}}).build(), Contains("'b'") && Contains("3 elements"));
  CHECK_THROWS_WITH(base().noisy_or("b", "x", {"a"}, {{1.5, 0}}).build(), Contains("1.5"));
  CHECK_THROWS_WITH(base().noisy_or("b", "x", {"a"}, {}).build(), Contains("causes"));
  CHECK_THROWS_WITH(base().noisy_or("b", "x", {"a"}, {{1, 0}}, -0.5).build(), Contains("leak"));
  CHECK_THROWS_WITH(base().noisy_max("b", {"a"}, {{0.5, 0.4, 0, 1}}, {1, 0}).build(), Contains("0.9"));
  CHECK_THROWS_WITH(base().deterministic("b", {"a"}, {"x"}).build(), Contains("outcomes"));
  CHECK_THROWS_WITH(base().deterministic("b", {"a"}, {"x", "?"}).build(), Contains("'?'"));
  compact_cpd form;
  form.what = compact_cpd::kind::deterministic;
  form.outcomes = {1};
  CHECK_THROWS_WITH(network("", {{"a", {"x", "y"}, {}}}, {{{}, {1, 0}, {}, form}}),
                    Contains("'a'") && Contains("form"));
  CHECK_THROWS_AS(expand({}, 2, {}), domain_error);
  const std::vector<std::int64_t> many(40, 2);
  CHECK_THROWS_AS(expand({compact_cpd::kind::deterministic, {}, 0, {}, {}}, 2, many), memory_error);
}

TEST_CASE("JSON networks: what is written reads back equal, odd names and every form included", "[bayesnet][formats]") {
  std::mt19937_64 engine(403);
  std::vector<network> all{network()};
  for (const std::string name : {"asia", "student", "survey", "cancer", "earthquake"})
    all.push_back(read_bif(CREDENCE_SOURCE_DIR "/models/networks/" + name + ".bif"));
  for (int i = 0; i < 20; ++i) all.push_back(test::random_network(6, 0.4, engine, true));
  variable a{"a \"b\"\n", {"<1", "\\two", "\xC3\xA9", std::string("\x01", 1)}, {"free \"text\" \\ here", ""}};
  all.emplace_back("odd\tname", std::vector<variable>{a}, std::vector<cpd>{{{}, {0.1, 1e-300, 0.7, 0.2}, {"p"}}},
                   std::vector<std::string>{"of the net"});
  for (const network& net : all) CHECK(parse_network_json(to_network_json(net)) == net);
}

TEST_CASE("JSON networks: what people write, nodes in any order", "[bayesnet][formats]") {
  const network net = parse_network_json(R"({"version": 1, "format": "credence-network", "nodes": [
    {"name": "wet", "parents": ["rain", "hose"], "states": ["yes", "no"],
     "noisy_or": {"state": "yes", "causes": [[0.9, 0], [0.5, 0]]}},
    {"name": "rain", "states": ["yes", "no"], "table": [[0.2, 0.8]]},
    {"states": ["on", "off"], "name": "hose", "deterministic": ["off"]} ]})");
  CHECK(net.at(0).name == "wet");
  CHECK(net.table(0).values == std::vector<double>{1 - (1 - 0.9) * 0.5, (1 - 0.9) * 0.5, 0.9, 1 - 0.9, 0.5, 0.5, 0, 1});
  CHECK(net.table(2).values == std::vector<double>{0, 1});
}

TEST_CASE("JSON networks: refusals have a place", "[bayesnet][formats]") {
  const auto refused = [](const std::string& text, std::int64_t line, std::int64_t column, const std::string& what) {
    CAPTURE(text);
    try {
      parse_network_json(text);
      FAIL("was read");
    } catch (const parse_error& e) {
      CHECK_THAT(e.what(), Contains(what));
      CHECK(e.line == line);
      CHECK(e.column == column);
    }
  };
  const std::string head = "{\"format\": \"credence-network\", \"version\": 1, \"nodes\": [\n", tail = "\n]}";
  const std::string a = R"({"name": "a", "states": ["x", "y"], "table": [[1, 0]]},)"
                        "\n";
  refused("", 1, 1, "");
  refused("[]", 1, 1, "object");
  refused("{}", 1, 1, "'format'");
  refused(R"({"format": "other", "version": 1})", 1, 12, "'other'");
  refused(R"({"format": "credence-network", "version": 2, "nodes": []})", 1, 43, "version");
  refused(R"({"format": "credence-network", "version": 1})", 1, 1, "'nodes'");
  refused(head + "3" + tail, 2, 1, "object");
  refused(head + R"({"name": "a", "name": "b"})" + tail, 2, 15, "twice");
  refused(head + R"({"name": "a", "colour": 1})" + tail, 2, 25, "'colour'");
  refused(head + R"({"name": "a"})" + tail, 2, 1, "'states'");
  refused(head + R"({"name": "a", "states": []})" + tail, 2, 1, "no states");
  refused(head + R"({"name": "a", "states": ["x", "x"], "table": [[1, 0]]})" + tail, 2, 31, "comes twice");
  refused(head + R"({"name": "a", "states": ["x", "y"]})" + tail, 2, 1, "has no 'table'");
  refused(head + R"({"name": "a", "states": ["x"], "table": [[1]], "deterministic": ["x"]})" + tail, 2, 65, "both");
  refused(head + R"({"name": "a", "states": ["x", "y"], "table": [[1]]})" + tail, 2, 47, "1 numbers");
  refused(head + R"({"name": "a", "states": ["x", "y"], "table": [[1, 0], [1, 0]]})" + tail, 2, 46, "2 rows");
  refused(head + R"({"name": "a", "states": ["x", "y"], "table": [[0.5, 0.4]]})" + tail, 2, 47, "sums to 0.9");
  refused(head + R"({"name": "a", "states": ["x", "y"], "table": [[2, -1]]})" + tail, 2, 48, "between 0 and 1");
  refused(head + R"({"name": "a", "states": ["x", "y"], "table": [["1", 0]]})" + tail, 2, 48, "number");
  refused(head + R"({"name": "a", "states": ["x", "y"], "parents": ["b"], "table": [[1, 0]]})" + tail, 2, 49, "'b'");
  refused(head + a + R"({"name": "a", "states": ["x"], "table": [[1]]})" + tail, 3, 10, "second variable");
  refused(head + a + R"({"name": "b", "states": ["x"], "parents": ["a", "a"], "table": [[1],[1],[1],[1]]})" + tail, 3,
          49, "comes twice");
  refused(head + a + R"({"name": "b", "states": ["x", "y"], "parents": ["a"], "noisy_or": {"state": "z"}})" + tail, 3,
          77, "'z'");
  refused(head + a + R"({"name": "b", "states": ["x", "y"], "parents": ["a"], "deterministic": ["x"]})" + tail, 3, 72,
          "outcomes");
  refused(head + R"({"name": "a", "states": ["x"], "parents": ["b"], "table": [[1]]},
{"name": "b", "states": ["x"], "parents": ["a"], "table": [[1]]})" +
              tail,
          1, 1, "a -> b -> a");
  const std::string text = to_network_json(read_bif(CREDENCE_SOURCE_DIR "/models/networks/cancer.bif"));
  for (std::size_t n = 0; n + 2 < text.size(); ++n) CHECK_THROWS_AS(parse_network_json(text.substr(0, n)), parse_error);
  CHECK_THROWS_AS(parse_network_json(text, "json", {.table_entries = 2, .total_entries = 100}), parse_error);
  CHECK_THROWS_AS(parse_network_json(std::string(100, '[')), parse_error);
}
