// SPDX-License-Identifier: BSD-3-Clause
#include "credence/graph/junction_tree.hpp"

#include "elimination_graph.hpp"

#include "credence/graph/elimination.hpp"

#include "credence/base/check.hpp"

namespace credence {

namespace {

std::vector<std::int64_t> positions(std::string_view where, const undirected_graph& graph,
                                    std::span<const node_id> order) {
  check::same_size(where, "order", static_cast<std::int64_t>(order.size()), "graph", graph.size());
  std::vector<std::int64_t> place(order.size(), -1);
  for (std::size_t i = 0; i < order.size(); ++i) {
    check::less_than(where, "node", order[i], graph.size());
    if (place[static_cast<std::size_t>(order[i])] >= 0) {
      check::fail_domain(where, "order", std::int64_t{order[i]}, "a node that comes only once");
    }
    place[static_cast<std::size_t>(order[i])] = static_cast<std::int64_t>(i);
  }
  return place;
}

/// For each node its neighbours when it is eliminated.
std::vector<std::vector<node_id>> eliminated_neighbors(const undirected_graph& graph, std::span<const node_id> order) {
  detail::elimination_graph work(graph);
  std::vector<std::vector<node_id>> around(order.size());
  for (const node_id v : order) around[static_cast<std::size_t>(v)] = work.eliminate(v);
  return around;
}

}  // namespace

undirected_graph chordal_completion(const undirected_graph& graph, std::span<const node_id> order) {
  positions("chordal_completion", graph, order);
  const auto around = eliminated_neighbors(graph, order);
  std::vector<edge> edges;
  for (node_id v = 0; v < graph.size(); ++v) {
    for (const node_id w : around[static_cast<std::size_t>(v)]) edges.push_back({v, w});
  }
  return {graph.size(), edges};
}

bool is_chordal(const undirected_graph& graph) {
  // Maximum cardinality search finds a perfect elimination order of every chordal graph; check that it is one.
  const std::vector<node_id> order = greedy_elimination(graph, {}, elimination_heuristic::max_cardinality).order;
  const std::vector<std::int64_t> place = positions("is_chordal", graph, order);
  for (const node_id v : order) {
    const auto later = [&](node_id w) {
      return place[static_cast<std::size_t>(w)] > place[static_cast<std::size_t>(v)];
    };
    node_id next = -1;
    for (const node_id w : graph.neighbors(v)) {
      if (later(w) && (next < 0 || place[static_cast<std::size_t>(w)] < place[static_cast<std::size_t>(next)]))
        next = w;
    }
    for (const node_id w : graph.neighbors(v)) {
      if (later(w) && w != next && !graph.has_edge(next, w)) return false;
    }
  }
  return true;
}

junction_tree make_junction_tree(const undirected_graph& graph, std::span<const node_id> order) {
  const std::vector<std::int64_t> place = positions("make_junction_tree", graph, order);
  const auto around = eliminated_neighbors(graph, order);
  junction_tree tree;
  tree.home.assign(order.size(), -1);
  // Backwards: a node's neighbours at elimination all lie in the clique of the one eliminated next. Where they are that
  // whole clique, the node joins it; otherwise it opens a new clique that hangs on it.
  for (std::size_t i = order.size(); i-- > 0;) {
    const node_id v = order[i];
    const std::vector<node_id>& seen = around[static_cast<std::size_t>(v)];
    std::int32_t parent = junction_tree::no_parent;
    if (!seen.empty()) {
      const node_id next = *std::min_element(seen.begin(), seen.end(), [&](node_id a, node_id b) {
        return place[static_cast<std::size_t>(a)] < place[static_cast<std::size_t>(b)];
      });
      parent = tree.home[static_cast<std::size_t>(next)];
      auto& clique = tree.cliques[static_cast<std::size_t>(parent)];
      if (clique.size() == seen.size()) {
        clique.insert(std::lower_bound(clique.begin(), clique.end(), v), v);
        tree.home[static_cast<std::size_t>(v)] = parent;
        continue;
      }
    }
    std::vector<node_id> clique = seen;
    clique.insert(std::lower_bound(clique.begin(), clique.end(), v), v);
    tree.home[static_cast<std::size_t>(v)] = static_cast<std::int32_t>(tree.cliques.size());
    tree.cliques.push_back(std::move(clique));
    tree.parent.push_back(parent);
    tree.separators.push_back(seen);
  }
  return tree;
}

std::vector<std::vector<node_id>> elimination_cliques(const undirected_graph& graph, std::span<const node_id> order) {
  return make_junction_tree(graph, order).cliques;
}

}  // namespace credence
