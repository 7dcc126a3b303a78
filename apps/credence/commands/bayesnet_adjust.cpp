// SPDX-License-Identifier: BSD-3-Clause
// credence bayesnet adjust: what to adjust for to learn an effect from observations.
#include "credence/bayesnet_common.hpp"

#include "credence/bayesnet/causal.hpp"
#include "credence/graph/adjustment.hpp"

namespace credence::app {

namespace {

struct options {
  std::string network;
  std::string treatment;
  std::string outcome;
  std::string latent;
};

std::string set_text(const dag& graph, const std::vector<node_id>& set) {
  return set.empty() ? "(nothing)" : join_names(graph, set);
}

json effects_of(const bayesnet::treatment_effect& effect) {
  json all = json::object();
  for (const std::string& x : effect.treatment_states) {
    for (const std::string& y : effect.outcome_states) all[x][y] = effect.at(x, y);
  }
  return all;
}

document run(const options& given, session& now) {
  const bool arrows = is_arrow_text(given.network);
  const bayesnet::network net = arrows ? bayesnet::network() : read_network(given.network);
  const dag graph = arrows ? read_graph(given.network) : net.graph();
  const node_id x = graph.index_of(given.treatment, "--treatment"), y = graph.index_of(given.outcome, "--outcome");
  adjustment_options how;
  if (!given.latent.empty()) how.latent = split_names(given.latent, "--latent");
  document result;
  table_text table{"", {"criterion", "set"}, {}};
  const auto list = [&](const char* name, const adjustment_sets& found) {
    json sets = json::array();
    for (const auto& set : found.sets) {
      sets.push_back(names_of(graph, set));
      table.rows.push_back({std::string(name), set_text(graph, set)});
    }
    result.data[name] = std::move(sets);
    if (!found.all) now.warn(std::string("there may be more ") + name + " sets: the search met its limit");
  };
  const adjustment_sets back = minimal_back_door_sets(graph, x, y, how);
  list("backdoor", back);
  list("frontdoor", minimal_front_door_sets(graph, x, y, how));
  result.data["minimal"] = back.sets.empty() ? json(nullptr) : names_of(graph, back.sets.front());
  result.tables.push_back(std::move(table));
  if (!arrows) result.data["effects"] = effects_of(bayesnet::effect_of(net, given.treatment, given.outcome));
  if (back.sets.empty()) result.notes.push_back("no back-door set");
  return result;
}

}  // namespace

void add_bayesnet_adjust(program& all) {
  all.add(
      {.name = "bayesnet adjust",
       .summary = "all minimal back-door and front-door sets for the effect of one variable on another",
       .example = "credence bayesnet adjust \"U->X->Z->Y<-U\" --treatment X --outcome Y --latent U",
       .csv = true},
      +[](CLI::App& app, options& given) {
        app.add_option("network", given.network, "a network file or an arrow string \"a->b<-c\"")->required();
        app.add_option("--treatment", given.treatment, "what is set")->required();
        app.add_option("--outcome", given.outcome, "what is looked at")->required();
        app.add_option("--latent", given.latent, "variables that cannot be observed, joined by commas");
      },
      run);
}

}  // namespace credence::app
