// SPDX-License-Identifier: BSD-3-Clause
// credence bayesnet cpdag: what all I-equivalent graphs have in common.
#include "credence/bayesnet_common.hpp"

#include "credence/graph/equivalence.hpp"

namespace credence::app {

namespace {

struct options {
  std::string network;
};

document run(const options& given, session&) {
  const dag graph = read_graph(given.network);
  const pdag shared = cpdag(graph);
  document result;
  json edges = json::array();
  table_text table{"", {"from", "to", "directed"}, {}};
  const auto add = [&](node_id from, node_id to, bool directed) {
    edges.push_back({{"from", graph.name(from)}, {"to", graph.name(to)}, {"directed", directed}});
    table.rows.push_back({graph.name(from), graph.name(to), std::string(directed ? "yes" : "no")});
  };
  for (const arc& a : shared.directed) add(a.from, a.to, true);
  for (const edge& e : shared.undirected) add(e.a, e.b, false);
  result.data["edges"] = std::move(edges);
  result.tables.push_back(std::move(table));
  return result;
}

}  // namespace

void add_bayesnet_cpdag(program& all) {
  all.add(
      {.name = "bayesnet cpdag",
       .summary = "the graph of the I-equivalence class: arcs are directed where all members agree",
       .example = "credence bayesnet cpdag \"a->c<-b; c->d\"",
       .csv = true},
      +[](CLI::App& app, options& given) {
        app.add_option("network", given.network, "a network file or an arrow string \"a->b<-c\"")->required();
      },
      run);
}

}  // namespace credence::app
