// SPDX-License-Identifier: BSD-3-Clause
// credence bayesnet blanket: the Markov blanket of a node.
#include "credence/bayesnet_common.hpp"

#include "credence/graph/ancestry.hpp"

namespace credence::app {

namespace {

document run(const node_set_options& given, session&) {
  return answer_node_set(
      given, +[](const dag& graph, const std::vector<std::string>& nodes) { return markov_blanket(graph, nodes); });
}

}  // namespace

void add_bayesnet_blanket(program& all) {
  all.add({.name = "bayesnet blanket",
           .summary = "the Markov blanket of a node",
           .example = "credence bayesnet blanket models/networks/asia.bif --node either",
           .csv = true},
          declare_node_set, run);
}

}  // namespace credence::app
