// SPDX-License-Identifier: BSD-3-Clause
// credence bayesnet score: how well a structure explains a table.
#include "credence/bayesnet_common.hpp"

#include "credence/bayesnet/score.hpp"
#include "credence/table/csv.hpp"

namespace credence::app {

namespace {

struct options {
  std::string network;
  std::string data;
  double equivalent_sample_size = 10.0;
};

document run(const options& given, session& now) {
  const bayesnet::network net = read_network(given.network);
  const table data = read_csv(now.context, given.data, {.infer_types = false});
  const bayesnet::network_scores s = bayesnet::score(net, data, given.equivalent_sample_size);
  document result;
  table_text shown{"", {"score", "value"}, {}, 10};
  const auto add = [&](const char* name, double value) {
    result.data[name] = value;
    shown.rows.push_back({std::string(name), value});
  };
  add("loglik", s.loglik);
  add("aic", s.aic);
  add("bic", s.bic);
  add("bdeu", s.bdeu);
  add("k2", s.k2);
  result.data["parameters"] = s.parameters;
  result.data["rows"] = s.rows;
  result.tables.push_back(std::move(shown));
  result.notes.push_back(std::to_string(s.rows) + " rows, " + std::to_string(s.parameters) + " free parameters");
  return result;
}

}  // namespace

void add_bayesnet_score(program& all) {
  all.add(
      {.name = "bayesnet score",
       .summary = "log-likelihood, AIC, BIC, BDeu and K2 of a network's structure on a table",
       .example = "credence bayesnet score models/networks/asia.bif --data asia.csv",
       .csv = true},
      +[](CLI::App& app, options& given) {
        app.add_option("network", given.network, "a network file (.bif, .xml, .net, .uai, .json)")->required();
        app.add_option("--data", given.data, "a CSV table with one column for each node")->required();
        app.add_option("--equivalent-sample-size", given.equivalent_sample_size, "of BDeu")->check(positive());
      },
      run);
}

}  // namespace credence::app
