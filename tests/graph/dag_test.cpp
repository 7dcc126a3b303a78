// SPDX-License-Identifier: BSD-3-Clause
#include "credence/graph/dag.hpp"

#include "credence/graph/ancestry.hpp"
#include "graph/support.hpp"
#include "support/catch.hpp"

using namespace credence;

namespace {
std::vector<std::string> parent_names(const dag& g, std::string_view node) {
  return g.names(g.parents(g.index_of(node)));
}
}  // namespace

TEST_CASE("dag: arrow text gives nodes in order of appearance and parents in order of arcs", "[graph][dag]") {
  const dag g("asia->tub; smoke->lung->either<-tub\n lone; either -> xray; lung->either");
  CHECK(g.size() == 7);
  CHECK(g.arc_count() == 5);
  CHECK(g.name(0) == "asia");
  CHECK(g.name(1) == "tub");
  CHECK(parent_names(g, "either") == std::vector<std::string>{"lung", "tub"});
  CHECK(g.children(g.index_of("lone")).empty());
  CHECK(dag(to_arrows(g)) == g);
  CHECK(dag(to_arrows(g)).name(3) == g.name(3));
}

TEST_CASE("arrow text: quoted names, states in braces and odd characters survive a round trip", "[graph][dag]") {
  const arrow_text text = parse_arrows("rain{no, \"light, steady\",heavy} -> \"wet grass\"{0,1}; x-1->\"a\"\"b\"");
  CHECK(text.names == std::vector<std::string>{"rain", "wet grass", "x-1", "a\"b"});
  CHECK(text.states[0] == std::vector<std::string>{"no", "light, steady", "heavy"});
  CHECK(text.states[1] == std::vector<std::string>{"0", "1"});
  CHECK(text.states[2].empty());
  const dag odd(std::vector<std::string>{"a b", "c->d", "e\"f", "g;", "h-", "<5", "caf\xC3\xA9"},
                {{0, 1}, {1, 2}, {2, 3}, {5, 4}, {6, 4}});
  CHECK(dag(to_arrows(odd)) == odd);
}

TEST_CASE("arrow text: errors carry the place", "[graph][dag]") {
  const auto place = [](std::string_view text) {
    try {
      parse_arrows(text);
    } catch (const parse_error& e) {
      return std::pair{e.line, e.column};
    }
    return std::pair{std::int64_t{0}, std::int64_t{0}};
  };
  using at = std::pair<std::int64_t, std::int64_t>;
  CHECK(place("a->") == at{1, 4});
  CHECK(place("a b") == at{1, 3});
  CHECK(place("a->b\n->c") == at{2, 1});
  CHECK(place("a->\"b") == at{1, 4});
  CHECK(place("a{yes,no}->b; a{x}") == at{1, 15});
  CHECK(place("a{yes,yes}") == at{1, 10});
  CHECK(place("a{yes") == at{1, 6});
  CHECK(place("a->b->c") == at{0, 0});
}

TEST_CASE("dag: a cycle is named", "[graph][dag]") {
  CHECK_THROWS_WITH(dag("a->b->c->a; d->a"), Contains("a -> b -> c -> a"));
  CHECK_THROWS_WITH(dag("q->c; c->a; b->c; a->b; b->z"), Contains("c -> a -> b -> c"));
  CHECK_THROWS_WITH(dag("a->a"), Contains("a -> a"));
  try {
    dag(4, {{0, 1}, {1, 2}, {2, 1}, {2, 3}});
    FAIL("no error");
  } catch (const cycle_error& e) {
    CHECK(e.cycle == std::vector<node_id>{1, 2});
    CHECK_THAT(e.what(), Contains("x1 -> x2 -> x1"));
  }
}

TEST_CASE("dag: changes keep the graph whole, and a refused one leaves it as it was", "[graph][dag]") {
  dag g("a->b->c");
  CHECK_THROWS_WITH(g.add_arc(2, 0), Contains("a -> b -> c -> a"));
  CHECK(g == dag("a->b->c"));
  CHECK_THROWS_AS(g.add_arc(0, 1), domain_error);
  CHECK_THROWS_AS(g.add_arc(0, 7), domain_error);
  CHECK_THROWS_AS(g.remove_arc(0, 2), domain_error);
  CHECK_THROWS_AS(g.add_node("b"), domain_error);
  CHECK_THROWS_AS(g.add_node(""), domain_error);
  g.add_arc(0, 2);
  CHECK_THROWS_WITH(g.reverse_arc(0, 2), Contains("cycle"));
  g.remove_arc(0, 1);
  g.reverse_arc(0, 2);
  CHECK(g == dag("a; b->c->a"));
  const node_id d = g.add_node("d");
  g.add_arc(d, 1);
  CHECK(g == dag("a; b->c->a; d->b"));
  CHECK(g.topological_order()[0] == d);
  dag numbered(2, {{0, 1}});
  CHECK(numbered.add_node("x2") == 2);
  CHECK(numbered.index_of("x2") == 2);
  CHECK(numbered.add_node("other") == 3);
  CHECK(numbered.index_of("x1") == 1);
}

