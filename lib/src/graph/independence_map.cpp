// SPDX-License-Identifier: BSD-3-Clause
#include "credence/graph/independence_map.hpp"

#include "credence/graph/d_separation.hpp"

#include "credence/base/check.hpp"

#include <algorithm>

namespace credence {

namespace {

std::size_t at(node_id v) { return static_cast<std::size_t>(v); }

std::vector<std::string> all_names(const dag& graph) {
  std::vector<std::string> names;
  for (node_id v = 0; v < graph.size(); ++v) names.push_back(graph.name(v));
  return names;
}

}  // namespace

dag minimal_i_map(std::vector<std::string> names, std::span<const node_id> order, const independence_oracle& oracle) {
  check::same_size("minimal_i_map", "order", static_cast<std::int64_t>(order.size()), "nodes",
                   static_cast<std::int64_t>(names.size()));
  std::vector<char> seen(names.size(), 0);
  for (const node_id v : order) {
    check::at_least("minimal_i_map", "a node of the order", v, 0);
    check::less_than("minimal_i_map", "a node of the order", v, static_cast<std::int64_t>(names.size()));
    if (seen[at(v)] != 0)
      check::fail_domain("minimal_i_map", "order", "with '" + names[at(v)] + "' twice", "without repeats");
    seen[at(v)] = 1;
  }
  std::vector<arc> arcs;
  std::vector<node_id> parents, rest;
  for (std::size_t i = 0; i < order.size(); ++i) {
    parents.assign(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(i));
    std::sort(parents.begin(), parents.end());
    for (std::size_t k = i; k-- > 0;) {
      rest = parents;
      std::erase(rest, order[k]);
      if (oracle(order[i], order[k], rest)) parents = rest;
    }
    for (const node_id p : parents) arcs.push_back({p, order[i]});
  }
  return dag(std::move(names), arcs);
}

dag minimal_i_map(const dag& graph, std::span<const node_id> order) {
  d_separator separator(graph);
  return minimal_i_map(all_names(graph), order, [&](node_id x, node_id y, std::span<const node_id> given) {
    return separator.separated({&x, 1}, {&y, 1}, given);
  });
}

bool is_i_map(const dag& map, const dag& graph) {
  check::same_size("is_i_map", "nodes of the map", map.size(), "nodes of the graph", graph.size());
  // The independencies of each node from the earlier ones given its parents imply all others.
  d_separator separator(graph);
  std::vector<node_id> earlier;
  for (const node_id v : map.topological_order()) {
    std::vector<node_id> parents(map.parents(v).begin(), map.parents(v).end()), others;
    std::sort(parents.begin(), parents.end());
    for (const node_id u : earlier) {
      if (!std::binary_search(parents.begin(), parents.end(), u)) others.push_back(u);
    }
    if (!others.empty() && !separator.separated({&v, 1}, others, parents)) return false;
    earlier.push_back(v);
  }
  return true;
}

requisite_nodes requisite(const dag& graph, const node_selection& x, const node_selection& given) {
  const std::vector<node_id> asked = x.resolve(graph, "requisite"), observed = given.resolve(graph, "requisite");
  for (const node_id v : asked) {
    if (std::binary_search(observed.begin(), observed.end(), v))
      check::fail_domain("requisite", "node", "'" + graph.name(v) + "', asked for and observed", "one of both");
  }
  // A table matters when a new parent of its node would be connected to x.
  const auto n = static_cast<node_id>(graph.size());
  std::vector<arc> arcs = graph.arcs();
  for (node_id v = 0; v < n; ++v) arcs.push_back({n + v, v});
  requisite_nodes found;
  if (asked.empty()) return found;
  const dag extended(2 * static_cast<std::int64_t>(n), arcs);
  std::vector<node_id> reached, blockers;
  d_separator(extended).reach(asked, observed, reached, &blockers);
  for (const node_id v : reached) {
    if (v >= n) found.tables.push_back(v - n);
  }
  found.observations = blockers;
  std::sort(found.tables.begin(), found.tables.end());
  std::sort(found.observations.begin(), found.observations.end());
  found.observations.erase(std::unique(found.observations.begin(), found.observations.end()), found.observations.end());
  return found;
}

}  // namespace credence
