// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/graph/undirected.hpp"

namespace credence {

/// The graph with the edges that elimination in `order` adds: chordal, and `order` is a perfect elimination of it.
undirected_graph chordal_completion(const undirected_graph& graph, std::span<const node_id> order);

/// Whether every cycle of four or more nodes has a chord. @complexity O(nodes + edges) up to a logarithm
bool is_chordal(const undirected_graph& graph);

/// The maximal cliques of the chordal completion of `graph` along `order`, each ascending.
std::vector<std::vector<node_id>> elimination_cliques(const undirected_graph& graph, std::span<const node_id> order);

/// Cliques joined in a tree (a forest has one root for each component): any node's cliques are connected in it.
struct junction_tree {
  static constexpr std::int32_t no_parent = -1;
  std::vector<std::vector<node_id>> cliques;     ///< each ascending
  std::vector<std::int32_t> parent;              ///< of each clique, always an earlier one; no_parent at roots
  std::vector<std::vector<node_id>> separators;  ///< with the parent; empty at roots
  std::vector<std::int32_t> home;                ///< of each node: the clique it was eliminated from
};

/// The junction tree that elimination in `order` makes: non-maximal cliques are merged into their neighbours.
junction_tree make_junction_tree(const undirected_graph& graph, std::span<const node_id> order);

}  // namespace credence
