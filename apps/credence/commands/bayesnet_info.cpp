// SPDX-License-Identifier: BSD-3-Clause
// credence bayesnet info: the size of a network, its blankets, and rows that are not exactly one.
#include "credence/bayesnet_common.hpp"

#include "credence/graph/ancestry.hpp"
#include "credence/graph/elimination.hpp"

#include <fmt/format.h>

namespace credence::app {

namespace {

struct options {
  std::string network;
};

document run(const options& given, session& now) {
  const bayesnet::network net = read_network(given.network);
  const dag& graph = net.graph();
  std::int64_t in_degree = 0, states = 0;
  json blankets = json::object();
  table_text nodes{"", {"node", "states", "parents", "Markov blanket"}, {}};
  for (node_id v = 0; v < net.size(); ++v) {
    in_degree = std::max(in_degree, static_cast<std::int64_t>(graph.parents(v).size()));
    states = std::max(states, net.cardinality(v));
    const std::vector<node_id> blanket = markov_blanket(graph, {v});
    blankets[graph.name(v)] = names_of(graph, blanket);
    nodes.rows.push_back({graph.name(v), net.cardinality(v), static_cast<std::int64_t>(graph.parents(v).size()),
                          join_names(graph, blanket)});
  }
  const treewidth_bounds width = treewidth(moral_graph(graph));
  document result;
  result.data["name"] = net.name();
  result.data["nodes"] = net.size();
  result.data["arcs"] = graph.arc_count();
  result.data["parameters"] = net.parameter_count();
  result.data["max_in_degree"] = in_degree;
  result.data["max_states"] = states;
  result.data["treewidth_bound"] = width.upper;
  result.data["treewidth_lower_bound"] = width.lower;
  result.data["markov_blankets"] = std::move(blankets);
  constexpr std::size_t told = 20;  // networks of hundreds of rounded rows exist
  const std::vector<std::string> lines = net.warnings();
  for (std::size_t i = 0; i < std::min(told, lines.size()); ++i) now.warn(lines[i]);
  if (lines.size() > told) {
    now.warn(fmt::format("{} more rows do not sum to one and are divided by their sums", lines.size() - told));
  }
  result.data["normalised_rows"] = lines.size();
  table_text size{"", {"", ""}, {}};
  size.rows = {{std::string("nodes"), net.size()},
               {std::string("arcs"), graph.arc_count()},
               {std::string("free parameters"), net.parameter_count()},
               {std::string("most parents"), in_degree},
               {std::string("most states"), states},
               {std::string("treewidth at most"), width.upper},
               {std::string("treewidth at least"), width.lower},
               {std::string("rows divided by their sum"), static_cast<std::int64_t>(net.row_warnings().size())}};
  result.tables.push_back(std::move(size));
  result.tables.push_back(std::move(nodes));
  return result;
}

}  // namespace

void add_bayesnet_info(program& all) {
  all.add(
      {.name = "bayesnet info",
       .summary = "nodes, arcs, parameters, treewidth, Markov blankets and normalised rows of a network",
       .example = "credence bayesnet info models/networks/asia.bif"},
      +[](CLI::App& app, options& given) {
        app.add_option("network", given.network, "a network file (.bif, .xml, .net, .uai, .json)")->required();
      },
      run);
}

}  // namespace credence::app
