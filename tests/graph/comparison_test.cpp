// SPDX-License-Identifier: BSD-3-Clause
#include "credence/graph/comparison.hpp"

#include "support/catch.hpp"

#include <random>

using namespace credence;

namespace {

dag random_dag(int n, unsigned percent, std::mt19937_64& engine) {
  std::vector<node_id> order(static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i) order[static_cast<std::size_t>(i)] = i;
  std::shuffle(order.begin(), order.end(), engine);
  std::vector<arc> arcs;
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (engine() % 100 < percent) arcs.push_back({order[k], order[i]});
    }
  }
  return dag(n, arcs);
}

}  // namespace

TEST_CASE("compare: arcs, skeletons and classes told apart", "[graph][compare]") {
  const dag truth("a->b->c; b->d; e");
  const graph_comparison same = compare(truth, truth);
  CHECK(same.shd == 0);
  CHECK(same.equivalent);
  const graph_comparison turned = compare(truth, dag("b->a; b->c; b->d; e"));
  CHECK(turned.reversed == std::vector<arc>{{0, 1}});
  CHECK(turned.arc_shd == 1);
  CHECK(turned.shd == 0);  // the same class
  CHECK(turned.equivalent);
  CHECK(turned.hamming == 0);
  const graph_comparison other = compare(truth, dag("e->a->b; c->b; d"));
  CHECK(other.extra == std::vector<arc>{{4, 0}});
  CHECK(other.missing == std::vector<arc>{{1, 3}});
  CHECK(other.reversed == std::vector<arc>{{1, 2}});
  CHECK(other.hamming == 2);
  CHECK(other.arc_shd == 3);
  // classes: a - b - c, b - d against e - a -> b <- c: two edges differ in direction, one is missing, one extra
  CHECK(other.shd == 4);
  CHECK_FALSE(other.equivalent);
  CHECK_THROWS_AS(compare(truth, dag("a->b")), shape_error);
  CHECK_THROWS_WITH(compare(dag("a->b"), dag("a->x")), Contains("'x'"));
}

TEST_CASE("compare: is symmetric, and zero exactly for equivalent graphs", "[graph][compare]") {
  std::mt19937_64 engine(3);
  for (int repeat = 0; repeat < 300; ++repeat) {
    const dag a = random_dag(4, 50, engine), b = random_dag(4, 50, engine);
    const graph_comparison ab = compare(a, b), ba = compare(b, a);
    CHECK(ab.shd == ba.shd);
    CHECK(ab.arc_shd == ba.arc_shd);
    CHECK(ab.equivalent == i_equivalent(a, b));
    CHECK((ab.shd == 0) == i_equivalent(a, b));
  }
}

TEST_CASE("Meek's rules: skeleton and v-structures close to the CPDAG", "[graph][equivalence]") {
  std::mt19937_64 engine(5);
  for (int repeat = 0; repeat < 400; ++repeat) {
    const dag g = random_dag(3 + static_cast<int>(engine() % 6), 45, engine);
    pdag start{g.size(), {}, {}};
    std::vector<arc> colliding;
    for (const v_structure& v : v_structures(g)) {
      colliding.push_back({v.a, v.collider});
      colliding.push_back({v.b, v.collider});
    }
    std::sort(colliding.begin(), colliding.end());
    colliding.erase(std::unique(colliding.begin(), colliding.end()), colliding.end());
    start.directed = colliding;
    for (const arc& a : g.arcs()) {
      if (!std::binary_search(colliding.begin(), colliding.end(), a))
        start.undirected.push_back({std::min(a.from, a.to), std::max(a.from, a.to)});
    }
    CHECK(close_orientations(start) == cpdag(g));
  }
}

TEST_CASE("Meek's rules: with background knowledge, every member agrees", "[graph][equivalence]") {
  // For each CPDAG and each undirected edge directed by knowledge, the closure directs an edge exactly when all DAGs of
  // the class that obey the knowledge do. Classes by enumeration.
  std::mt19937_64 engine(7);
  for (int repeat = 0; repeat < 60; ++repeat) {
    const dag g = random_dag(5, 60, engine);
    pdag known = cpdag(g);
    if (known.undirected.empty()) continue;
    const edge chosen = known.undirected[engine() % known.undirected.size()];
    std::erase(known.undirected, chosen);
    const arc fixed = g.has_arc(chosen.a, chosen.b) ? arc{chosen.a, chosen.b} : arc{chosen.b, chosen.a};
    known.directed.push_back(fixed);
    const auto open = known.undirected;
    std::vector<int> forward(open.size(), 0);
    int members = 0;
    for (std::uint32_t choice = 0; choice < (1U << open.size()); ++choice) {
      std::vector<arc> arcs = known.directed;
      for (std::size_t i = 0; i < open.size(); ++i)
        arcs.push_back((choice >> i & 1U) != 0 ? arc{open[i].a, open[i].b} : arc{open[i].b, open[i].a});
      try {
        if (!i_equivalent(dag(g.size(), arcs), g)) continue;
      } catch (const cycle_error&) {
        continue;
      }
      ++members;
      for (std::size_t i = 0; i < open.size(); ++i) forward[i] += static_cast<int>(choice >> i & 1U);
    }
    REQUIRE(members > 0);
    pdag expected{g.size(), known.directed, {}};
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (forward[i] == members)
        expected.directed.push_back({open[i].a, open[i].b});
      else if (forward[i] == 0)
        expected.directed.push_back({open[i].b, open[i].a});
      else
        expected.undirected.push_back(open[i]);
    }
    std::sort(expected.directed.begin(), expected.directed.end());
    CHECK(close_orientations(known) == expected);
  }
}
