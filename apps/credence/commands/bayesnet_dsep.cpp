// SPDX-License-Identifier: BSD-3-Clause
// credence bayesnet dsep: d-separation with its certificate, verified before it is shown.
#include "credence/bayesnet_common.hpp"

#include "credence/graph/d_separation.hpp"
#include "credence/graph/separators.hpp"

namespace credence::app {

namespace {

struct options {
  std::string network;
  std::string x, y, given;
};

/// "a -> b <- c"
std::string trail_text(const dag& graph, const std::vector<node_id>& trail) {
  std::string text;
  for (std::size_t i = 0; i < trail.size(); ++i) {
    if (i > 0) text += graph.has_arc(trail[i - 1], trail[i]) ? " -> " : " <- ";
    text += graph.name(trail[i]);
  }
  return text;
}

document run(const options& given, session&) {
  const dag graph = read_graph(given.network);
  const node_selection x = split_names(given.x, "--x"), y = split_names(given.y, "--y");
  const node_selection z = given.given.empty() ? node_selection() : node_selection(split_names(given.given, "--given"));
  const separation answer = d_separated(graph, x, y, z);
  const certificate_check verdict = check_certificate(graph, x, y, z, answer);
  if (!verdict.valid) throw std::logic_error("the certificate of d-separation is refused: " + verdict.reason);
  const auto separator = minimal_separator(graph, x, y);

  document result;
  result.data["separated"] = answer.separated;
  result.data["active_trail"] = answer.separated ? json() : names_of(graph, answer.active_trail);
  json rules = json::array(), opened = json::object();
  for (std::size_t i = 0; i < answer.rules.size(); ++i) {
    rules.push_back(to_string(answer.rules[i]));
    if (!answer.opened_by[i].empty()) {
      opened[graph.name(answer.active_trail[i + 1])] = names_of(graph, answer.opened_by[i]);
    }
  }
  result.data["rules"] = std::move(rules);
  result.data["opened_by"] = std::move(opened);
  result.data["reached"] = answer.separated ? names_of(graph, answer.reached()) : json::array();
  if (answer.separated) result.data["reached_from"] = answer.starts_at_y ? "y" : "x";
  result.data["minimal_separator"] = separator ? names_of(graph, *separator) : json();
  result.data["certificate_verified"] = true;

  table_text shown{"", {"", ""}, {}};
  shown.rows.push_back({std::string("separated"), std::string(answer.separated ? "yes" : "no")});
  if (answer.separated) {
    shown.rows.push_back({std::string("active trails reach only"), join_names(graph, answer.reached())});
  } else {
    shown.rows.push_back({std::string("active trail"), trail_text(graph, answer.active_trail)});
    for (std::size_t i = 0; i < answer.rules.size(); ++i) {
      std::string why = to_string(answer.rules[i]);
      if (!answer.opened_by[i].empty()) why += " opened by " + graph.name(answer.opened_by[i].back());
      shown.rows.push_back({"at " + graph.name(answer.active_trail[i + 1]), why});
    }
  }
  shown.rows.push_back(
      {std::string("a minimal separator"),
       separator ? (separator->empty() ? "(the empty set)" : join_names(graph, *separator)) : "(none)"});
  result.tables.push_back(std::move(shown));
  return result;
}

}  // namespace

void add_bayesnet_dsep(program& all) {
  all.add(
      {.name = "bayesnet dsep",
       .summary = "are two sets of nodes d-separated, and why",
       .example = "credence bayesnet dsep models/networks/asia.bif --x asia --y smoke --given dysp"},
      +[](CLI::App& app, options& given) {
        app.add_option("network", given.network, "a network file or an arrow string \"a->b<-c\"")->required();
        app.add_option("--x", given.x, "names joined by commas")->required();
        app.add_option("--y", given.y, "names joined by commas")->required();
        app.add_option("--given", given.given, "observed nodes, joined by commas");
      },
      run);
}

}  // namespace credence::app
