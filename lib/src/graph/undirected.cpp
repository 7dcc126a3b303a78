// SPDX-License-Identifier: BSD-3-Clause
#include "credence/graph/undirected.hpp"

#include "credence/base/check.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

namespace credence {

undirected_graph::undirected_graph(std::int64_t nodes, std::span<const edge> edges) {
  if (nodes < 0 || nodes > std::numeric_limits<node_id>::max()) {
    check::fail_domain("undirected_graph", "nodes", nodes, "from 0 to 2147483647");
  }
  std::vector<edge> both;
  both.reserve(2 * edges.size());
  for (const edge& e : edges) {
    check::less_than("undirected_graph", "node", e.a, nodes);
    check::less_than("undirected_graph", "node", e.b, nodes);
    if (e.a == e.b) check::fail_domain("undirected_graph", "edge", std::int64_t{e.a}, "between two different nodes");
    both.push_back(e);
    both.push_back({e.b, e.a});
  }
  std::sort(both.begin(), both.end());
  both.erase(std::unique(both.begin(), both.end()), both.end());
  start_.assign(static_cast<std::size_t>(nodes) + 1, 0);
  items_.reserve(both.size());
  for (const edge& e : both) {
    ++start_[static_cast<std::size_t>(e.a) + 1];
    items_.push_back(e.b);
  }
  std::partial_sum(start_.begin(), start_.end(), start_.begin());
}

bool undirected_graph::has_edge(node_id a, node_id b) const {
  const auto list = neighbors(a);
  return std::binary_search(list.begin(), list.end(), b);
}

std::vector<edge> undirected_graph::edges() const {
  std::vector<edge> all;
  all.reserve(items_.size() / 2);
  for (node_id v = 0; v < size(); ++v) {
    for (const node_id w : neighbors(v)) {
      if (v < w) all.push_back({v, w});
    }
  }
  return all;
}

undirected_graph moral_graph(const dag& graph) {
  std::vector<edge> edges;
  for (node_id v = 0; v < graph.size(); ++v) {
    const auto parents = graph.parents(v);
    for (std::size_t i = 0; i < parents.size(); ++i) {
      edges.push_back({parents[i], v});
      for (std::size_t k = 0; k < i; ++k) edges.push_back({parents[k], parents[i]});
    }
  }
  return {graph.size(), edges};
}

undirected_graph skeleton(const dag& graph) {
  std::vector<edge> edges;
  for (const arc& a : graph.arcs()) edges.push_back({a.from, a.to});
  return {graph.size(), edges};
}

std::vector<std::int32_t> connected_components(const undirected_graph& graph) {
  std::vector<std::int32_t> component(static_cast<std::size_t>(graph.size()), -1);
  std::vector<node_id> stack;
  std::int32_t count = 0;
  for (node_id root = 0; root < graph.size(); ++root) {
    if (component[static_cast<std::size_t>(root)] >= 0) continue;
    component[static_cast<std::size_t>(root)] = count;
    stack.push_back(root);
    while (!stack.empty()) {
      const node_id v = stack.back();
      stack.pop_back();
      for (const node_id w : graph.neighbors(v)) {
        if (component[static_cast<std::size_t>(w)] >= 0) continue;
        component[static_cast<std::size_t>(w)] = count;
        stack.push_back(w);
      }
    }
    ++count;
  }
  return component;
}

}  // namespace credence
