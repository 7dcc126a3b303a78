// SPDX-License-Identifier: BSD-3-Clause
#include "credence/graph/equivalence.hpp"

#include "credence/base/check.hpp"

#include <algorithm>
#include <set>

namespace credence {

namespace {

std::size_t at(node_id v) { return static_cast<std::size_t>(v); }

enum class label : std::uint8_t { unknown, compelled, reversible };

/// Labels of the arcs into each node, in the order of its parents with the latest in topological order first.
struct labelled_arcs {
  std::vector<std::vector<node_id>> parents;
  std::vector<std::vector<label>> labels;

  [[nodiscard]] label* find(node_id from, node_id to) {
    for (std::size_t i = 0; i < parents[at(to)].size(); ++i) {
      if (parents[at(to)][i] == from) return &labels[at(to)][i];
    }
    return nullptr;
  }
  void label_unknown(node_id to, label value) {
    for (label& l : labels[at(to)]) {
      if (l == label::unknown) l = value;
    }
  }
};

/// Labels the arc x -> y, perhaps with others into y; everything into earlier nodes is labelled already.
void label_arc(const dag& graph, labelled_arcs& arcs, node_id x, node_id y) {
  for (std::size_t i = 0; i < arcs.parents[at(x)].size(); ++i) {
    if (arcs.labels[at(x)][i] != label::compelled) continue;
    label* w_to_y = arcs.find(arcs.parents[at(x)][i], y);
    if (w_to_y == nullptr) {  // w -> x -> y with w, y apart: turning x -> y would make a new v-structure
      for (label& l : arcs.labels[at(y)]) l = label::compelled;
      return;
    }
    *w_to_y = label::compelled;
  }
  const bool in_v_structure = std::any_of(arcs.parents[at(y)].begin(), arcs.parents[at(y)].end(),
                                          [&](node_id z) { return z != x && !graph.has_arc(z, x); });
  arcs.label_unknown(y, in_v_structure ? label::compelled : label::reversible);
}

}  // namespace

pdag cpdag(const dag& graph) {
  std::vector<std::int64_t> rank(static_cast<std::size_t>(graph.size()));
  for (std::size_t i = 0; i < rank.size(); ++i) rank[at(graph.topological_order()[i])] = static_cast<std::int64_t>(i);
  labelled_arcs arcs;
  arcs.parents.resize(rank.size());
  arcs.labels.resize(rank.size());
  for (const node_id y : graph.topological_order()) {
    auto& parents = arcs.parents[at(y)];
    parents.assign(graph.parents(y).begin(), graph.parents(y).end());
    std::sort(parents.begin(), parents.end(), [&](node_id a, node_id b) { return rank[at(a)] > rank[at(b)]; });
    arcs.labels[at(y)].assign(parents.size(), label::unknown);
    for (std::size_t i = 0; i < parents.size(); ++i) {
      if (arcs.labels[at(y)][i] == label::unknown) label_arc(graph, arcs, parents[i], y);
    }
  }
  pdag result;
  result.nodes = graph.size();
  for (node_id y = 0; y < graph.size(); ++y) {
    for (std::size_t i = 0; i < arcs.parents[at(y)].size(); ++i) {
      const node_id x = arcs.parents[at(y)][i];
      if (arcs.labels[at(y)][i] == label::compelled)
        result.directed.push_back({x, y});
      else
        result.undirected.push_back({std::min(x, y), std::max(x, y)});
    }
  }
  std::sort(result.directed.begin(), result.directed.end());
  std::sort(result.undirected.begin(), result.undirected.end());
  return result;
}

dag to_dag(const pdag& graph, std::vector<std::string> names) {
  const auto n = static_cast<std::size_t>(graph.nodes);
  std::vector<std::set<node_id>> around(n), plain(n);  // all neighbours left, and those by undirected edges
  std::vector<std::set<node_id>> out(n);               // children by directed arcs left
  const auto check_node = [&](node_id v) { check::less_than("to_dag", "node", v, graph.nodes); };
  for (const arc& a : graph.directed) {
    check_node(a.from);
    check_node(a.to);
    out[at(a.from)].insert(a.to);
    around[at(a.from)].insert(a.to);
    around[at(a.to)].insert(a.from);
  }
  for (const edge& e : graph.undirected) {
    check_node(e.a);
    check_node(e.b);
    for (const auto& [from, to] : {std::pair{e.a, e.b}, std::pair{e.b, e.a}}) {
      plain[at(from)].insert(to);
      around[at(from)].insert(to);
    }
  }
  // A node that can be last: nothing leaves it, and whoever it shares an undirected edge with sees all its neighbours.
  const auto can_be_last = [&](node_id v) {
    if (!out[at(v)].empty()) return false;
    return std::all_of(plain[at(v)].begin(), plain[at(v)].end(), [&](node_id y) {
      return std::all_of(around[at(v)].begin(), around[at(v)].end(),
                         [&](node_id w) { return w == y || around[at(y)].count(w) > 0; });
    });
  };
  std::vector<arc> arcs = graph.directed;
  std::vector<bool> gone(n, false);
  std::set<node_id> waiting;
  for (node_id v = 0; v < graph.nodes; ++v) waiting.insert(v);
  std::int64_t left = graph.nodes;
  while (!waiting.empty()) {
    const node_id v = *waiting.begin();
    waiting.erase(waiting.begin());
    if (gone[at(v)] || !can_be_last(v)) continue;
    gone[at(v)] = true;
    --left;
    for (const node_id y : plain[at(v)]) arcs.push_back({y, v});
    for (const node_id w : around[at(v)]) {
      around[at(w)].erase(v);
      plain[at(w)].erase(v);
      out[at(w)].erase(v);
      waiting.insert(w);
    }
  }
  if (left > 0) {
    const auto stuck = std::find(gone.begin(), gone.end(), false) - gone.begin();
    throw domain_error(
        "to_dag: the graph has no DAG with its skeleton and v-structures: no node can be last around node " +
        (names.empty() ? std::to_string(stuck) : names[static_cast<std::size_t>(stuck)]));
  }
  std::sort(arcs.begin(), arcs.end());
  return names.empty() ? dag(graph.nodes, arcs) : dag(std::move(names), arcs);
}

std::vector<v_structure> v_structures(const dag& graph) {
  std::vector<v_structure> found;
  for (node_id c = 0; c < graph.size(); ++c) {
    const auto parents = graph.parents(c);
    for (std::size_t i = 0; i < parents.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        if (graph.adjacent(parents[i], parents[k])) continue;
        found.push_back({std::min(parents[i], parents[k]), c, std::max(parents[i], parents[k])});
      }
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

bool i_equivalent(const dag& a, const dag& b) {
  if (a.size() != b.size()) throw domain_error("i_equivalent: the graphs have different nodes");
  std::vector<arc> renamed;
  std::vector<node_id> as_in_a(static_cast<std::size_t>(b.size()));
  for (node_id v = 0; v < b.size(); ++v) as_in_a[at(v)] = a.index_of(b.name(v), "i_equivalent");
  for (const arc& x : b.arcs()) renamed.push_back({as_in_a[at(x.from)], as_in_a[at(x.to)]});
  const dag same_numbers(b.size(), renamed);
  return skeleton(a) == skeleton(same_numbers) && v_structures(a) == v_structures(same_numbers);
}

}  // namespace credence
