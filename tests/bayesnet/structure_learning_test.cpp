// SPDX-License-Identifier: BSD-3-Clause
#include "bayesnet/learning_support.hpp"
#include "bayesnet/support.hpp"
#include "graph/support.hpp"

#include "credence/bayesnet/arc_strength.hpp"
#include "credence/bayesnet/bif.hpp"
#include "credence/bayesnet/pc.hpp"
#include "credence/bayesnet/structure_search.hpp"
#include "credence/bayesnet/tree_learning.hpp"
#include "credence/graph/comparison.hpp"
#include "credence/graph/d_separation.hpp"

#include <limits>
#include <set>

using namespace credence;
using namespace credence::bayesnet;
using namespace credence::test;

namespace {

network own(const std::string& name) { return read_bif(CREDENCE_SOURCE_DIR "/models/networks/" + name + ".bif"); }

/// The best score over every DAG of a few nodes.
double best_of_all(std::int64_t n, const local_score& score, const arc_constraints& known = {}) {
  double best = -std::numeric_limits<double>::infinity();
  std::vector<arc> pairs;
  for (node_id a = 0; a < n; ++a) {
    for (node_id b = a + 1; b < n; ++b) pairs.push_back({a, b});
  }
  std::vector<int> state(pairs.size(), 0);  // none, forward, backward
  while (true) {
    std::vector<arc> arcs;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      if (state[i] == 1) arcs.push_back(pairs[i]);
      if (state[i] == 2) arcs.push_back({pairs[i].to, pairs[i].from});
    }
    bool allowed = true;
    for (const arc& a : known.required) allowed = allowed && std::find(arcs.begin(), arcs.end(), a) != arcs.end();
    for (const arc& a : known.forbidden) allowed = allowed && std::find(arcs.begin(), arcs.end(), a) == arcs.end();
    if (allowed) {
      try {
        const dag g(n, arcs);
        double total = 0.0;
        for (node_id v = 0; v < n; ++v) {
          if (known.max_parents >= 0 && static_cast<std::int64_t>(g.parents(v).size()) > known.max_parents)
            total = -std::numeric_limits<double>::infinity();
          total += score(v, g.parents(v));
        }
        best = std::max(best, total);
      } catch (const cycle_error&) {
      }
    }
    std::size_t i = 0;
    while (i < state.size() && ++state[i] == 3) state[i++] = 0;
    if (i == state.size()) return best;
  }
}

double rescored(const dag& g, const local_score& score) {
  double total = 0.0;
  for (node_id v = 0; v < g.size(); ++v) total += score(v, g.parents(v));
  return total;
}

/// No single arc added, removed or reversed makes the graph better.
void check_local_optimum(const dag& g, const local_score& score) {
  const double now = rescored(g, score);
  for (node_id a = 0; a < g.size(); ++a) {
    for (node_id b = 0; b < g.size(); ++b) {
      if (a == b) continue;
      for (const bool reverse : {false, true}) {
        dag next = g;
        try {
          if (!g.has_arc(a, b) && !reverse)
            next.add_arc(a, b);
          else if (g.has_arc(a, b) && reverse)
            next.reverse_arc(a, b);
          else if (g.has_arc(a, b))
            next.remove_arc(a, b);
        } catch (const cycle_error&) {
          continue;
        } catch (const domain_error&) {
          continue;  // already adjacent the other way
        }
        CHECK(rescored(next, score) <= now + 1e-7);
      }
    }
  }
}

std::vector<std::string> numbered(std::int64_t n) {
  std::vector<std::string> names;
  for (std::int64_t i = 0; i < n; ++i) names.push_back(std::string("n").append(std::to_string(i)));
  return names;
}

}  // namespace

