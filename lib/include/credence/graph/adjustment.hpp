// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/graph/dag.hpp"

namespace credence {

/// The graph after setting `nodes` from outside: without the arcs into them.
dag intervened(const dag& graph, const node_selection& nodes);

/// Pearl's back-door criterion for the effect of x on y: no node of `z` is a descendant of x, and z blocks every path
/// from x to y that begins with an arc into x. Then P(y | do(x)) = sum_z P(y | x, z) P(z).
/// @throws domain_error  when x = y or z holds one of them
/// @source Pearl, Causality (2009), definition 3.3.1
bool satisfies_back_door(const dag& graph, node_id x, node_id y, const node_selection& z);

/// Pearl's front-door criterion: z intercepts all directed paths from x to y, no back-door path from x to z is open,
/// and all back-door paths from z to y are blocked by x. @source the same, definition 3.3.3
bool satisfies_front_door(const dag& graph, node_id x, node_id y, const node_selection& z);

/// Sets of nodes, each ascending, ordered by size and then by numbers.
struct adjustment_sets {
  std::vector<std::vector<node_id>> sets;
  bool all = true;  ///< false when a limit ended the search
};

struct adjustment_options {
  node_selection latent{};           ///< nodes that cannot be observed: in no set
  std::size_t most_sets = 1000;      ///< back-door sets listed at most
  std::size_t most_candidates = 20;  ///< front-door sets are sought among all subsets of so many nodes
};

/// All back-door sets of which no proper subset is one. They are the minimal separators of x and y in the moral graph
/// of their ancestors without the arcs out of x, among the nodes that may be used; each costs O(nodes^3) to find.
/// @source van der Zander, Liskiewicz, Textor, Artificial Intelligence 270 (2019); Berry, Bordat, Cogis, WG 1999
adjustment_sets minimal_back_door_sets(const dag& graph, node_id x, node_id y, const adjustment_options& options = {});

/// All front-door sets of which no proper subset is one; the empty set where x has no directed path to y.
/// @complexity  2^candidates. `all` is false, and only small sets are tried, when there are more than most_candidates
adjustment_sets minimal_front_door_sets(const dag& graph, node_id x, node_id y, const adjustment_options& options = {});

}  // namespace credence
