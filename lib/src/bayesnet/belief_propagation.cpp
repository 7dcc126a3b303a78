// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/belief_propagation.hpp"

#include "factors.hpp"

#include "credence/base/check.hpp"
#include "credence/graph/ancestry.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace credence::bayesnet {

namespace {

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

struct table_factor {
  std::vector<node_id> axes;
  std::vector<std::int64_t> sizes;
  std::vector<double> values;
  std::vector<std::size_t> messages;  ///< to each axis
};

struct message {
  std::size_t factor = 0, axis = 0;
  std::vector<double> now, next;
  double residual = 0.0;
};

/// Divides by the sum. @throws domain_error  when nothing is left
void normalize(std::vector<double>& p) {
  double sum = 0.0;
  for (const double x : p) sum += x;
  if (!(sum > 0.0)) detail::fail_impossible("belief_propagation");
  for (double& x : p) x /= sum;
}

class factor_graph {
 public:
  factor_graph(const network& net, const std::vector<node_id>& targets, const evidence& given, double damping)
      : known_(resolve(net, given, "belief_propagation")), damping_(damping), of_(at(net.size())) {
    std::vector<std::int64_t> fixed = known_.state;
    std::vector<node_id> wanted = targets;
    for (node_id v = 0; v < net.size(); ++v) {
      if (!known_.weights[at(v)].empty()) wanted.push_back(v);
      if (net.cardinality(v) == 1) fixed[at(v)] = 0;
    }
    // What is neither asked for, nor observed, nor above such a node sums to one.
    for (const node_id v : ancestral_set(net.graph(), wanted)) {
      detail::table_slice slice = detail::slice_table(net, v, fixed);
      std::vector<double> values = detail::take_slice(net.probabilities(v), slice);
      add_factor({slice.axes.begin(), slice.axes.end()}, std::move(slice.sizes), std::move(values));
      const auto& weights = known_.weights[at(v)];
      if (weights.empty()) continue;
      if (fixed[at(v)] >= 0)
        log_constant_ += std::log(weights[at(fixed[at(v)])]);
      else
        add_factor({v}, {net.cardinality(v)}, weights);
    }
    fixed_ = std::move(fixed);
    for (std::size_t m = 0; m < messages_.size(); ++m) refresh(m);
  }

  /// Sends the message that has most to change. Tells false when none has more than the tolerance.
  bool send_one(double tolerance) {
    if (queue_.empty()) return false;
    const auto [negative, m] = *queue_.begin();
    if (-negative <= tolerance) return false;
    message& sent = messages_[m];
    sent.now = sent.next;
    refresh(m);
    const table_factor& f = factors_[sent.factor];
    for (const std::size_t beside : of_[at(f.axes[sent.axis])]) {
      const std::size_t other = messages_[beside].factor;
      if (other == sent.factor) continue;
      for (const std::size_t next : factors_[other].messages) {
        if (next != beside) refresh(next);
      }
    }
    return true;
  }

  [[nodiscard]] double residual() const { return queue_.empty() ? 0.0 : -queue_.begin()->first; }

  [[nodiscard]] std::vector<double> belief(const network& net, node_id v) const {
    std::vector<double> p(at(net.cardinality(v)), fixed_[at(v)] >= 0 ? 0.0 : 1.0);
    if (fixed_[at(v)] >= 0) {
      p[at(fixed_[at(v)])] = 1.0;
      return p;
    }
    for (const std::size_t m : of_[at(v)]) {
      for (std::size_t s = 0; s < p.size(); ++s) p[s] *= messages_[m].now[s];
    }
    normalize(p);
    return p;
  }

  /// Minus the Bethe free energy.
  [[nodiscard]] double log_evidence(const network& net) const {
    double total = log_constant_;
    for (const table_factor& f : factors_) {
      std::vector<double> joint = weighted(f, f.axes.size());
      normalize(joint);
      for (std::size_t k = 0; k < joint.size(); ++k) {
        if (joint[k] > 0.0) total -= joint[k] * std::log(joint[k] / f.values[k]);
      }
    }
    for (node_id v = 0; v < net.size(); ++v) {
      if (of_[at(v)].empty()) continue;
      double entropy = 0.0;
      for (const double p : belief(net, v)) entropy -= p > 0.0 ? p * std::log(p) : 0.0;
      total -= (static_cast<double>(of_[at(v)].size()) - 1.0) * entropy;
    }
    return total;
  }

