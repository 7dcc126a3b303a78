// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/markov.hpp"

#include "credence/base/check.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace credence::bayesnet {

void check_network(const markov_network& net, std::string_view where) {
  std::set<std::string> names;
  for (const variable& v : net.variables) {
    check::at_least(where, "states of '" + v.name + "'", v.cardinality(), 1);
    if (!names.insert(v.name).second) check::fail_domain(where, "variable", "'" + v.name + "', there twice", "unique");
  }
  for (std::size_t i = 0; i < net.factors.size(); ++i) {
    const factor& f = net.factors[i];
    const std::string name = "factor " + std::to_string(i);
    double entries = 1.0;
    std::set<node_id> scope;
    for (const node_id v : f.scope) {
      check::at_least(where, "a variable of " + name, v, 0);
      check::less_than(where, "a variable of " + name, v, static_cast<std::int64_t>(net.variables.size()));
      if (!scope.insert(v).second)
        check::fail_domain(where, "scope of " + name, "with variable " + std::to_string(v) + " twice",
                           "without repeats");
      entries *= static_cast<double>(net.variables[static_cast<std::size_t>(v)].cardinality());
    }
    if (entries != static_cast<double>(f.values.size()))
      check::same_size(where, "values of " + name, static_cast<std::int64_t>(f.values.size()), "its table",
                       static_cast<std::int64_t>(std::min(entries, 9e18)));
    for (const double x : f.values) {
      check::finite(where, "an entry of " + name, x);
      check::non_negative(where, "an entry of " + name, x);
    }
  }
}

markov_as_bayesian as_bayesian(const markov_network& net) {
  check_network(net, "as_bayesian");
  markov_as_bayesian made;
  made.variables = static_cast<std::int64_t>(net.variables.size());
  std::vector<variable> variables = net.variables;
  std::vector<cpd> cpds;
  for (const variable& v : variables) {
    const double states = static_cast<double>(v.cardinality());
    cpds.push_back({{}, std::vector<double>(v.states.size(), 1.0 / states), {}});
    made.log_constant += std::log(states);
  }
  std::string prefix = "factor";
  while (std::any_of(net.variables.begin(), net.variables.end(),
                     [&](const variable& v) { return v.name.rfind(prefix, 0) == 0; }))
    prefix += '_';
  for (std::size_t i = 0; i < net.factors.size(); ++i) {
    const factor& f = net.factors[i];
    const double largest = f.values.empty() ? 0.0 : *std::max_element(f.values.begin(), f.values.end());
    if (largest == 0.0)
      throw domain_error("as_bayesian: factor " + std::to_string(i) +
                         " is zero everywhere, so the sum of all products is zero");
    made.log_constant += std::log(largest);
    if (f.scope.empty()) continue;
    std::vector<double> scaled = f.values;
    for (double& x : scaled) x /= largest;
    if (f.scope.size() == 1) {
      made.given.likelihood(net.variables[static_cast<std::size_t>(f.scope[0])].name, std::move(scaled));
      continue;
    }
    variable& child = variables.emplace_back(variable{prefix, {"on", "off"}, {}});
    child.name += std::to_string(i);
    made.given.observe(child.name, "on");
    cpd& table = cpds.emplace_back(cpd{f.scope, {}, {}});
    for (const double x : scaled) table.values.insert(table.values.end(), {x, 1.0 - x});
  }
  made.net = network("", std::move(variables), std::move(cpds));
  return made;
}

}  // namespace credence::bayesnet
