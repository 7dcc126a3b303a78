// SPDX-License-Identifier: BSD-3-Clause
#include "credence/graph/elimination.hpp"
#include "credence/graph/equivalence.hpp"
#include "credence/graph/junction_tree.hpp"
#include "graph/support.hpp"
#include "support/catch.hpp"

#include <map>
#include <numeric>

using namespace credence;

namespace {

undirected_graph random_graph(int n, double density, std::mt19937_64& engine) {
  std::bernoulli_distribution coin(density);
  std::vector<edge> edges;
  for (node_id a = 0; a < n; ++a) {
    for (node_id b = a + 1; b < n; ++b) {
      if (coin(engine)) edges.push_back({b, a});
    }
  }
  return {n, edges};
}

undirected_graph grid(int side) {
  std::vector<edge> edges;
  for (int r = 0; r < side; ++r) {
    for (int c = 0; c < side; ++c) {
      if (c + 1 < side) edges.push_back({r * side + c, r * side + c + 1});
      if (r + 1 < side) edges.push_back({r * side + c, (r + 1) * side + c});
    }
  }
  return {side * side, edges};
}

/// Elimination with an adjacency matrix: the slow, obvious twin.
struct plain_elimination {
  double total = 0.0, largest = 0.0;
  std::int64_t width = 0, fill = 0;
  std::vector<edge> edges;
  plain_elimination(const undirected_graph& g, const std::vector<double>& w, const std::vector<node_id>& order) {
    const auto n = static_cast<std::size_t>(g.size());
    std::vector<std::vector<bool>> m(n, std::vector<bool>(n, false));
    for (const edge& e : g.edges()) {
      m[static_cast<std::size_t>(e.a)][static_cast<std::size_t>(e.b)] = true;
      m[static_cast<std::size_t>(e.b)][static_cast<std::size_t>(e.a)] = true;
    }
    std::vector<bool> gone(n, false);
    for (const node_id node : order) {
      const auto v = static_cast<std::size_t>(node);
      std::vector<std::size_t> around;
      double size = w[v];
      for (std::size_t u = 0; u < n; ++u) {
        if (!gone[u] && m[v][u]) {
          around.push_back(u);
          size *= w[u];
        }
      }
      total += size;
      largest = std::max(largest, size);
      width = std::max(width, static_cast<std::int64_t>(around.size()));
      for (const std::size_t a : around) {
        edges.push_back({node, static_cast<node_id>(a)});
        for (const std::size_t b : around) {
          if (a < b && !m[a][b]) {
            m[a][b] = m[b][a] = true;
            ++fill;
          }
        }
      }
      gone[v] = true;
    }
  }
};

constexpr elimination_heuristic heuristics[] = {
    elimination_heuristic::min_degree,  elimination_heuristic::min_fill,
    elimination_heuristic::min_weight,  elimination_heuristic::weighted_min_fill,
    elimination_heuristic::fill_weight, elimination_heuristic::max_cardinality};

}  // namespace

TEST_CASE("moral graph: parents are joined", "[graph][undirected]") {
  const dag g("a->c<-b; c->d");
  CHECK(moral_graph(g).edges() == std::vector<edge>{{0, 1}, {0, 2}, {1, 2}, {1, 3}});
  CHECK(skeleton(g).edge_count() == 3);
  CHECK(connected_components(skeleton(dag("a->b; c; d<-e"))) == std::vector<std::int32_t>{0, 0, 1, 2, 2});
}

TEST_CASE("undirected graph: refuses loops and strangers", "[graph][undirected]") {
  const std::vector<edge> loop{{1, 1}}, far{{0, 3}};
  CHECK_THROWS_AS(undirected_graph(3, loop), domain_error);
  CHECK_THROWS_AS(undirected_graph(3, far), domain_error);
}

