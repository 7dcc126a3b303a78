// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/fit.hpp"

#include "fit_tables.hpp"

#include "credence/base/check.hpp"
#include "credence/exec/for_each.hpp"

#include <cmath>

namespace credence::bayesnet {

namespace {

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

/// How often each entry of the table of `v` occurs.
std::vector<double> table_counts(const network& net, const discrete_data& data, node_id v) {
  std::vector<std::int64_t> place(at(data.rows()), 0);
  const auto extend = [&](node_id u) {
    const auto codes = data.codes(u);
    const std::int64_t states = net.cardinality(u);
    for (std::size_t row = 0; row < place.size(); ++row) place[row] = place[row] * states + codes[row];
  };
  for (const node_id p : net.table(v).parents) extend(p);
  extend(v);
  std::vector<double> counts(net.table(v).values.size(), 0.0);
  for (const std::int64_t p : place) counts[at(p)] += 1.0;
  return counts;
}

}  // namespace

namespace detail {

void check_matches(const network& net, const discrete_data& data, const char* where) {
  check::same_size(where, "columns", data.size(), "variables", net.size());
  for (node_id v = 0; v < net.size(); ++v) {
    if (data.variables()[at(v)].name == net.at(v).name && data.variables()[at(v)].states == net.at(v).states) continue;
    check::fail_domain(where, "column " + std::to_string(v), "'" + data.variables()[at(v)].name + "'",
                       "'" + net.at(v).name + "' with the states of the network");
  }
}

void check_prior(const network& net, const table_prior& prior, const char* where) {
  check::non_negative(where, "per_table", prior.per_table);
  check::non_negative(where, "per_cell", prior.per_cell);
  if (prior.own.empty()) return;
  check::same_size(where, "own prior counts", static_cast<std::int64_t>(prior.own.size()), "nodes", net.size());
  for (node_id v = 0; v < net.size(); ++v) {
    const auto& own = prior.own[at(v)];
    if (own.empty()) continue;
    check::same_size(where, "own prior counts of '" + net.at(v).name + "'", static_cast<std::int64_t>(own.size()),
                     "its table", static_cast<std::int64_t>(net.table(v).values.size()));
    for (const double x : own) check::non_negative(where, "a prior count of '" + net.at(v).name + "'", x);
  }
}

std::vector<double> prior_counts(const network& net, const table_prior& prior, node_id v) {
  const std::size_t entries = net.table(v).values.size();
  std::vector<double> counts(entries, prior.per_cell + prior.per_table / static_cast<double>(entries));
  if (!prior.own.empty() && !prior.own[at(v)].empty()) {
    for (std::size_t i = 0; i < entries; ++i) counts[i] += prior.own[at(v)][i];
  }
  return counts;
}

void to_probabilities(std::vector<double>& counts, std::size_t states) {
  for (std::size_t begin = 0; begin < counts.size(); begin += states) {
    double sum = 0.0;
    for (std::size_t s = 0; s < states; ++s) sum += counts[begin + s];
    for (std::size_t s = 0; s < states; ++s)
      counts[begin + s] = sum > 0.0 ? counts[begin + s] / sum : 1.0 / static_cast<double>(states);
  }
}

network with_tables(const network& net, std::vector<std::vector<double>> tables) {
  std::vector<cpd> cpds;
  for (node_id v = 0; v < net.size(); ++v) {
    cpds.push_back({net.table(v).parents, std::move(tables[at(v)]), net.table(v).properties});
  }
  return {net.name(), net.variables(), std::move(cpds), net.properties()};
}

}  // namespace detail

network uniform_network(const dag& graph, std::vector<variable> variables, std::string name) {
  check::same_size("uniform_network", "variables", static_cast<std::int64_t>(variables.size()), "nodes", graph.size());
  std::vector<cpd> cpds;
  for (node_id v = 0; v < graph.size(); ++v) {
    if (variables[at(v)].name != graph.name(v)) {
      check::fail_domain("uniform_network", "variable " + std::to_string(v), "'" + variables[at(v)].name + "'",
                         "'" + graph.name(v) + "'");
    }
    const auto parents = graph.parents(v);
    double entries = static_cast<double>(variables[at(v)].cardinality());
    for (const node_id p : parents) entries *= static_cast<double>(variables[at(p)].cardinality());
    if (entries > 1e9) {
      throw memory_error("uniform_network: the table of '" + graph.name(v) + "' would have " + std::to_string(entries) +
                         " entries, but at most 1000000000 are supported");
    }
    cpds.push_back({{parents.begin(), parents.end()},
                    std::vector<double>(static_cast<std::size_t>(entries),
                                        1.0 / static_cast<double>(variables[at(v)].cardinality())),
                    {}});
  }
  return {std::move(name), std::move(variables), std::move(cpds)};
}

fitted_network fit(const exec::context& ctx, const network& net, const discrete_data& data, const table_prior& prior) {
  detail::check_matches(net, data, "fit");
  detail::check_prior(net, prior, "fit");
  for (node_id v = 0; v < net.size(); ++v) {
    if (data.first_missing(v) < 0) continue;
    throw domain_error("fit: column '" + net.at(v).name + "' is missing in row " +
                       std::to_string(data.first_missing(v)) + ", but must be known; fit_em sums missing cells out");
  }
  std::vector<std::vector<double>> tables(at(net.size()));
  std::vector<double> loglik(at(net.size()), 0.0);
  exec::for_each_task(ctx, net.size(), [&](std::int64_t i) {
    const auto v = static_cast<node_id>(i);
    const std::vector<double> counts = table_counts(net, data, v);
    std::vector<double>& table = tables[at(i)];
    table = detail::prior_counts(net, prior, v);
    for (std::size_t k = 0; k < table.size(); ++k) table[k] += counts[k];
    detail::to_probabilities(table, net.at(v).states.size());
    for (std::size_t k = 0; k < table.size(); ++k) {
      if (counts[k] > 0.0) loglik[at(i)] += counts[k] * std::log(table[k]);
    }
  });
  fitted_network result{detail::with_tables(net, std::move(tables)), 0.0};
  for (const double l : loglik) result.log_likelihood += l;
  return result;
}

}  // namespace credence::bayesnet
