// SPDX-License-Identifier: BSD-3-Clause
// credence bayesnet fit: the tables of a network from data.
#include "credence/bayesnet_common.hpp"

#include "credence/bayesnet/fit.hpp"
#include "credence/table/csv.hpp"

#include <fmt/format.h>

namespace credence::app {

namespace {

using namespace bayesnet;

struct options {
  std::string network;
  std::string data;
  std::string method = "mle";
  double equivalent_sample_size = 10.0;
  double pseudo_count = 0.0;
  std::int64_t max_iterations = 200;
  double tolerance = 1e-8;
  bool random_start = false;
};

/// The structure and states to fit: a network file, or arrows whose states come from braces or from the data.
network structure_of(const options& given, const table& data) {
  if (!is_arrow_text(given.network)) return read_network(given.network);
  arrow_text arrows;
  try {
    arrows = parse_arrows(given.network);
  } catch (const parse_error& failure) {
    throw usage_error(std::string("network: ") + failure.what());
  }
  std::vector<std::string> undeclared;
  for (std::size_t i = 0; i < arrows.names.size(); ++i) {
    if (arrows.states[i].empty()) undeclared.push_back(arrows.names[i]);
  }
  const discrete_data columns(data.select(undeclared));
  std::vector<variable> variables;
  std::size_t next = 0;
  for (std::size_t i = 0; i < arrows.names.size(); ++i) {
    if (arrows.states[i].empty())
      variables.push_back(columns.variables()[next++]);
    else
      variables.push_back({arrows.names[i], arrows.states[i], {}});
  }
  return uniform_network(dag(arrows.names, arrows.arcs), std::move(variables));
}

document run(const options& given, session& now) {
  if (!now.output.empty()) check_network_extension(now.output);
  const table file = read_csv(now.context, given.data, {.infer_types = false});
  const network structure = structure_of(given, file);
  const discrete_data data(structure, file);
  const table_prior prior{given.method == "map" ? given.equivalent_sample_size : 0.0, given.pseudo_count, {}};
  network fitted;
  double log_likelihood = 0.0;
  std::int64_t iterations = 1;
  if (given.method == "em") {
    const em_result found = fit_em(structure, data,
                                   {.context = now.context,
                                    .prior = prior,
                                    .max_iterations = given.max_iterations,
                                    .tolerance = given.tolerance,
                                    .random_start = given.random_start || is_arrow_text(given.network),
                                    .key = {now.seed, 0}});
    fitted = found.net;
    log_likelihood = found.log_likelihood;
    iterations = found.iterations;
    if (found.why == em_stop::max_iterations)
      now.warn(fmt::format("EM has not converged after {} iterations; take more --max-iterations", iterations));
  } else {
    fitted_network found = fit(now.context, structure, data, prior);
    fitted = std::move(found.net);
    log_likelihood = found.log_likelihood;
  }
  document result;
  result.data["log_likelihood"] = log_likelihood;
  result.data["iterations"] = iterations;
  result.data["parameters"] = fitted.parameter_count();
  result.data["rows"] = data.rows();
  result.data["method"] = given.method;
  result.notes.push_back(fmt::format("log-likelihood {:.10g} of {} rows, {} free parameters, {} iterations",
                                     log_likelihood, data.rows(), fitted.parameter_count(), iterations));
  if (!now.output.empty()) {
    write_network(fitted, now.output);
    result.data["output"] = now.output;
  }
  return result;
}

}  // namespace

void add_bayesnet_fit(program& all) {
  all.add(
      {.name = "bayesnet fit",
       .summary = "the tables of a network from data, with missing cells by EM",
       .example = "credence bayesnet fit models/networks/asia.bif --data asia.csv --method em --output fitted.bif",
       .output = "the network with the new tables (.bif, .bif.gz)",
       .random = true},
      +[](CLI::App& app, options& given) {
        app.add_option("network", given.network, "a network file, or arrows: \"a->b\" or \"a{x,y}->b\"")->required();
        app.add_option("--data", given.data, "a CSV table with one column for each node; empty cells are missing")
            ->required();
        app.add_option("--method", given.method,
                       "mle: shares of the counts; map: with a BDeu prior; em: also with missing cells")
            ->check(CLI::IsMember({"mle", "map", "em"}));
        app.add_option("--equivalent-sample-size", given.equivalent_sample_size, "of map, for each table")
            ->check(positive());
        app.add_option("--pseudo-count", given.pseudo_count, "added to each cell of each table; 1 is K2's prior")
            ->check(non_negative());
        app.add_option("--max-iterations", given.max_iterations, "of em")->check(at_least(1));
        app.add_option("--tolerance", given.tolerance, "of em, on the relative gain of one iteration")
            ->check(non_negative());
        app.add_flag("--random-start", given.random_start,
                     "em begins with random tables, not with those of the network (arrows have none)");
      },
      run);
}

}  // namespace credence::app
