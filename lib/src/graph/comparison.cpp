// SPDX-License-Identifier: BSD-3-Clause
#include "credence/graph/comparison.hpp"

#include "credence/base/check.hpp"

#include <algorithm>
#include <map>

namespace credence {

namespace {

/// `other` with the node numbers of `reference`.
std::vector<arc> renumbered(const dag& reference, const dag& other) {
  check::same_size("compare", "nodes", other.size(), "nodes of the reference", reference.size());
  std::vector<node_id> number;
  for (node_id v = 0; v < other.size(); ++v) number.push_back(reference.index_of(other.name(v), "compare"));
  std::vector<arc> arcs;
  for (const arc& a : other.arcs()) {
    arcs.push_back({number[static_cast<std::size_t>(a.from)], number[static_cast<std::size_t>(a.to)]});
  }
  return arcs;
}

using pair_states = std::map<edge, int>;  // 1: first to second, 2: second to first, 3: undirected

edge pair_of(node_id a, node_id b) { return a < b ? edge{a, b} : edge{b, a}; }

pair_states states_of(const pdag& g) {
  pair_states all;
  for (const arc& a : g.directed) all[pair_of(a.from, a.to)] = a.from < a.to ? 1 : 2;
  for (const edge& e : g.undirected) all[pair_of(e.a, e.b)] = 3;
  return all;
}

}  // namespace

std::int64_t structural_hamming_distance(const pdag& a, const pdag& b) {
  check::same_size("structural_hamming_distance", "nodes of a", a.nodes, "nodes of b", b.nodes);
  const pair_states first = states_of(a), second = states_of(b);
  std::int64_t differ = 0;
  for (const auto& [pair, state] : first) {
    const auto found = second.find(pair);
    differ += found == second.end() || found->second != state ? 1 : 0;
  }
  for (const auto& [pair, state] : second) differ += first.count(pair) == 0 ? 1 : 0;
  return differ;
}

graph_comparison compare(const dag& reference, const dag& other) {
  std::vector<std::string> names;
  for (node_id v = 0; v < reference.size(); ++v) names.push_back(reference.name(v));
  const dag same(std::move(names), renumbered(reference, other));
  graph_comparison result;
  for (const arc& a : same.arcs()) {
    if (reference.has_arc(a.to, a.from))
      result.reversed.push_back({a.to, a.from});
    else if (!reference.has_arc(a.from, a.to))
      result.extra.push_back(a);
  }
  for (const arc& a : reference.arcs()) {
    if (!same.adjacent(a.from, a.to)) result.missing.push_back(a);
  }
  for (auto* list : {&result.extra, &result.missing, &result.reversed}) std::sort(list->begin(), list->end());
  result.hamming = static_cast<std::int64_t>(result.extra.size() + result.missing.size());
  result.arc_shd = result.hamming + static_cast<std::int64_t>(result.reversed.size());
  result.shd = structural_hamming_distance(cpdag(reference), cpdag(same));
  result.equivalent = result.shd == 0;
  return result;
}

}  // namespace credence