TEST_CASE("elimination: costs equal a plain matrix elimination for every heuristic", "[graph][elimination]") {
  std::mt19937_64 engine(21);
  for (int trial = 0; trial < 60; ++trial) {
    const int n = 1 + static_cast<int>(engine() % 25);
    const undirected_graph g = random_graph(n, 0.2, engine);
    std::vector<double> weights(static_cast<std::size_t>(n));
    for (double& w : weights) w = static_cast<double>(1 + engine() % 5);
    for (const auto heuristic : heuristics) {
      const rng_key key{7, static_cast<std::uint64_t>(trial)};
      const elimination_result run = greedy_elimination(g, weights, heuristic, trial % 2 == 0 ? nullptr : &key);
      const plain_elimination plain(g, weights, run.order);
      CHECK(run.cost.total_table_size == plain.total);  // sums of small integers: exact
      CHECK(run.cost.largest_table_size == plain.largest);
      CHECK(run.cost.width == plain.width);
      CHECK(run.cost.fill_edges == plain.fill);
      const elimination_cost again = cost_of_elimination(g, weights, run.order);
      CHECK(again.total_table_size == plain.total);
      CHECK(again.fill_edges == plain.fill);
      CHECK(chordal_completion(g, run.order) == undirected_graph(n, plain.edges));
    }
  }
}

TEST_CASE("greedy elimination: takes a node of least score at each step", "[graph][elimination]") {
  std::mt19937_64 engine(4);
  for (int trial = 0; trial < 40; ++trial) {
    const undirected_graph g = random_graph(14, 0.25, engine);
    std::vector<double> weights(14);
    for (double& w : weights) w = static_cast<double>(2 + engine() % 4);
    for (const auto heuristic : heuristics) {
      if (heuristic == elimination_heuristic::max_cardinality) continue;
      const std::vector<node_id> order = greedy_elimination(g, weights, heuristic).order;
      std::vector<node_id> done;
      for (std::size_t step = 0; step < order.size(); ++step) {
        // The score of each node left: what one more plain elimination would cost.
        double chosen = 0.0, least = 1e300;
        node_id first = -1;
        for (node_id v = 0; v < 14; ++v) {
          if (std::find(done.begin(), done.end(), v) != done.end()) continue;
          std::vector<node_id> next = done;
          next.push_back(v);
          const plain_elimination before(g, weights, done), after(g, weights, next);
          const double size = after.total - before.total, fill = static_cast<double>(after.fill - before.fill);
          double degree = 0, weighted = 0;
          std::vector<node_id> around;
          for (const edge& e : after.edges) {
            if (e.a == v) around.push_back(e.b);
          }
          degree = static_cast<double>(around.size());
          const auto joined = [&](node_id a, node_id b) {
            return g.has_edge(a, b) || std::any_of(done.begin(), done.end(), [&](node_id d) {
                     int ends = 0;
                     for (const edge& e : before.edges) ends += e.a == d && (e.b == a || e.b == b) ? 1 : 0;
                     return ends == 2;
                   });
          };
          for (std::size_t i = 0; i < around.size(); ++i) {
            for (std::size_t k = 0; k < i; ++k) {
              if (!joined(around[i], around[k])) {
                weighted += weights[static_cast<std::size_t>(around[i])] * weights[static_cast<std::size_t>(around[k])];
              }
            }
          }
          const double score = heuristic == elimination_heuristic::min_degree    ? degree
                               : heuristic == elimination_heuristic::min_fill    ? fill
                               : heuristic == elimination_heuristic::min_weight  ? size
                               : heuristic == elimination_heuristic::fill_weight ? fill * size
                                                                                 : weighted;
          if (score < least) {
            least = score;
            first = v;
          }
          if (v == order[step]) chosen = score;
        }
        if (chosen != least || order[step] != first)
          FAIL(to_string(heuristic) << " took another node at step " << step);
        done.push_back(order[step]);
      }
    }
  }
}

TEST_CASE("best elimination: never worse than one greedy run, equal for equal keys", "[graph][elimination]") {
  std::mt19937_64 engine(9);
  const undirected_graph g = random_graph(40, 0.12, engine);
  const elimination_result best = best_elimination(g, {}, {.restarts = 5});
  for (const auto heuristic : heuristics) {
    CHECK(best.cost.total_table_size <= greedy_elimination(g, {}, heuristic).cost.total_table_size);
  }
  CHECK(best_elimination(g, {}, {.restarts = 5}).order == best.order);
  CHECK_THROWS_AS(best_elimination(g, {}, {.restarts = -1}), domain_error);
  const std::vector<double> bad{0.5};
  CHECK_THROWS_AS(best_elimination(g, bad), shape_error);
  CHECK_THROWS_AS(best_elimination(undirected_graph(1, {}), bad), domain_error);
  const std::vector<node_id> twice{0, 0};
  CHECK_THROWS_AS(cost_of_elimination(undirected_graph(2, {}), {}, twice), domain_error);
}

