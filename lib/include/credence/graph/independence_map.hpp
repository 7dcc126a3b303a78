// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/graph/dag.hpp"

#include <functional>

namespace credence {

/// Answers whether x and y are independent given a set (ascending): a graph, a distribution, or data.
using independence_oracle = std::function<bool(node_id x, node_id y, std::span<const node_id> given)>;

/// A minimal I-map: each node, in this order, gets a smallest-by-inclusion set of earlier nodes that makes it
/// independent of the other earlier ones, found by leaving out one at a time, the latest first. Correct where the
/// oracle's independencies come from a positive distribution or a graph (the intersection property).
/// @param order  every node once
/// @throws domain_error, shape_error  when the order is no permutation of the names
/// @complexity nodes^2 questions
/// @source Koller and Friedman (2009), algorithm 3.2
dag minimal_i_map(std::vector<std::string> names, std::span<const node_id> order, const independence_oracle& oracle);

/// The minimal I-map of a graph's own independencies for another order of its nodes.
dag minimal_i_map(const dag& graph, std::span<const node_id> order);

/// Whether every independence that `map` states holds in `graph`. Nodes are matched by number.
/// @throws shape_error  when the numbers of nodes differ
bool is_i_map(const dag& map, const dag& graph);

/// What a query P(x | given) needs.
struct requisite_nodes {
  std::vector<node_id> tables;        ///< nodes whose tables can matter, ascending
  std::vector<node_id> observations;  ///< members of `given` whose values can matter, ascending
};

/// Barren nodes, and those cut off by what is observed, are left out.
/// @throws domain_error  when the sets overlap or a node is unknown
/// @complexity O(nodes + arcs)
/// @source Shachter, "Bayes-ball: the rational pastime", UAI 1998
requisite_nodes requisite(const dag& graph, const node_selection& x, const node_selection& given = {});

}  // namespace credence
