// SPDX-License-Identifier: BSD-3-Clause
#include "credence/graph/ancestry.hpp"

#include <algorithm>

namespace credence {

namespace {

/// Nodes at the far end of a path of at least one step from `start`; with_start adds `start` itself.
template <class Next>
std::vector<node_id> closure(const dag& graph, const std::vector<node_id>& start, bool with_start, const Next& next) {
  std::vector<bool> seen(static_cast<std::size_t>(graph.size()), false);
  std::vector<bool> expanded(static_cast<std::size_t>(graph.size()), false);
  std::vector<node_id> stack = start;
  if (with_start) {
    for (const node_id v : start) seen[static_cast<std::size_t>(v)] = true;
  }
  while (!stack.empty()) {
    const node_id v = stack.back();
    stack.pop_back();
    if (expanded[static_cast<std::size_t>(v)]) continue;
    expanded[static_cast<std::size_t>(v)] = true;
    for (const node_id w : next(v)) {
      if (seen[static_cast<std::size_t>(w)]) continue;
      seen[static_cast<std::size_t>(w)] = true;
      if (!expanded[static_cast<std::size_t>(w)]) stack.push_back(w);
    }
  }
  std::vector<node_id> nodes;
  for (node_id v = 0; v < graph.size(); ++v) {
    if (seen[static_cast<std::size_t>(v)]) nodes.push_back(v);
  }
  return nodes;
}

}  // namespace

std::vector<node_id> ancestors(const dag& graph, const node_selection& nodes) {
  return closure(graph, nodes.resolve(graph, "ancestors"), false, [&](node_id v) { return graph.parents(v); });
}

std::vector<node_id> descendants(const dag& graph, const node_selection& nodes) {
  return closure(graph, nodes.resolve(graph, "descendants"), false, [&](node_id v) { return graph.children(v); });
}

std::vector<node_id> ancestral_set(const dag& graph, const node_selection& nodes) {
  return closure(graph, nodes.resolve(graph, "ancestral_set"), true, [&](node_id v) { return graph.parents(v); });
}

std::vector<node_id> markov_blanket(const dag& graph, const node_selection& selection) {
  const std::vector<node_id> nodes = selection.resolve(graph, "markov_blanket");
  std::vector<node_id> blanket;
  for (const node_id v : nodes) {
    blanket.insert(blanket.end(), graph.parents(v).begin(), graph.parents(v).end());
    for (const node_id c : graph.children(v)) {
      blanket.push_back(c);
      blanket.insert(blanket.end(), graph.parents(c).begin(), graph.parents(c).end());
    }
  }
  std::sort(blanket.begin(), blanket.end());
  blanket.erase(std::unique(blanket.begin(), blanket.end()), blanket.end());
  std::erase_if(blanket, [&](node_id v) { return std::binary_search(nodes.begin(), nodes.end(), v); });
  return blanket;
}

}  // namespace credence
