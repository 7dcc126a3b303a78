// SPDX-License-Identifier: BSD-3-Clause
// credence bayesnet ancestors: all nodes with a directed path to a node.
#include "credence/bayesnet_common.hpp"

#include "credence/graph/ancestry.hpp"

namespace credence::app {

namespace {

document run(const node_set_options& given, session&) {
  return answer_node_set(
      given, +[](const dag& graph, const std::vector<std::string>& nodes) { return ancestors(graph, nodes); });
}

}  // namespace

void add_bayesnet_ancestors(program& all) {
  all.add({.name = "bayesnet ancestors",
           .summary = "all nodes with a directed path to a node",
           .example = "credence bayesnet ancestors models/networks/asia.bif --node either",
           .csv = true},
          declare_node_set, run);
}

}  // namespace credence::app