TEST_CASE("exact search: the best of all graphs of four nodes", "[bayesnet][learning]") {
  std::mt19937_64 engine(17);
  for (int repeat = 0; repeat < 6; ++repeat) {
    const discrete_data data = made_up_data(4, 80, 3, engine);
    for (const score_kind kind : {score_kind::bic, score_kind::bdeu, score_kind::k2, score_kind::aic}) {
      const family_scores score(data, kind);
      arc_constraints known;
      if (repeat % 3 == 1) known = {{{2, 0}}, {{0, 1}, {1, 0}}, -1};
      if (repeat % 3 == 2) known = {{}, {{3, 2}}, 1};
      const local_score bound = [&](node_id v, std::span<const node_id> p) { return score.bound(v, p); };
      const search_result found = exact_search(data.names(), score, {.known = known}, bound);
      CHECK_THAT(found.score, WithinRel(best_of_all(4, score, known), 1e-12));
      CHECK_THAT(rescored(found.graph, score), WithinRel(found.score, 1e-12));
      // the bound only saves work
      CHECK(exact_search(data.names(), score, {.known = known}).score == found.score);
      CHECK(found.evaluations <= 4 * 8);
      for (const arc& a : known.required) CHECK(found.graph.has_arc(a.from, a.to));
      for (const arc& a : known.forbidden) CHECK_FALSE(found.graph.has_arc(a.from, a.to));
    }
  }
  CHECK_THROWS_WITH(exact_search(numbered(21), {}), Contains("21") && Contains("at most 20"));
  CHECK_THROWS_AS(exact_search(numbered(20), {}, {.max_bytes = 1e6}), memory_error);
  CHECK(exact_search({}, {}).graph.size() == 0);
}

TEST_CASE("hill climbing and tabu: local optima, never above the optimum, equal for any threads",
          "[bayesnet][learning]") {
  std::mt19937_64 engine(19);
  int optimal = 0;
  for (int repeat = 0; repeat < 8; ++repeat) {
    const network net = random_network(7, 0.35, engine, false, 3);
    const discrete_data data = sampled(net, 400, 100 + static_cast<std::uint64_t>(repeat));
    const family_scores score(data, repeat % 2 == 0 ? score_kind::bic : score_kind::bdeu);
    const double best = exact_search(data.names(), score).score;
    const search_result climbed = hill_climb(data.names(), score);
    check_local_optimum(climbed.graph, score);
    CHECK_THAT(rescored(climbed.graph, score), WithinRel(climbed.score, 1e-12));
    CHECK(climbed.score <= best + 1e-7);
    CHECK(climbed.why == search_stop::no_better_move);
    const search_result again =
        hill_climb(data.names(), score, {.context = exec::cpu(4), .restarts = 3, .key = {5, 0}});
    CHECK(again.score >= climbed.score);
    CHECK(again.graph == hill_climb(data.names(), score, {.restarts = 3, .key = {5, 0}}).graph);
    const search_result further = tabu_search(data.names(), score);
    CHECK(further.score >= climbed.score - 1e-9);
    CHECK_THAT(rescored(further.graph, score), WithinRel(further.score, 1e-12));
    CHECK(further.score <= best + 1e-7);
    optimal += further.score > best - 1e-7 ? 1 : 0;
  }
  CHECK(optimal >= 4);  // a heuristic: 5 of these 8 when it was written
}

TEST_CASE("structure search: constraints are kept or refused", "[bayesnet][learning]") {
  std::mt19937_64 engine(23);
  const discrete_data data = made_up_data(6, 300, 3, engine);
  const family_scores score(data);
  const arc_constraints known{{{5, 0}}, {{0, 1}, {1, 0}}, 1};
  const search_result climbed = hill_climb(data.names(), score, {.known = known});
  const search_result tabu = tabu_search(data.names(), score, {.search = {.known = known}});
  for (const dag* g : {&climbed.graph, &tabu.graph}) {
    CHECK(g->has_arc(5, 0));
    CHECK_FALSE(g->adjacent(0, 1));
    for (node_id v = 0; v < g->size(); ++v) CHECK(g->parents(v).size() <= 1);
  }
  CHECK(hill_climb(data.names(), score, {.max_steps = 1}).why == search_stop::max_steps);
  CHECK(hill_climb(data.names(), score, {.max_steps = 1}).graph.arc_count() == 1);
  CHECK_THROWS_AS(hill_climb(data.names(), score, {.known = {{{0, 1}, {1, 0}}, {}, -1}}), cycle_error);
  CHECK_THROWS_WITH(hill_climb(data.names(), score, {.known = {{{0, 1}}, {{0, 1}}, -1}}),
                    Contains("v0 -> v1") && Contains("both required and forbidden"));
  CHECK_THROWS_WITH(hill_climb(data.names(), score, {.known = {{{0, 2}, {1, 2}}, {}, 1}}), Contains("v2"));
  CHECK_THROWS_AS(hill_climb(data.names(), score, {.known = {{{0, 9}}, {}, -1}}), domain_error);
  CHECK_THROWS_AS(hill_climb(data.names(), score, {.known = {{}, {{9, 0}}, -1}}), domain_error);
}

