// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/graph/dag.hpp"

#include <optional>

namespace credence {

/// A minimal set of nodes outside `x` and `y` that d-separates them: no proper subset of it does. Empty optional when
/// no set separates them (a node of x is adjacent to a node of y, or only x and y themselves could block).
/// @complexity O(nodes + arcs)
/// @source van der Zander and Liskiewicz, "Finding minimal d-separators in linear time and applications", UAI 2019
std::optional<std::vector<node_id>> minimal_separator(const dag& graph, const node_selection& x,
                                                      const node_selection& y);

/// The same with what the set must hold and what it may hold: `including` is in every answer and minimality is meant
/// among the sets that hold it; nodes outside `within` are never used.
std::optional<std::vector<node_id>> minimal_separator(const dag& graph, const node_selection& x,
                                                      const node_selection& y, const node_selection& including,
                                                      const node_selection& within);

}  // namespace credence
