// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/graph/dag.hpp"

namespace credence {

/// Nodes with a directed path to one of `nodes`, ascending; `nodes` themselves are left out unless they are ancestors
/// of each other. @complexity O(nodes + arcs) of the part visited, plus O(nodes) for marks
std::vector<node_id> ancestors(const dag& graph, const node_selection& nodes);

/// Nodes reached by a directed path from one of `nodes`, ascending, with the same rule for `nodes` themselves.
std::vector<node_id> descendants(const dag& graph, const node_selection& nodes);

/// `nodes` with all their ancestors: the smallest ancestral set that holds them.
std::vector<node_id> ancestral_set(const dag& graph, const node_selection& nodes);

/// Parents, children and the other parents of the children, outside `nodes`: given these, `nodes` are independent of
/// all others. For a single node no smaller set does this in every distribution the graph stands for, so the blanket is
/// also the Markov boundary.
/// @source Pearl, Probabilistic Reasoning in Intelligent Systems (1988), 3.3
std::vector<node_id> markov_blanket(const dag& graph, const node_selection& nodes);

}  // namespace credence