TEST_CASE("PC-stable: with infinitely many rows it finds the class of every graph", "[bayesnet][learning][pc]") {
  std::mt19937_64 engine(29);
  for (int repeat = 0; repeat < 60; ++repeat) {
    const int n = 3 + static_cast<int>(engine() % 8);
    std::vector<arc> arcs;
    for (node_id b = 0; b < n; ++b) {
      for (node_id a = 0; a < b; ++a) {
        if (engine() % 100 < 30) arcs.push_back({a, b});
      }
    }
    const dag truth(n, arcs);
    for (const separating_set keep : {separating_set::most_independent, separating_set::first_found}) {
      const pc_result found = pc_stable(numbered(n), d_separation_oracle(truth), {.keep = keep});
      CHECK(found.graph == cpdag(truth));
      CHECK(found.contradicted.empty());
      const pc_member member = member_of(found);
      CHECK(member.consistent);
      CHECK(cpdag(member.graph) == cpdag(truth));
      // Each missing edge comes with a set that does separate.
      for (const separated_pair& pair : found.separated)
        CHECK(d_separated(truth, {pair.a}, {pair.b}, node_selection(pair.given)).separated);
    }
  }
}

TEST_CASE("PC-stable: does not depend on the order of columns, nor on threads", "[bayesnet][learning][pc]") {
  const network net = own("asia");
  const discrete_data data = sampled(net, 3000, 41);
  const pc_result first = pc_stable(data.names(), make_independence_test(data));
  CHECK(pc_stable(data.names(), make_independence_test(data), {.context = exec::cpu(3)}).graph == first.graph);
  std::mt19937_64 engine(31);
  for (int repeat = 0; repeat < 10; ++repeat) {
    std::vector<node_id> order(static_cast<std::size_t>(data.size()));
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<node_id>(i);
    std::shuffle(order.begin(), order.end(), engine);
    std::vector<variable> variables;
    std::vector<std::vector<std::int32_t>> codes;
    for (const node_id v : order) {
      variables.push_back(data.variables()[static_cast<std::size_t>(v)]);
      codes.emplace_back(data.codes(v).begin(), data.codes(v).end());
    }
    const discrete_data mixed(variables, codes);
    const pc_result found = pc_stable(mixed.names(), make_independence_test(mixed));
    std::set<std::pair<std::string, std::string>> here, there;
    for (const arc& a : first.graph.directed)
      there.emplace(first.names[static_cast<std::size_t>(a.from)], first.names[static_cast<std::size_t>(a.to)]);
    for (const arc& a : found.graph.directed)
      here.emplace(found.names[static_cast<std::size_t>(a.from)], found.names[static_cast<std::size_t>(a.to)]);
    CHECK(here == there);
    CHECK(found.graph.undirected.size() == first.graph.undirected.size());
    CHECK(found.tests == first.tests);
  }
}

