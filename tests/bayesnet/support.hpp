// SPDX-License-Identifier: BSD-3-Clause
// The joint table of a network: the slow, obvious twin of every query.
#pragma once

#include "credence/bayesnet/evidence.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <random>

namespace credence::test {

/// Calls f(states, weight) for every assignment, with weight = P(states) times the weights of the evidence.
inline void for_each_assignment(const bayesnet::network& net, const bayesnet::evidence& given,
                                const std::function<void(const std::vector<std::int64_t>&, double)>& f) {
  const auto known = bayesnet::resolve(net, given, "test");
  std::vector<std::vector<double>> tables;
  for (node_id v = 0; v < net.size(); ++v) tables.push_back(net.probabilities(v));
  const auto order = net.graph().topological_order();
  std::vector<std::int64_t> states(static_cast<std::size_t>(net.size()), 0);
  const std::function<void(std::size_t, double)> descend = [&](std::size_t depth, double weight) {
    if (weight == 0.0) return;
    if (depth == order.size()) return f(states, weight);
    const node_id v = order[depth];
    std::int64_t row = 0;
    for (const node_id p : net.table(v).parents) row = row * net.cardinality(p) + states[static_cast<std::size_t>(p)];
    const auto& soft = known.weights[static_cast<std::size_t>(v)];
    for (std::int64_t s = 0; s < net.cardinality(v); ++s) {
      states[static_cast<std::size_t>(v)] = s;
      const double w = soft.empty() ? 1.0 : soft[static_cast<std::size_t>(s)];
      descend(depth + 1,
              weight * w * tables[static_cast<std::size_t>(v)][static_cast<std::size_t>(row * net.cardinality(v) + s)]);
    }
  };
  descend(0, 1.0);
}

struct joint_answer {
  double evidence_probability = 0.0;
  std::vector<std::vector<double>> marginals;  ///< of every node
  double best = 0.0;                           ///< the largest weight of an assignment
  std::vector<std::int64_t> best_states;
};

inline joint_answer by_enumeration(const bayesnet::network& net, const bayesnet::evidence& given = {}) {
  joint_answer answer;
  for (node_id v = 0; v < net.size(); ++v) {
    answer.marginals.emplace_back(static_cast<std::size_t>(net.cardinality(v)), 0.0);
  }
  for_each_assignment(net, given, [&](const std::vector<std::int64_t>& states, double weight) {
    answer.evidence_probability += weight;
    for (std::size_t v = 0; v < states.size(); ++v) answer.marginals[v][static_cast<std::size_t>(states[v])] += weight;
    if (weight > answer.best) {
      answer.best = weight;
      answer.best_states = states;
    }
  });
  for (auto& m : answer.marginals) {
    for (double& p : m) p /= answer.evidence_probability;
  }
  return answer;
}

/// A network over a random graph with random tables; about one entry in five is zero when `zeros`.
inline bayesnet::network random_network(int n, double density, std::mt19937_64& engine, bool zeros,
                                        int most_states = 4) {
  std::vector<bayesnet::variable> variables;
  std::vector<bayesnet::cpd> cpds(static_cast<std::size_t>(n));
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  for (int v = 0; v < n; ++v) {
    bayesnet::variable made{std::string("v").append(std::to_string(v)), {}, {}};
    const int states = 1 + static_cast<int>(engine() % static_cast<unsigned>(most_states));
    for (int s = 0; s < states; ++s) made.states.push_back(std::string("s").append(std::to_string(s)));
    variables.push_back(made);
  }
  std::vector<node_id> order(static_cast<std::size_t>(n));
  for (int v = 0; v < n; ++v) order[static_cast<std::size_t>(v)] = v;
  std::shuffle(order.begin(), order.end(), engine);
  for (std::size_t i = 0; i < order.size(); ++i) {
    auto& t = cpds[static_cast<std::size_t>(order[i])];
    std::size_t rows = 1;
    for (std::size_t k = 0; k < i; ++k) {
      if (uniform(engine) >= density || t.parents.size() >= 5) continue;
      t.parents.push_back(order[k]);
      rows *= variables[static_cast<std::size_t>(order[k])].states.size();
    }
    const std::size_t states = variables[static_cast<std::size_t>(order[i])].states.size();
    for (std::size_t row = 0; row < rows; ++row) {
      std::vector<double> p(states);
      double sum = 0.0;
      for (double& x : p) {
        x = zeros && uniform(engine) < 0.2 ? 0.0 : uniform(engine) + 0.01;
        sum += x;
      }
      if (sum == 0.0) p[0] = sum = 1.0;
      for (const double x : p) t.values.push_back(x / sum);
    }
  }
  return {"random", std::move(variables), std::move(cpds)};
}

/// States of an assignment that can happen, drawn node by node.
inline std::vector<std::int64_t> random_assignment(const bayesnet::network& net, std::mt19937_64& engine) {
  std::vector<std::int64_t> states(static_cast<std::size_t>(net.size()), 0);
  for (const node_id v : net.graph().topological_order()) {
    std::int64_t row = 0;
    for (const node_id p : net.table(v).parents) row = row * net.cardinality(p) + states[static_cast<std::size_t>(p)];
    const auto begin = net.table(v).values.begin() + row * net.cardinality(v);
    states[static_cast<std::size_t>(v)] =
        std::discrete_distribution<std::int64_t>(begin, begin + net.cardinality(v))(engine);
  }
  return states;
}

/// Evidence that can happen: about `share` of the nodes observed, some by soft or negative findings when `mixed`.
inline bayesnet::evidence random_evidence(const bayesnet::network& net, double share, std::mt19937_64& engine,
                                          bool mixed) {
  const auto states = random_assignment(net, engine);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  bayesnet::evidence given;
  for (node_id v = 0; v < net.size(); ++v) {
    if (uniform(engine) >= share) continue;
    const auto state = static_cast<std::size_t>(states[static_cast<std::size_t>(v)]);
    const auto& names = net.at(v).states;
    const auto kind = mixed ? engine() % 3 : 0;
    if (kind == 1) {
      std::vector<double> weights(names.size());
      for (std::size_t s = 0; s < names.size(); ++s)
        weights[s] = s == state ? 0.5 : uniform(engine) < 0.3 ? 0.0 : uniform(engine);
      given.likelihood(net.at(v).name, weights);
    } else if (kind == 2 && names.size() > 1) {
      given.exclude(net.at(v).name, names[(state + 1) % names.size()]);
    } else {
      given.observe(net.at(v).name, names[state]);
    }
  }
  return given;
}

}  // namespace credence::test
