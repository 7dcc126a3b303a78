// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/causal.hpp"

#include "credence/base/check.hpp"
#include "credence/graph/adjustment.hpp"

#include <algorithm>

namespace credence::bayesnet {

namespace {

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

std::size_t place_of(const std::vector<std::string>& states, std::string_view state, const char* what) {
  const auto found = std::find(states.begin(), states.end(), state);
  if (found == states.end())
    check::fail_domain("treatment_effect", what, "'" + std::string(state) + "'", "one of the states");
  return static_cast<std::size_t>(found - states.begin());
}

/// The joint table P(x, y, z) with z as one axis.
struct observed_joint {
  std::size_t states_x = 0, states_y = 0, states_z = 1;
  std::vector<double> p;  ///< (z, x, y)
  [[nodiscard]] double of(std::size_t z, std::size_t x, std::size_t y) const {
    return p[(z * states_x + x) * states_y + y];
  }
  [[nodiscard]] double of(std::size_t z, std::size_t x) const {
    double sum = 0.0;
    for (std::size_t y = 0; y < states_y; ++y) sum += of(z, x, y);
    return sum;
  }
};

observed_joint joint_of(const network& net, node_id x, node_id y, const std::vector<node_id>& z,
                        const elimination_query& options) {
  observed_joint joint;
  std::vector<node_id> axes = z;
  axes.insert(axes.end(), {x, y});
  joint.states_x = at(net.cardinality(x));
  joint.states_y = at(net.cardinality(y));
  for (const node_id v : z) joint.states_z *= at(net.cardinality(v));
  joint.p = eliminate_joint(net, axes, {}, options).probabilities;
  return joint;
}

treatment_effect empty_effect(const network& net, node_id x, node_id y) {
  treatment_effect effect{net.at(x).states, net.at(y).states, {}};
  effect.probabilities.assign(effect.treatment_states.size() * effect.outcome_states.size(), 0.0);
  return effect;
}

[[noreturn]] void fail_positivity(const char* where, const network& net, node_id x, std::size_t state) {
  throw domain_error(std::string(where) + ": '" + net.at(x).name + "' = '" + net.at(x).states[state] +
                     "' never happens with some values of the adjustment set that do happen, so its effect cannot be "
                     "told from what is observed");
}

struct question {
  node_id x, y;
  std::vector<node_id> z;
};

question resolve_names(const network& net, std::string_view treatment, std::string_view outcome,
                       const std::vector<std::string>& z, const char* where) {
  return {net.graph().index_of(treatment, where), net.graph().index_of(outcome, where),
          node_selection(z).resolve_in_order(net.graph(), where)};
}

}  // namespace

network intervene(const network& net, const evidence& set) {
  std::vector<std::int64_t> state(at(net.size()), -1);
  for (const finding& f : set.findings()) {
    if (f.what != finding::kind::state)
      check::fail_domain("intervene", "the finding about '" + f.node + "'", "soft or negative", "a single state");
    const node_id v = net.graph().index_of(f.node, "intervene");
    if (state[at(v)] >= 0) check::fail_domain("intervene", "variable", "'" + f.node + "', set twice", "set once");
    state[at(v)] = net.state_of(v, f.state, "intervene");
  }
  std::vector<cpd> cpds;
  for (node_id v = 0; v < net.size(); ++v) {
    cpd table = net.table(v);
    if (state[at(v)] >= 0) {
      table.parents.clear();
      table.form = {};
      table.values.assign(at(net.cardinality(v)), 0.0);
      table.values[at(state[at(v)])] = 1.0;
    }
    cpds.push_back(std::move(table));
  }
  return {net.name(), net.variables(), std::move(cpds), net.properties()};
}

double treatment_effect::at(std::string_view treatment, std::string_view outcome) const {
  return probabilities[place_of(treatment_states, treatment, "treatment") * outcome_states.size() +
                       place_of(outcome_states, outcome, "outcome")];
}

double treatment_effect::average_effect(std::string_view a, std::string_view b, std::string_view outcome) const {
  return at(a, outcome) - at(b, outcome);
}

treatment_effect adjust_back_door(const network& net, std::string_view treatment, std::string_view outcome,
                                  const std::vector<std::string>& z, const elimination_query& options) {
  const question q = resolve_names(net, treatment, outcome, z, "adjust_back_door");
  if (!satisfies_back_door(net.graph(), q.x, q.y, q.z))
    throw domain_error("adjust_back_door: the set is no back-door set for '" + std::string(treatment) + "' and '" +
                       std::string(outcome) + "'");
  const observed_joint joint = joint_of(net, q.x, q.y, q.z, options);
  treatment_effect effect = empty_effect(net, q.x, q.y);
  for (std::size_t zs = 0; zs < joint.states_z; ++zs) {
    double p_z = 0.0;
    for (std::size_t x = 0; x < joint.states_x; ++x) p_z += joint.of(zs, x);
    if (p_z == 0.0) continue;
    for (std::size_t x = 0; x < joint.states_x; ++x) {
      const double p_zx = joint.of(zs, x);
      if (p_zx == 0.0) fail_positivity("adjust_back_door", net, q.x, x);
      for (std::size_t y = 0; y < joint.states_y; ++y)
        effect.probabilities[x * joint.states_y + y] += p_z * joint.of(zs, x, y) / p_zx;
    }
  }
  return effect;
}

treatment_effect adjust_front_door(const network& net, std::string_view treatment, std::string_view outcome,
                                   const std::vector<std::string>& z, const elimination_query& options) {
  const question q = resolve_names(net, treatment, outcome, z, "adjust_front_door");
  if (!satisfies_front_door(net.graph(), q.x, q.y, q.z))
    throw domain_error("adjust_front_door: the set is no front-door set for '" + std::string(treatment) + "' and '" +
                       std::string(outcome) + "'");
  const observed_joint joint = joint_of(net, q.x, q.y, q.z, options);
  std::vector<double> p_x(joint.states_x, 0.0);
  for (std::size_t zs = 0; zs < joint.states_z; ++zs) {
    for (std::size_t x = 0; x < joint.states_x; ++x) p_x[x] += joint.of(zs, x);
  }
  treatment_effect effect = empty_effect(net, q.x, q.y);
  for (std::size_t zs = 0; zs < joint.states_z; ++zs) {
    std::vector<double> outcome_given_z(joint.states_y, 0.0);
    bool happens = false;
    for (std::size_t x = 0; x < joint.states_x; ++x) happens = happens || joint.of(zs, x) > 0.0;
    if (!happens) continue;
    for (std::size_t x = 0; x < joint.states_x; ++x) {
      if (p_x[x] == 0.0 || joint.of(zs, x) == 0.0) fail_positivity("adjust_front_door", net, q.x, x);
      for (std::size_t y = 0; y < joint.states_y; ++y)
        outcome_given_z[y] += p_x[x] * joint.of(zs, x, y) / joint.of(zs, x);
    }
    for (std::size_t x = 0; x < joint.states_x; ++x) {
      for (std::size_t y = 0; y < joint.states_y; ++y)
        effect.probabilities[x * joint.states_y + y] += joint.of(zs, x) / p_x[x] * outcome_given_z[y];
    }
  }
  return effect;
}

treatment_effect effect_of(const network& net, std::string_view treatment, std::string_view outcome,
                           const elimination_query& options) {
  const question q = resolve_names(net, treatment, outcome, {}, "effect_of");
  treatment_effect effect = empty_effect(net, q.x, q.y);
  for (std::size_t x = 0; x < effect.treatment_states.size(); ++x) {
    const network set = intervene(net, evidence().observe(std::string(treatment), effect.treatment_states[x]));
    const auto p = eliminate(set, std::vector<node_id>{q.y}, {}, options).probabilities[0];
    std::copy(p.begin(), p.end(),
              effect.probabilities.begin() + static_cast<std::ptrdiff_t>(x * effect.outcome_states.size()));
  }
  return effect;
}

}  // namespace credence::bayesnet