TEST_CASE("PC-stable: what is known is kept", "[bayesnet][learning][pc]") {
  const dag truth("a->b->c->d");
  const auto oracle = d_separation_oracle(truth);
  const pc_result directed = pc_stable({"a", "b", "c", "d"}, oracle, {.known = {{}, {{1, 0}}, -1}});
  CHECK(directed.graph.directed == std::vector<arc>{{0, 1}, {1, 2}, {2, 3}});
  const pc_result extra = pc_stable({"a", "b", "c", "d"}, oracle, {.known = {{{3, 0}}, {{1, 2}, {2, 1}}, -1}});
  CHECK(std::find(extra.graph.directed.begin(), extra.graph.directed.end(), arc{3, 0}) != extra.graph.directed.end());
  for (const arc& a : extra.graph.directed) CHECK_FALSE(((a.from == 1 && a.to == 2) || (a.from == 2 && a.to == 1)));
  CHECK(pc_stable({"a", "b", "c", "d"}, oracle, {.max_given = 0}).graph.undirected.size() == 6);
  CHECK_THROWS_WITH(pc_stable({"a", "b"}, oracle, {.known = {{}, {}, 2}}), Contains("max_parents"));
  CHECK_THROWS_AS(pc_stable({"a", "b"}, oracle, {.alpha = 1.5}), domain_error);
}

TEST_CASE("PC-stable: a contradictory skeleton still gives a graph, and says so", "[bayesnet][learning][pc]") {
  // Four nodes in a ring, opposite ones independent given nothing: every node would be a collider.
  const independence_test ring = [](node_id a, node_id b, std::span<const node_id> given) {
    const bool opposite = (a + 2) % 4 == b && given.empty();
    return independence_answer{0.0, 1.0, opposite ? 1.0 : 0.0};
  };
  const pc_result found = pc_stable({"a", "b", "c", "d"}, ring);
  CHECK_FALSE(found.contradicted.empty());
  const pc_member member = member_of(found);
  CHECK(member.graph.arc_count() == 4);
}

TEST_CASE("PC-stable: Fisher's z finds a Gaussian chain with a collider", "[bayesnet][learning][pc]") {
  std::mt19937_64 engine(37);
  std::normal_distribution<double> normal;
  std::vector<std::vector<double>> x(5);
  for (int row = 0; row < 2000; ++row) {
    const double a = normal(engine), b = normal(engine), c = a - b + 0.5 * normal(engine), d = 0.8 * c + normal(engine),
                 e = 0.7 * d + normal(engine);
    const double all[] = {a, b, c, d, e};
    for (std::size_t i = 0; i < 5; ++i) x[i].push_back(all[i]);
  }
  const gaussian_data data(table({make_column("a", x[0]), make_column("b", x[1]), make_column("c", x[2]),
                                  make_column("d", x[3]), make_column("e", x[4])}));
  const dag truth("a->c<-b; c->d->e");
  const pc_result found = pc_stable(data.names(), fisher_z(data), {.alpha = 0.001});
  CHECK(compare(dag(std::vector<std::string>{"a", "b", "c", "d", "e"}, {{0, 2}, {1, 2}, {2, 3}, {3, 4}}),
                member_of(found).graph)
            .equivalent);
  CHECK(compare(truth, exact_search(data.names(), gaussian_bic(data)).graph).equivalent);
  check_local_optimum(hill_climb(data.names(), gaussian_bic(data)).graph, gaussian_bic(data));
}

TEST_CASE("Chow-Liu: the likeliest of all trees", "[bayesnet][learning][tree]") {
  std::mt19937_64 engine(43);
  for (int repeat = 0; repeat < 5; ++repeat) {
    const discrete_data data = made_up_data(5, 200, 4, engine);
    const family_scores score(data, score_kind::loglik);
    const double best = best_of_all(5, score, {{}, {}, 1});  // forests: a tree is never worse
    for (const node_id root : {0, 3}) {
      const learned_tree tree = chow_liu(exec::cpu(2), data, root);
      CHECK(tree.graph.arc_count() == 4);
      CHECK(tree.graph.parents(root).empty());
      CHECK_THAT(score.of(tree.graph), WithinRel(best, 1e-12));
      // ln likelihood = rows * (information of the tree - entropies)
      const double empty = score.of(dag(data.names()));
      CHECK_THAT(tree.total * 200.0, WithinAbs(best - empty, 1e-9));  // sums of some hundred terms of about 1e3
    }
  }
  CHECK_THROWS_AS(chow_liu(exec::cpu(1), made_up_data(3, 10, 2, engine), 3), domain_error);
}