TEST_CASE("treewidth: exact on graphs with a known one, and bounds that hold", "[graph][elimination]") {
  std::vector<edge> complete, cycle, petersen;
  for (node_id a = 0; a < 6; ++a) {
    for (node_id b = 0; b < a; ++b) complete.push_back({a, b});
  }
  for (node_id a = 0; a < 9; ++a) cycle.push_back({a, (a + 1) % 9});
  for (node_id a = 0; a < 5; ++a) {
    petersen.push_back({a, (a + 1) % 5});
    petersen.push_back({a, a + 5});
    petersen.push_back({a + 5, (a + 2) % 5 + 5});
  }
  const auto exact = [](const undirected_graph& g) {
    const treewidth_bounds b = treewidth(g, 16);
    CHECK(b.lower == b.upper);
    return b.upper;
  };
  CHECK(exact({6, complete}) == 5);
  CHECK(exact({9, cycle}) == 2);
  CHECK(exact({10, petersen}) == 4);
  CHECK(exact(grid(3)) == 3);
  CHECK(exact(grid(4)) == 4);
  CHECK(exact(undirected_graph(4, {})) == 0);
  CHECK(treewidth(undirected_graph()).upper == 0);
  const treewidth_bounds wide = treewidth(grid(12));
  CHECK(wide.lower <= 12);
  CHECK(wide.upper >= 12);
  CHECK(wide.lower >= 3);
  std::mt19937_64 engine(2);
  for (int trial = 0; trial < 30; ++trial) {
    const undirected_graph g = random_graph(13, 0.3, engine);
    const std::int64_t width = treewidth(g, 13).upper;
    const treewidth_bounds b = treewidth(g, 0);
    CHECK(b.lower <= width);
    CHECK(width <= b.upper);
  }
}

TEST_CASE("chordal graphs: completions are chordal, long cycles are not", "[graph][chordal]") {
  CHECK(is_chordal(undirected_graph()));
  const std::vector<edge> square{{0, 1}, {1, 2}, {2, 3}, {3, 0}}, house{{0, 1}, {1, 2}, {2, 3}, {3, 0}, {1, 3}};
  CHECK_FALSE(is_chordal({4, square}));
  CHECK(is_chordal({4, house}));
  CHECK_FALSE(is_chordal(grid(4)));
  std::mt19937_64 engine(31);
  for (int trial = 0; trial < 100; ++trial) {
    const undirected_graph g = random_graph(15, 0.2, engine);
    const auto run = greedy_elimination(g, {}, heuristics[trial % 6]);
    const undirected_graph full = chordal_completion(g, run.order);
    CHECK(is_chordal(full));
    CHECK(full.edge_count() == g.edge_count() + run.cost.fill_edges);
    // A perfect order exists, and maximum cardinality search finds one.
    CHECK(greedy_elimination(full, {}, elimination_heuristic::max_cardinality).cost.fill_edges == 0);
  }
}

TEST_CASE("junction tree: maximal cliques with the running intersection property", "[graph][junction_tree]") {
  std::mt19937_64 engine(17);
  for (int trial = 0; trial < 200; ++trial) {
    const int n = 1 + static_cast<int>(engine() % 18);
    const undirected_graph g = random_graph(n, 0.25, engine);
    const auto order = greedy_elimination(g, {}, heuristics[trial % 6]).order;
    const junction_tree tree = make_junction_tree(g, order);
    const undirected_graph full = chordal_completion(g, order);
    const auto& cliques = tree.cliques;
    for (std::size_t i = 0; i < cliques.size(); ++i) {
      for (const node_id a : cliques[i]) {
        for (const node_id b : cliques[i]) {
          if (a < b && !full.has_edge(a, b)) FAIL("not a clique");
        }
      }
      for (std::size_t k = 0; k < cliques.size(); ++k) {
        if (i != k && std::includes(cliques[k].begin(), cliques[k].end(), cliques[i].begin(), cliques[i].end())) {
          FAIL("not maximal");
        }
      }
      std::vector<node_id> common;
      if (tree.parent[i] >= 0) {
        REQUIRE(tree.parent[i] < static_cast<std::int32_t>(i));
        const auto& up = cliques[static_cast<std::size_t>(tree.parent[i])];
        std::set_intersection(cliques[i].begin(), cliques[i].end(), up.begin(), up.end(), std::back_inserter(common));
        CHECK_FALSE(common.empty());
      }
      CHECK(tree.separators[i] == common);
    }
    for (const edge& e : full.edges()) {
      CHECK(std::any_of(cliques.begin(), cliques.end(), [&](const auto& c) {
        return std::binary_search(c.begin(), c.end(), e.a) && std::binary_search(c.begin(), c.end(), e.b);
      }));
    }
    // A node's cliques are connected exactly when one of them has no parent that holds it.
    for (node_id v = 0; v < n; ++v) {
      int tops = 0;
      for (std::size_t i = 0; i < cliques.size(); ++i) {
        if (!std::binary_search(cliques[i].begin(), cliques[i].end(), v)) continue;
        tops += tree.parent[i] < 0 || !std::binary_search(tree.separators[i].begin(), tree.separators[i].end(), v);
      }
      CHECK(tops == 1);
      const auto& home = cliques[static_cast<std::size_t>(tree.home[static_cast<std::size_t>(v)])];
      CHECK(std::binary_search(home.begin(), home.end(), v));
    }
    CHECK(elimination_cliques(g, order) == cliques);
  }
}

