// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/graph/dag.hpp"

namespace credence {

/// x and y are independent given `given`; each set ascending.
struct independence {
  std::vector<node_id> x, y, given;
  friend bool operator==(const independence&, const independence&) = default;
};

/// For each node (or each of `nodes`): independent of its non-descendants given its parents. Nodes whose parents are
/// all their non-descendants have no statement.
std::vector<independence> local_independencies(const dag& graph);
std::vector<independence> local_independencies(const dag& graph, const node_selection& nodes);

/// For each pair that is not adjacent, with a before b in topological order: b and a independent given the other
/// non-descendants of b (the directed pairwise Markov property).
std::vector<independence> pairwise_independencies(const dag& graph);

/// Every d-separation of two single nodes given at most `max_given` others. Grows as nodes^(2 + max_given).
std::vector<independence> all_independencies(const dag& graph, std::int64_t max_given);

/// "a _|_ b, c | d, e".
std::string to_text(const dag& graph, const independence& statement);

}  // namespace credence
