// SPDX-License-Identifier: BSD-3-Clause
// credence bayesnet independencies: what the graph says is independent of what.
#include "credence/bayesnet_common.hpp"

#include "credence/graph/independencies.hpp"

namespace credence::app {

namespace {

struct options {
  std::string network;
  std::string node;
  std::string kind = "local";
  std::int64_t max_given = 2;
};

bool about(const independence& statement, const std::vector<node_id>& nodes) {
  for (const auto* side : {&statement.x, &statement.y}) {
    for (const node_id v : *side) {
      if (std::binary_search(nodes.begin(), nodes.end(), v)) return true;
    }
  }
  return false;
}

document run(const options& given, session&) {
  const dag graph = read_graph(given.network);
  std::vector<node_id> nodes;
  if (!given.node.empty()) nodes = node_selection(split_names(given.node, "--node")).resolve(graph, "--node");
  std::vector<independence> statements;
  if (given.kind == "local") {
    statements = nodes.empty() ? local_independencies(graph) : local_independencies(graph, nodes);
  } else {
    statements = given.kind == "pairwise" ? pairwise_independencies(graph) : all_independencies(graph, given.max_given);
    if (!nodes.empty()) std::erase_if(statements, [&](const independence& s) { return !about(s, nodes); });
  }
  document result;
  json list = json::array();
  table_text table{"", {"statement"}, {}};
  for (const independence& s : statements) {
    list.push_back(to_text(graph, s));
    table.rows.push_back({to_text(graph, s)});
  }
  result.data["statements"] = std::move(list);
  result.tables.push_back(std::move(table));
  return result;
}

}  // namespace

void add_bayesnet_independencies(program& all) {
  all.add(
      {.name = "bayesnet independencies",
       .summary = "independence statements of the graph: x _|_ y | given",
       .example = "credence bayesnet independencies models/networks/student.bif --node S",
       .csv = true},
      +[](CLI::App& app, options& given) {
        app.add_option("network", given.network, "a network file or an arrow string \"a->b<-c\"")->required();
        app.add_option("--node", given.node, "only statements about these nodes");
        app.add_option("--kind", given.kind, "local, pairwise, or all separations of two nodes")
            ->check(CLI::IsMember({"local", "pairwise", "all"}));
        app.add_option("--max-given", given.max_given, "with --kind all: the most observed nodes")->check(at_least(0));
      },
      run);
}

}  // namespace credence::app
