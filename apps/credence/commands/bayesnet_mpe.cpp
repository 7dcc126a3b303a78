// SPDX-License-Identifier: BSD-3-Clause
// credence bayesnet mpe: the most probable states of all variables, or of some after summing out the rest.
#include "credence/bayesnet_common.hpp"

#include "credence/bayesnet/inference.hpp"

#include <fmt/format.h>

namespace credence::app {

namespace {

struct options {
  std::string network;
  std::string evidence;
  std::string variables;
};

document run(const options& given, session& now) {
  const bayesnet::evidence seen = read_evidence(given.evidence);
  const bayesnet::markov_as_bayesian model = read_any_network(given.network);
  const bayesnet::network& net = model.net;
  const bayesnet::evidence evidence = join_evidence(model.given, seen);
  const bayesnet::elimination_query how{.context = now.context};
  const bayesnet::explanation best =
      given.variables.empty()
          ? bayesnet::most_probable_explanation(net, evidence, how)
          : bayesnet::most_probable_assignment(net, split_names(given.variables, "--variables"), evidence, how);
  document result;
  json assignment = json::object();
  table_text table{"", {"node", "state"}, {}};
  for (std::size_t i = 0; i < best.nodes.size(); ++i) {
    if (best.nodes[i] >= model.variables) continue;  // an observed child that stands for a factor
    const bayesnet::variable& v = net.at(best.nodes[i]);
    const std::string& state = v.states[static_cast<std::size_t>(best.states[i])];
    assignment[v.name] = state;
    table.rows.push_back({v.name, state});
  }
  result.data["assignment"] = std::move(assignment);
  const double log_probability = best.log_probability + model.log_constant;
  result.data["log_probability"] = log_probability;
  result.data["predicted_bytes"] = best.predicted.bytes;
  result.tables.push_back(std::move(table));
  result.notes.push_back(fmt::format("ln P(assignment, evidence) = {:.6g}", log_probability));
  return result;
}

}  // namespace

void add_bayesnet_mpe(program& all) {
  all.add(
      {.name = "bayesnet mpe",
       .summary = "the most probable explanation of evidence, or the best states of some variables",
       .example = "credence bayesnet mpe models/networks/asia.bif --evidence dysp=yes",
       .csv = true},
      +[](CLI::App& app, options& given) {
        app.add_option("network", given.network, "a network file (.bif, .xml, .net, .uai, .json)")->required();
        app.add_option("--evidence", given.evidence, "name=state, name!=state or name=0.2:0.8, joined by commas");
        app.add_option("--variables", given.variables, "only these; all others are summed out");
      },
      run);
}

}  // namespace credence::app