TEST_CASE("dag: unknown names and repeated arcs are refused by name", "[graph][dag]") {
  const dag g("a->b");
  CHECK_THROWS_WITH(g.index_of("c", "here"), Contains("here: node is 'c'"));
  CHECK_THROWS_WITH(dag(2, {{0, 1}, {0, 1}}), Contains("x0 -> x1") && Contains("twice"));
  CHECK_THROWS_WITH(dag(std::vector<std::string>{"a", "a"}), Contains("'a'"));
  CHECK_THROWS_AS(dag(-1), domain_error);
  CHECK_FALSE(dag(3).find("x03"));
  CHECK_FALSE(dag(3).find("x3"));
  CHECK_FALSE(dag(3).find("y1"));
}

TEST_CASE("dag: topological order, ancestors and descendants agree with path search on every small DAG",
          "[graph][dag]") {
  for (int n = 0; n <= 4; ++n) {
    int count = 0;
    test::for_each_dag(n, [&](const dag& g) {
      ++count;
      std::vector<std::int64_t> rank(static_cast<std::size_t>(n), -1);
      for (std::size_t i = 0; i < g.topological_order().size(); ++i) {
        rank[static_cast<std::size_t>(g.topological_order()[i])] = static_cast<std::int64_t>(i);
      }
      for (const arc& a : g.arcs()) {
        if (rank[static_cast<std::size_t>(a.from)] >= rank[static_cast<std::size_t>(a.to)]) FAIL("order");
      }
      for (node_id v = 0; v < n; ++v) {
        std::vector<node_id> up, down;
        for (node_id w = 0; w < n; ++w) {
          if (w != v && test::has_path(g, w, v)) up.push_back(w);
          if (w != v && test::has_path(g, v, w)) down.push_back(w);
        }
        if (ancestors(g, {v}) != up || descendants(g, {v}) != down) FAIL("closure");
        for (node_id w = 0; w < n; ++w) {  // of a pair: a member counts only when it is above the other
          std::vector<node_id> both;
          for (node_id u = 0; u < n; ++u) {
            if ((u != v && test::has_path(g, u, v)) || (u != w && test::has_path(g, u, w))) both.push_back(u);
          }
          if (ancestors(g, {v, w}) != both) FAIL("closure of a pair");
        }
      }
    });
    const int expected[] = {1, 1, 3, 25, 543};  // numbers of labelled DAGs, OEIS A003024
    CHECK(count == expected[n]);
  }
}

TEST_CASE("dag: a chain of a million nodes is no deeper than a short one", "[graph][dag]") {
  std::vector<arc> arcs;
  constexpr node_id n = 1'000'000;
  for (node_id v = 0; v + 1 < n; ++v) arcs.push_back({v, v + 1});
  const dag g(n, arcs);
  CHECK(ancestors(g, {n - 1}).size() == n - 1);
  CHECK(descendants(g, {0}).size() == n - 1);
  arcs.push_back({n - 1, 0});
  CHECK_THROWS_WITH(dag(n, arcs), Contains("x0 -> x1") && Contains("more nodes") && Contains("x999999 -> x0"));
}

TEST_CASE("Markov blanket: separates its node from all others, and no member can be left out", "[graph][dag]") {
  std::mt19937_64 engine(3);
  for (int trial = 0; trial < 200; ++trial) {
    const dag g = test::random_dag(7, 0.35, engine);
    for (node_id v = 0; v < 7; ++v) {
      const std::vector<node_id> blanket = markov_blanket(g, {v});
      const std::set<node_id> z(blanket.begin(), blanket.end());
      for (node_id w = 0; w < 7; ++w) {
        if (w == v) continue;
        std::set<node_id> given = z;
        given.erase(w);
        if (test::separated_by_enumeration(g, {v}, {w}, given) != (z.count(w) == 0)) FAIL("blanket");
      }
    }
  }
  const dag g("a->c<-b; c->d");
  CHECK(markov_blanket(g, {"a"}) == std::vector<node_id>{1, 2});
  CHECK(markov_blanket(g, {"a", "c"}) == std::vector<node_id>{2, 3});
}

TEST_CASE("DOT: names are quoted", "[graph][dot]") {
  CHECK(to_dot(dag("\"a \"\"b\"\"\"->c"), "t") ==
        "digraph \"t\" {\n  \"a \\\"b\\\"\";\n  \"c\";\n  \"a \\\"b\\\"\" -> \"c\";\n}\n");
}
