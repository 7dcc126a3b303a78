// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/graph/undirected.hpp"

namespace credence {

/// A partially directed graph: what a set of DAGs has in common.
struct pdag {
  std::int64_t nodes = 0;
  std::vector<arc> directed;     ///< ascending
  std::vector<edge> undirected;  ///< ascending
  friend bool operator==(const pdag&, const pdag&) = default;
};

/// The completed PDAG of a DAG's I-equivalence class: an arc is directed exactly when all members agree on it.
/// @complexity O(arcs * largest in-degree)
/// @source Chickering, "A transformational characterization of equivalent Bayesian network structures", UAI 1995
pdag cpdag(const dag& graph);

/// A DAG whose skeleton and v-structures are those of `graph`; its member, when `graph` is a CPDAG. Directed arcs stay.
/// @param names  of the nodes, or empty for numbered ones
/// @throws domain_error  when the graph has no such consistent extension
/// @source Dor and Tarsi, "A simple algorithm to construct a consistent extension of a partially oriented graph", 1992
dag to_dag(const pdag& graph, std::vector<std::string> names = {});

/// The graph with every edge directed that all its consistent extensions direct alike: Meek's four rules until none
/// applies. What is directed stays.
/// @complexity O(edges * largest degree squared) a pass
/// @source Meek, "Causal inference and causal explanation with background knowledge", UAI 1995
pdag close_orientations(const pdag& graph);

/// a -> c <- b with a and b not adjacent, a < b; ascending.
struct v_structure {
  node_id a = 0;
  node_id collider = 0;
  node_id b = 0;
  friend constexpr bool operator==(const v_structure&, const v_structure&) = default;
  friend constexpr auto operator<=>(const v_structure&, const v_structure&) = default;
};
std::vector<v_structure> v_structures(const dag& graph);

/// Whether two DAGs over the same nodes imply the same independencies (same skeleton, same v-structures). Nodes are
/// matched by name.
/// @throws domain_error  when the names differ
/// @source Verma and Pearl, "Equivalence and synthesis of causal models", UAI 1990
bool i_equivalent(const dag& a, const dag& b);

/// In the DOT language; `names` is empty (numbers) or one for each node.
std::string to_dot(const pdag& graph, std::span<const std::string> names = {});

}  // namespace credence
