// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/network.hpp"

#include "credence/base/check.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <unordered_map>

namespace credence::bayesnet {

struct network::data {
  std::string name;
  std::vector<std::string> properties;
  std::vector<variable> variables;
  std::vector<cpd> cpds;
  dag graph;
  std::vector<row_warning> warnings;
};

namespace {

// Sums of correctly rounded decimals are off by at most half an ulp a term; this is far above that and far below what a
// decimal file can be off by.
constexpr double rounding = 1e-12;

/// Twelve digits: what a row is off by, without the rounding of adding it up.
std::string short_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.12g", value);
  return text;
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

void check_variable(const variable& v) {
  const auto fail = [&](const std::string& what) { throw domain_error("network: variable '" + v.name + "' " + what); };
  if (v.name.empty()) throw domain_error("network: a variable's name is empty, but must not be");
  if (v.states.empty()) fail("has no states, but must have at least one");
  std::vector<std::string> sorted = v.states;
  std::sort(sorted.begin(), sorted.end());
  const auto twin = std::adjacent_find(sorted.begin(), sorted.end());
  if (twin != sorted.end()) fail("has the state '" + *twin + "' twice");
  if (sorted.front().empty()) fail("has a state without a name");
}

}  // namespace

network::network() : data_(std::make_shared<const data>()) {}

network::network(std::string name, std::vector<variable> variables, std::vector<cpd> cpds,
                 std::vector<std::string> properties) {
  auto made = std::make_shared<data>();
  check::same_size("network", "cpds", static_cast<std::int64_t>(cpds.size()), "variables",
                   static_cast<std::int64_t>(variables.size()));
  std::vector<std::string> names;
  for (const variable& v : variables) {
    check_variable(v);
    names.push_back(v.name);
  }
  std::vector<arc> arcs;
  for (std::size_t child = 0; child < cpds.size(); ++child) {
    for (const node_id p : cpds[child].parents) arcs.push_back({p, static_cast<node_id>(child)});
  }
  made->graph = dag(std::move(names), arcs);
  made->name = std::move(name);
  made->properties = std::move(properties);
  made->variables = std::move(variables);
  made->cpds = std::move(cpds);
  data_ = made;

  for (node_id node = 0; node < size(); ++node) {
    if (table(node).form.what != compact_cpd::kind::none) use_form(made->cpds[static_cast<std::size_t>(node)], node);
    const cpd& t = table(node);
    double entries = static_cast<double>(cardinality(node));
    for (const node_id p : t.parents) entries *= static_cast<double>(cardinality(p));
    if (static_cast<double>(t.values.size()) != entries) {
      throw shape_error("network: the table of '" + at(node).name + "' has " + std::to_string(t.values.size()) +
                        " entries, but must have " + check::to_text(entries));
    }
    const auto states = static_cast<std::size_t>(cardinality(node));
    for (std::size_t row = 0; row * states < t.values.size(); ++row) {
      double sum = 0.0;
      for (std::size_t s = 0; s < states; ++s) {
        const double value = t.values[row * states + s];
        if (!(value >= 0.0 && value <= 1.0 + row_tolerance)) {
          check::fail_domain("network", "an entry of the table of '" + at(node).name + "'", value, "between 0 and 1");
        }
        sum += value;
      }
      if (std::abs(sum - 1.0) > row_tolerance) {
        const std::string given = join(row_states(node, static_cast<std::int64_t>(row)));
        check::fail_domain("network", "the sum of P(" + at(node).name + (given.empty() ? "" : " | " + given) + ")",
                           std::string_view(short_text(sum)), "1 within 1e-6");
      }
      if (std::abs(sum - 1.0) > rounding) made->warnings.push_back({node, static_cast<std::int64_t>(row), sum});
    }
  }
}

const std::string& network::name() const { return data_->name; }
const std::vector<std::string>& network::properties() const { return data_->properties; }
const dag& network::graph() const { return data_->graph; }
const std::vector<variable>& network::variables() const { return data_->variables; }
const cpd& network::table(node_id node) const { return data_->cpds[static_cast<std::size_t>(node)]; }
const std::vector<row_warning>& network::row_warnings() const { return data_->warnings; }

void network::use_form(cpd& t, node_id node) const {
  std::vector<std::int64_t> sizes;
  for (const node_id p : t.parents) sizes.push_back(cardinality(p));
  try {
    std::vector<double> values = expand(t.form, cardinality(node), sizes);
    if (t.values.empty()) t.values = values;
    if (t.values == values) return;
  } catch (const domain_error& failure) {
    throw domain_error("network: the table of '" + at(node).name + "': " + failure.what());
  } catch (const shape_error& failure) {
    throw shape_error("network: the table of '" + at(node).name + "': " + failure.what());
  }
  throw domain_error("network: the table of '" + at(node).name + "' is not what its compact form says");
}

std::vector<double> network::probabilities(node_id node) const {
  std::vector<double> values = table(node).values;
  const auto states = static_cast<std::size_t>(cardinality(node));
  for (std::size_t begin = 0; begin < values.size(); begin += states) {
    double sum = 0.0;
    for (std::size_t s = 0; s < states; ++s) sum += values[begin + s];
    for (std::size_t s = 0; s < states; ++s) values[begin + s] /= sum;
  }
  return values;
}

std::vector<std::string> network::warnings() const {
  std::vector<std::string> lines;
  for (const row_warning& w : row_warnings()) {
    const std::string given = join(row_states(w.node, w.row));
    lines.push_back("P(" + at(w.node).name + (given.empty() ? "" : " | " + given) + ") sums to " + short_text(w.sum) +
                    " and is divided by it");
  }
  return lines;
}

std::int64_t network::parameter_count() const {
  std::int64_t count = 0;
  for (node_id node = 0; node < size(); ++node) {
    const auto entries = static_cast<std::int64_t>(table(node).values.size());
    count += entries - entries / cardinality(node);
  }
  return count;
}

std::int64_t network::state_of(node_id node, std::string_view state, std::string_view where) const {
  const auto& states = at(node).states;
  const auto found = std::find(states.begin(), states.end(), state);
  if (found == states.end()) {
    check::fail_domain(where, "the state of '" + at(node).name + "'", "'" + std::string(state) + "'",
                       "one of " + join(states));
  }
  return found - states.begin();
}

std::vector<std::string> network::row_states(node_id node, std::int64_t row) const {
  const auto& parents = table(node).parents;
  std::vector<std::string> states(parents.size());
  for (std::size_t i = parents.size(); i-- > 0;) {
    const std::int64_t size = cardinality(parents[i]);
    states[i] = at(parents[i]).states[static_cast<std::size_t>(row % size)];
    row /= size;
  }
  return states;
}

double network::log_probability(std::span<const std::int64_t> states) const {
  check::same_size("network::log_probability", "states", static_cast<std::int64_t>(states.size()), "the network",
                   size());
  for (node_id node = 0; node < size(); ++node) {
    check::less_than("network::log_probability", "a state", states[static_cast<std::size_t>(node)], cardinality(node));
  }
  double sum = 0.0;
  for (node_id node = 0; node < size(); ++node) {
    const cpd& t = table(node);
    std::int64_t row = 0;
    for (const node_id p : t.parents) row = row * cardinality(p) + states[static_cast<std::size_t>(p)];
    const double* values = t.values.data() + row * cardinality(node);
    double total = 0.0;
    for (std::int64_t s = 0; s < cardinality(node); ++s) total += values[s];
    sum += std::log(values[states[static_cast<std::size_t>(node)]] / total);
  }
  return sum;
}

bool operator==(const network& a, const network& b) {
  return a.data_ == b.data_ || (a.data_->name == b.data_->name && a.data_->properties == b.data_->properties &&
                                a.data_->variables == b.data_->variables && a.data_->cpds == b.data_->cpds);
}

network_builder network_builder::from_arrows(std::string_view arrows, std::string name) {
  arrow_text text = parse_arrows(arrows);
  network_builder builder(std::move(name));
  for (std::size_t i = 0; i < text.names.size(); ++i) {
    builder.variable(text.names[i], std::move(text.states[i]));
  }
  for (const arc& a : text.arcs) {
    builder.arrows_.emplace_back(text.names[static_cast<std::size_t>(a.from)],
                                 text.names[static_cast<std::size_t>(a.to)]);
  }
  return builder;
}

network_builder& network_builder::variable(std::string name, std::vector<std::string> states) {
  variables_.push_back({std::move(name), std::move(states), {}});
  return *this;
}

network_builder& network_builder::cpd(std::string child, std::vector<std::string> parents, std::vector<double> values) {
  cpds_.push_back({std::move(child), std::move(parents), std::move(values)});
  return *this;
}

network_builder& network_builder::cpd(std::string child, std::vector<double> values) {
  cpds_.push_back({std::move(child), {}, std::move(values), true});
  return *this;
}

network_builder& network_builder::deterministic(std::string child, std::vector<std::string> parents,
                                                std::vector<std::string> states) {
  entry& made = cpds_.emplace_back(entry{std::move(child), std::move(parents), {}});
  made.form.what = compact_cpd::kind::deterministic;
  made.states = std::move(states);
  return *this;
}

network_builder& network_builder::noisy_or(std::string child, std::string state, std::vector<std::string> parents,
                                           std::vector<std::vector<double>> causes, double leak) {
  entry& made = cpds_.emplace_back(entry{std::move(child), std::move(parents), {}});
  made.form.what = compact_cpd::kind::noisy_or;
  made.form.causes = std::move(causes);
  made.form.leak = {leak};
  made.states = {std::move(state)};
  return *this;
}

network_builder& network_builder::noisy_max(std::string child, std::vector<std::string> parents,
                                            std::vector<std::vector<double>> causes, std::vector<double> leak) {
  entry& made = cpds_.emplace_back(entry{std::move(child), std::move(parents), {}});
  made.form.what = compact_cpd::kind::noisy_max;
  made.form.causes = std::move(causes);
  made.form.leak = std::move(leak);
  return *this;
}

network_builder& network_builder::property(std::string text) {
  properties_.push_back(std::move(text));
  return *this;
}

network network_builder::build() const {
  std::unordered_map<std::string, node_id> index;
  for (const auto& v : variables_) {
    if (!index.emplace(v.name, static_cast<node_id>(index.size())).second) {
      throw domain_error("network_builder: variable '" + v.name + "' is given twice");
    }
  }
  const auto node = [&](const std::string& name) {
    const auto found = index.find(name);
    if (found == index.end()) check::fail_domain("network_builder", "variable", "'" + name + "'", "one that was added");
    return found->second;
  };
  std::vector<bayesnet::cpd> cpds(variables_.size());
  std::vector<bool> given(variables_.size(), false);
  for (const entry& e : cpds_) {
    const auto child = static_cast<std::size_t>(node(e.child));
    if (given[child]) throw domain_error("network_builder: the table of '" + e.child + "' is given twice");
    given[child] = true;
    std::vector<std::string> parents = e.parents;
    if (e.parents_from_arrows) {
      for (const auto& [from, to] : arrows_) {
        if (to == e.child) parents.push_back(from);
      }
    }
    for (const std::string& p : parents) cpds[child].parents.push_back(node(p));
    cpds[child].values = e.values;
    cpds[child].form = e.form;
    for (const std::string& state : e.states) {
      const auto& known = variables_[child].states;
      const auto found = std::find(known.begin(), known.end(), state);
      if (found == known.end())
        check::fail_domain("network_builder", "a state of '" + e.child + "'", "'" + state + "'",
                           "one of " + join(known));
      if (e.form.what == compact_cpd::kind::noisy_or)
        cpds[child].form.state = found - known.begin();
      else
        cpds[child].form.outcomes.push_back(found - known.begin());
    }
  }
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (!given[i]) throw domain_error("network_builder: variable '" + variables_[i].name + "' has no table");
  }
  return network(name_, variables_, std::move(cpds), properties_);
}

}  // namespace credence::bayesnet
