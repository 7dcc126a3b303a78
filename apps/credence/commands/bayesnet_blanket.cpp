// SPDX-License-Identifier: BSD-3-Clause
// credence bayesnet blanket: the Markov blanket of a node.
#include "credence/bayesnet_common.hpp"

#include "credence/graph/ancestry.hpp"

namespace credence::app {

namespace {

struct options {
  std::string network;
  std::string node;
};

document run(const options& given, session&) {
  const dag graph = read_graph(given.network);
  document result;
  table_text table{"", {"node"}, {}};
  const std::vector<node_id> nodes = markov_blanket(graph, split_names(given.node, "--node"));
  result.data["nodes"] = names_of(graph, nodes);
  for (const node_id v : nodes) table.rows.push_back({graph.name(v)});
  result.tables.push_back(std::move(table));
  return result;
}

}  // namespace

void add_bayesnet_blanket(program& all) {
  all.add(
      {.name = "bayesnet blanket",
       .summary = "the Markov blanket of a node",
       .example = "credence bayesnet blanket models/networks/asia.bif --node either",
       .csv = true},
      +[](CLI::App& app, options& given) {
        app.add_option("network", given.network, "a network file or an arrow string \"a->b<-c\"")->required();
        app.add_option("--node", given.node, "a node, or several joined by commas")->required();
      },
      run);
}

}  // namespace credence::app
