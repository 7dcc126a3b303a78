// SPDX-License-Identifier: BSD-3-Clause
// credence bayesnet do: posterior probabilities after setting variables from outside.
#include "credence/bayesnet_common.hpp"

#include "credence/bayesnet/causal.hpp"
#include "credence/bayesnet/plan.hpp"

#include <fmt/format.h>

namespace credence::app {

namespace {

struct options {
  std::string network;
  std::string set;
  std::string targets;
  std::string evidence;
};

document run(const options& given, session&) {
  bayesnet::evidence set;
  try {
    set = bayesnet::parse_evidence(given.set);
  } catch (const parse_error& failure) {
    throw usage_error(std::string("--set: ") + failure.what());
  }
  if (set.empty()) throw usage_error("--set is empty, but must be name=state, joined by commas");
  const bayesnet::evidence seen = read_evidence(given.evidence);
  const bayesnet::network net = bayesnet::intervene(read_network(given.network), set);
  const auto found = given.targets == "all"
                         ? bayesnet::compile(net).posteriors(seen)
                         : bayesnet::compile(net).posteriors(seen, split_names(given.targets, "--targets"));
  document result;
  json posteriors = json::object();
  table_text table{"", {"node", "state", "probability"}, {}};
  for (std::size_t i = 0; i < found.nodes.size(); ++i) {
    const bayesnet::variable& v = net.at(found.nodes[i]);
    for (std::size_t s = 0; s < v.states.size(); ++s) {
      posteriors[v.name][v.states[s]] = found.probabilities[i][s];
      table.rows.push_back({v.name, v.states[s], found.probabilities[i][s]});
    }
  }
  result.data["posteriors"] = std::move(posteriors);
  result.data["log_evidence"] = found.log_evidence;
  result.tables.push_back(std::move(table));
  result.notes.push_back(fmt::format("under do({})", given.set));
  return result;
}

}  // namespace

void add_bayesnet_do(program& all) {
  all.add(
      {.name = "bayesnet do",
       .summary = "posterior probabilities after setting variables from outside",
       .example = "credence bayesnet do models/networks/student.bif --set G=g1 --targets I,L",
       .csv = true},
      +[](CLI::App& app, options& given) {
        app.add_option("network", given.network, "a network file (.bif, .xml, .net, .uai, .json)")->required();
        app.add_option("--set", given.set, "the intervention: name=state, joined by commas")->required();
        app.add_option("--targets", given.targets, "names joined by commas, or all")->required();
        app.add_option("--evidence", given.evidence, "what was seen after the intervention");
      },
      run);
}

}  // namespace credence::app