TEST_CASE("CPDAG: directs exactly what every member of the class agrees on, for every DAG of up to five nodes",
          "[graph][equivalence]") {
  for (int n = 1; n <= 5; ++n) {
    using signature = std::pair<std::vector<edge>, std::vector<v_structure>>;
    std::map<signature, std::vector<dag>> classes;
    test::for_each_dag(n, [&](const dag& g) { classes[{skeleton(g).edges(), v_structures(g)}].push_back(g); });
    if (n == 4) CHECK(classes.size() == 185);  // Gillispie and Perlman (2002): 1, 2, 11, 185, 8782
    if (n == 5) CHECK(classes.size() == 8782);
    for (const auto& [key, members] : classes) {
      pdag expected;
      expected.nodes = n;
      for (const edge& e : key.first) {
        std::size_t forward = 0;
        for (const dag& m : members) forward += m.has_arc(e.a, e.b) ? 1 : 0;
        if (forward == members.size())
          expected.directed.push_back({e.a, e.b});
        else if (forward == 0)
          expected.directed.push_back({e.b, e.a});
        else
          expected.undirected.push_back(e);
      }
      std::sort(expected.directed.begin(), expected.directed.end());
      for (const dag& m : members) {
        if (cpdag(m) != expected) FAIL("wrong CPDAG of " << to_arrows(m));
      }
      const dag back = to_dag(expected);
      if (!i_equivalent(back, members.front())) FAIL("to_dag left the class of " << to_arrows(members.front()));
    }
  }
}

TEST_CASE("CPDAG and back: stays in the class on random larger DAGs", "[graph][equivalence]") {
  std::mt19937_64 engine(6);
  for (int trial = 0; trial < 100; ++trial) {
    const dag g = test::random_dag(25, 0.15, engine);
    const pdag c = cpdag(g);
    const dag back = to_dag(c);
    CHECK(i_equivalent(g, back));
    CHECK(cpdag(back) == c);
  }
}

TEST_CASE("equivalence: names are matched, impossible graphs are refused", "[graph][equivalence]") {
  CHECK(i_equivalent(dag("a->b->c"), dag("c->b->a")));
  CHECK_FALSE(i_equivalent(dag("a->b->c"), dag("a->b<-c")));
  CHECK_THROWS_AS(i_equivalent(dag("a->b"), dag("a->c")), domain_error);
  CHECK_THROWS_AS(i_equivalent(dag("a->b"), dag("a->b; c")), domain_error);
  pdag square;
  square.nodes = 4;
  square.undirected = {{0, 1}, {1, 2}, {2, 3}, {0, 3}};
  CHECK_THROWS_WITH(to_dag(square), Contains("v-structures"));
  pdag loop;
  loop.nodes = 3;
  loop.directed = {{0, 1}, {1, 2}, {2, 0}};
  CHECK_THROWS_AS(to_dag(loop), domain_error);
  const dag named = to_dag(cpdag(dag("a->b->c")), {"a", "b", "c"});
  CHECK(named.name(2) == "c");
  CHECK(to_dot(cpdag(dag("a->c<-b; c->d")), dag("a->c<-b; c->d").names(std::vector<node_id>{0, 1, 2, 3}))
            .find("\"a\" -> \"c\"") != std::string::npos);
}