TEST_CASE("tree-augmented naive Bayes: the likeliest tree given the class", "[bayesnet][learning][tree]") {
  std::mt19937_64 engine(47);
  const discrete_data data = made_up_data(5, 300, 3, engine);
  const learned_tree tan = tree_augmented_naive_bayes(exec::cpu(1), data, 2);
  CHECK(tan.graph.arc_count() == 4 + 3);
  CHECK(tan.graph.parents(2).empty());
  CHECK(tan.graph.children(2).size() == 4);
  const family_scores score(data, score_kind::loglik);
  // Graphs with the class above every feature and at most one feature more.
  const double best = best_of_all(5, score, {{{2, 0}, {2, 1}, {2, 3}, {2, 4}}, {{0, 2}, {1, 2}, {3, 2}, {4, 2}}, 2});
  CHECK_THAT(score.of(tan.graph), WithinRel(best, 1e-12));
}

TEST_CASE("mutual information: a channel by hand", "[bayesnet][learning][tree]") {
  // x fair, y equal to x in 3 of 4: ln 2 - H(1/4)
  const discrete_data data({{"x", {"0", "1"}, {}}, {"y", {"0", "1"}, {}}},
                           {{0, 0, 0, 0, 1, 1, 1, 1}, {0, 0, 0, 1, 1, 1, 1, 0}});
  const double entropy = -0.25 * std::log(0.25) - 0.75 * std::log(0.75);
  CHECK_THAT(mutual_information(data, 0, 1), WithinRel(std::log(2.0) - entropy, 1e-12));
}

TEST_CASE("bootstrap strengths: strong arcs are strong, replicates are addressed", "[bayesnet][learning]") {
  const network net = own("asia");
  const discrete_data data = sampled(net, 1000, 53);
  const structure_learner learner = [](const discrete_data& d) {
    return cpdag(hill_climb(d.names(), family_scores(d)).graph);
  };
  const auto strengths = bootstrap_strengths(exec::cpu(2), data, learner, 20, {9, 0});
  const auto of = [&](const std::string& a, const std::string& b) {
    for (const arc_strength& s : strengths) {
      if (data.names()[static_cast<std::size_t>(s.a)] == a && data.names()[static_cast<std::size_t>(s.b)] == b)
        return s;
    }
    return arc_strength{};
  };
  CHECK(of("smoke", "bronc").strength == 1.0);
  CHECK(of("bronc", "dysp").strength == 1.0);
  for (const arc_strength& s : strengths) {
    CHECK(s.strength > 0.0);
    CHECK(s.strength <= 1.0);
    CHECK(s.direction >= 0.0);
    CHECK(s.direction <= 1.0);
  }
  const double threshold = significant_strength(strengths, data.size());
  CHECK(threshold > 0.0);
  CHECK(threshold <= 1.0);
  const dag average = averaged_graph(data.names(), strengths, threshold);
  CHECK(average.adjacent(average.index_of("bronc"), average.index_of("dysp")));
  const auto again = bootstrap_strengths(exec::cpu(1), data, learner, 20, {9, 0});
  REQUIRE(again.size() == strengths.size());
  for (std::size_t i = 0; i < again.size(); ++i) CHECK(again[i].strength == strengths[i].strength);
  CHECK_THROWS_AS(bootstrap_strengths(exec::cpu(1), data, learner, 0, {}), domain_error);
}

TEST_CASE("significant strength: the gap between noise and signal", "[bayesnet][learning]") {
  // Six pairs: 0, 0, 0.1, 0.15, 0.9, 1. The nearest step distribution has four of six at zero: the threshold is 0.9.
  const std::vector<arc_strength> strengths{{0, 1, 0.1, 1}, {0, 2, 0.9, 1}, {1, 2, 1.0, 1}, {2, 3, 0.15, 0}};
  CHECK(significant_strength(strengths, 4) == 0.9);
  CHECK(averaged_graph({"a", "b", "c", "d"}, strengths, 0.9).arc_count() == 2);
}
