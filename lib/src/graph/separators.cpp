// SPDX-License-Identifier: BSD-3-Clause
#include "credence/graph/separators.hpp"

#include "credence/graph/ancestry.hpp"
#include "credence/graph/d_separation.hpp"

#include <algorithm>
#include <numeric>

namespace credence {

namespace {

/// From an ancestral candidate set, keep what trails from x run into, then of these what trails from y run into.
std::optional<std::vector<node_id>> shrink(const dag& graph, const std::vector<node_id>& x,
                                           const std::vector<node_id>& y, const std::vector<node_id>& including,
                                           const std::vector<node_id>& within, std::string_view where) {
  const auto in = [](const std::vector<node_id>& set, node_id v) {
    return std::binary_search(set.begin(), set.end(), v);
  };
  for (const node_id v : x) {
    if (in(y, v)) throw domain_error(std::string(where) + ": x and y share a node, but must be disjoint");
  }
  if (x.empty() || y.empty()) throw domain_error(std::string(where) + ": x or y is empty, but must hold a node");
  for (const node_id v : including) {
    if (in(x, v) || in(y, v)) throw domain_error(std::string(where) + ": including shares a node with x or y");
    if (!in(within, v)) throw domain_error(std::string(where) + ": including holds a node that within lacks");
  }
  std::vector<node_id> roots = x;
  roots.insert(roots.end(), y.begin(), y.end());
  roots.insert(roots.end(), including.begin(), including.end());
  std::vector<node_id> given;
  for (const node_id v : ancestral_set(graph, roots)) {
    if (in(within, v) && !in(x, v) && !in(y, v)) given.push_back(v);
  }
  d_separator engine(graph);
  if (!engine.separated(x, y, given)) return std::nullopt;
  std::vector<node_id> reached, blockers;
  for (const std::vector<node_id>* side : {&x, &y}) {
    engine.reach(*side, given, reached, &blockers);
    blockers.insert(blockers.end(), including.begin(), including.end());
    std::sort(blockers.begin(), blockers.end());
    blockers.erase(std::unique(blockers.begin(), blockers.end()), blockers.end());
    given = blockers;
  }
  return given;
}

}  // namespace

std::optional<std::vector<node_id>> minimal_separator(const dag& graph, const node_selection& x,
                                                      const node_selection& y) {
  std::vector<node_id> all(static_cast<std::size_t>(graph.size()));
  std::iota(all.begin(), all.end(), 0);
  constexpr std::string_view where = "minimal_separator";
  return shrink(graph, x.resolve(graph, where), y.resolve(graph, where), {}, all, where);
}

std::optional<std::vector<node_id>> minimal_separator(const dag& graph, const node_selection& x,
                                                      const node_selection& y, const node_selection& including,
                                                      const node_selection& within) {
  constexpr std::string_view where = "minimal_separator";
  return shrink(graph, x.resolve(graph, where), y.resolve(graph, where), including.resolve(graph, where),
                within.resolve(graph, where), where);
}

}  // namespace credence