 private:
  void add_factor(std::vector<node_id> axes, std::vector<std::int64_t> sizes, std::vector<double> values) {
    if (axes.empty()) {
      if (values[0] == 0.0) detail::fail_impossible("belief_propagation");
      log_constant_ += std::log(values[0]);
      return;
    }
    table_factor f{std::move(axes), std::move(sizes), std::move(values), {}};
    for (std::size_t i = 0; i < f.axes.size(); ++i) {
      const auto states = at(f.sizes[i]);
      const std::vector<double> flat(states, 1.0 / static_cast<double>(states));
      f.messages.push_back(messages_.size());
      of_[at(f.axes[i])].push_back(messages_.size());
      messages_.push_back({factors_.size(), i, flat, flat, -1.0});
    }
    factors_.push_back(std::move(f));
  }

  /// The product of all messages to an axis but the factor's own.
  [[nodiscard]] std::vector<double> incoming(const table_factor& f, std::size_t axis) const {
    std::vector<double> product(at(f.sizes[axis]), 1.0);
    for (const std::size_t m : of_[at(f.axes[axis])]) {
      if (m == f.messages[axis]) continue;
      double largest = 0.0;
      for (std::size_t s = 0; s < product.size(); ++s) {
        product[s] *= messages_[m].now[s];
        largest = std::max(largest, product[s]);
      }
      if (largest == 0.0) detail::fail_impossible("belief_propagation");
      for (double& x : product) x /= largest;
    }
    return product;
  }

  /// The table times the messages into it, but for those of one axis.
  [[nodiscard]] std::vector<double> weighted(const table_factor& f, std::size_t except) const {
    std::vector<double> out = f.values;
    std::int64_t stride = static_cast<std::int64_t>(out.size());
    for (std::size_t i = 0; i < f.axes.size(); ++i) {
      stride /= f.sizes[i];
      if (i == except) continue;
      const std::vector<double> in = incoming(f, i);
      for (std::size_t k = 0; k < out.size(); ++k) out[k] *= in[at(static_cast<std::int64_t>(k) / stride % f.sizes[i])];
    }
    return out;
  }

  /// What a message would be now, and its place in the queue.
  void refresh(std::size_t m) {
    message& one = messages_[m];
    const table_factor& f = factors_[one.factor];
    const std::vector<double> table = weighted(f, one.axis);
    std::int64_t stride = 1;
    for (std::size_t i = one.axis + 1; i < f.axes.size(); ++i) stride *= f.sizes[i];
    std::vector<double> next(one.now.size(), 0.0);
    for (std::size_t k = 0; k < table.size(); ++k)
      next[at(static_cast<std::int64_t>(k) / stride % f.sizes[one.axis])] += table[k];
    normalize(next);
    double residual = 0.0;
    for (std::size_t s = 0; s < next.size(); ++s) {
      residual = std::max(residual, std::fabs(next[s] - one.now[s]));
      next[s] = damping_ * one.now[s] + (1.0 - damping_) * next[s];
    }
    queue_.erase({-one.residual, m});
    one.residual = residual;
    one.next = std::move(next);
    queue_.insert({-residual, m});
  }

  weighted_states known_;
  std::vector<std::int64_t> fixed_;
  double damping_, log_constant_ = 0.0;
  std::vector<table_factor> factors_;
  std::vector<message> messages_;
  std::vector<std::vector<std::size_t>> of_;        ///< messages to each variable
  std::set<std::pair<double, std::size_t>> queue_;  ///< the largest residual first
};

}  // namespace

belief_propagation_result belief_propagation(const network& net, const node_selection& targets, const evidence& given,
                                             const belief_propagation_options& options) {
  check::at_least("belief_propagation", "max_updates", options.max_updates, 0);
  if (!(options.damping >= 0.0 && options.damping < 1.0))
    check::fail_domain("belief_propagation", "damping", options.damping, "at least 0 and below 1");
  check::non_negative("belief_propagation", "tolerance", options.tolerance);
  belief_propagation_result result;
  result.posterior = {net, targets.resolve(net.graph(), "belief_propagation"), {}, 0.0, {}};
  factor_graph graph(net, result.posterior.nodes, given, options.damping);
  while (result.updates < options.max_updates && graph.send_one(options.tolerance)) ++result.updates;
  result.residual = graph.residual();
  result.converged = result.residual <= options.tolerance;
  for (const node_id v : result.posterior.nodes) result.posterior.probabilities.push_back(graph.belief(net, v));
  result.posterior.log_evidence = graph.log_evidence(net);
  return result;
}

}  // namespace credence::bayesnet
