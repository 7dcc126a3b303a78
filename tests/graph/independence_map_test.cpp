// SPDX-License-Identifier: BSD-3-Clause
#include "credence/graph/independence_map.hpp"

#include "credence/graph/d_separation.hpp"
#include "credence/graph/equivalence.hpp"

#include "support/catch.hpp"

#include <random>

using namespace credence;

namespace {

dag random_dag(int n, unsigned percent, std::mt19937_64& engine) {
  std::vector<arc> arcs;
  for (node_id b = 0; b < n; ++b) {
    for (node_id a = 0; a < b; ++a) {
      if (engine() % 100 < percent) arcs.push_back({a, b});
    }
  }
  return dag(n, arcs);
}

/// Every independence of single nodes that `map` states holds in `g`, by asking about all of them.
bool holds_everywhere(const dag& map, const dag& g) {
  const auto n = static_cast<node_id>(g.size());
  for (node_id x = 0; x < n; ++x) {
    for (node_id y = x + 1; y < n; ++y) {
      for (unsigned bits = 0; bits < (1U << n); ++bits) {
        if ((bits >> x & 1U) != 0 || (bits >> y & 1U) != 0) continue;
        std::vector<node_id> given;
        for (node_id v = 0; v < n; ++v) {
          if ((bits >> v & 1U) != 0) given.push_back(v);
        }
        if (d_separated(map, {x}, {y}, given).separated && !d_separated(g, {x}, {y}, given).separated) return false;
      }
    }
  }
  return true;
}

}  // namespace

TEST_CASE("minimal I-maps: of the student network, from every order of its nodes", "[graph][i_map]") {
  const dag student("D->G<-I->S; G->L");
  std::vector<node_id> order{0, 1, 2, 3, 4};
  int same = 0;
  do {
    const dag map = minimal_i_map(student, order);
    CHECK(is_i_map(map, student));
    CHECK(holds_everywhere(map, student));
    for (const arc& a : map.arcs()) {  // no arc can be left out
      dag less = map;
      less.remove_arc(a.from, a.to);
      CHECK_FALSE(is_i_map(less, student));
    }
    // Arcs run along the order.
    for (const arc& a : map.arcs())
      CHECK(std::find(order.begin(), order.end(), a.from) < std::find(order.begin(), order.end(), a.to));
    // An order that fits the graph gives the graph back.
    const bool fits = [&] {
      for (const arc& a : student.arcs()) {
        if (std::find(order.begin(), order.end(), a.from) > std::find(order.begin(), order.end(), a.to)) return false;
      }
      return true;
    }();
    if (fits) {
      CHECK(map == student);
      ++same;
    }
  } while (std::next_permutation(order.begin(), order.end()));
  CHECK(same == 7);  // topological orders of the student network: S in 3 places of D I G L, in 4 of I D G L
  // Koller and Friedman, figure 3.8 (b): the order L, S, G, I, D
  const auto n = [&](const char* name) { return student.index_of(name); };
  const dag turned = minimal_i_map(student, std::vector<node_id>{n("L"), n("S"), n("G"), n("I"), n("D")});
  CHECK(turned == dag({"D", "G", "I", "S", "L"}, {{4, 3}, {4, 1}, {3, 1}, {3, 2}, {1, 2}, {1, 0}, {2, 0}}));
}

TEST_CASE("I-maps: the quick check equals asking about everything", "[graph][i_map]") {
  std::mt19937_64 engine(17);
  int maps = 0;
  for (int repeat = 0; repeat < 150; ++repeat) {
    const dag a = random_dag(4, 60, engine), b = random_dag(4, 35, engine);
    CHECK(is_i_map(a, b) == holds_everywhere(a, b));
    maps += is_i_map(a, b) ? 1 : 0;
  }
  CHECK(maps > 20);
  CHECK_THROWS_AS(minimal_i_map(dag("a->b"), std::vector<node_id>{0, 0}), domain_error);
  CHECK_THROWS_AS(minimal_i_map(dag("a->b"), std::vector<node_id>{0}), shape_error);
}

TEST_CASE("requisite nodes: barren ones and those cut off are left out", "[graph][requisite]") {
  const dag g("a->b->c->d; b->e; f->c");
  const auto names = [&](const std::vector<node_id>& nodes) { return g.names(nodes); };
  const requisite_nodes all = requisite(g, {"c"});
  CHECK(names(all.tables) == std::vector<std::string>{"a", "b", "c", "f"});
  CHECK(all.observations.empty());
  const requisite_nodes cut = requisite(g, {"c"}, {"a", "b", "e"});
  CHECK(names(cut.tables) == std::vector<std::string>{"c", "f"});
  CHECK(names(cut.observations) == std::vector<std::string>{"b"});
  const requisite_nodes explained = requisite(g, {"f"}, {"d"});
  CHECK(names(explained.tables) == std::vector<std::string>{"a", "b", "c", "d", "f"});
  CHECK(names(explained.observations) == std::vector<std::string>{"d"});
  CHECK_THROWS_AS(requisite(g, {"c"}, {"c"}), domain_error);
}

TEST_CASE("requisite nodes: exactly those whose new parent is connected", "[graph][requisite]") {
  std::mt19937_64 engine(19);
  for (int repeat = 0; repeat < 200; ++repeat) {
    const dag g = random_dag(7, 35, engine);
    const auto x = static_cast<node_id>(engine() % 7);
    std::vector<node_id> given;
    for (node_id v = 0; v < 7; ++v) {
      if (v != x && engine() % 3 == 0) given.push_back(v);
    }
    const requisite_nodes found = requisite(g, {x}, given);
    for (node_id v = 0; v < 7; ++v) {
      std::vector<arc> arcs = g.arcs();
      arcs.push_back({7, v});
      const bool matters = !d_separated(dag(8, arcs), {x}, {7}, given).separated;
      CHECK(std::binary_search(found.tables.begin(), found.tables.end(), v) == matters);
    }
    for (const node_id e : given) {
      std::vector<node_id> others = given;
      std::erase(others, e);
      const bool matters = !d_separated(g, {x}, {e}, others).separated;
      CHECK(std::binary_search(found.observations.begin(), found.observations.end(), e) == matters);
    }
  }
}
