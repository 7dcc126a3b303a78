// SPDX-License-Identifier: BSD-3-Clause
// credence bayesnet descendants: all nodes that a directed path reaches from a node.
#include "credence/bayesnet_common.hpp"

#include "credence/graph/ancestry.hpp"

namespace credence::app {

namespace {

document run(const node_set_options& given, session&) {
  return answer_node_set(
      given, +[](const dag& graph, const std::vector<std::string>& nodes) { return descendants(graph, nodes); });
}

}  // namespace

void add_bayesnet_descendants(program& all) {
  all.add({.name = "bayesnet descendants",
           .summary = "all nodes that a directed path reaches from a node",
           .example = "credence bayesnet descendants models/networks/asia.bif --node either",
           .csv = true},
          declare_node_set, run);
}

}  // namespace credence::app
