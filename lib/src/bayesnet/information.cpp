// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/information.hpp"

#include "factors.hpp"
#include "lane_tree.hpp"

#include "credence/base/check.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace credence::bayesnet {

namespace {

constexpr std::int64_t lanes = detail::tree_lanes;
constexpr double never = -std::numeric_limits<double>::infinity();
using tables = std::vector<std::vector<double>>;

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

/// Lane 0 holds the evidence, lane 1 the target in its state besides.
class pair_of_queries {
 public:
  pair_of_queries(const network& net, weighted_states known, node_id target, std::int64_t state, double max_bytes)
      : known_(std::move(known)),
        target_(target),
        state_(state),
        skeleton_(net, std::vector<bool>(at(net.size()), false), 10, max_bytes),
        tree_(skeleton_),
        work_(tree_.make_workspace()) {}

  void run(const network& net, const tables& parameters, const std::vector<node_id>& wanted) {
    tree_.load(parameters);
    tree_.clear(work_);
    for (node_id v = 0; v < net.size(); ++v) {
      const auto& weights = known_.weights[at(v)];
      for (std::size_t s = 0; s < weights.size(); ++s)
        std::fill_n(tree_.weights(work_, v) + static_cast<std::int64_t>(s) * lanes, lanes, weights[s]);
    }
    double* const of_target = tree_.weights(work_, target_);
    for (std::int64_t s = 0; s < net.cardinality(target_); ++s) {
      if (s != state_) of_target[s * lanes + 1] = 0.0;
    }
    for (const node_id v : wanted) tree_.need_family(work_, v);
    tree_.run(work_);
  }

  [[nodiscard]] double log_evidence(std::size_t lane) const { return work_.log_evidence[lane]; }
  /// P(family of v | lane's evidence), laid out as the table of v; zeros when the lane is impossible.
  [[nodiscard]] std::vector<double> family(node_id v, std::size_t lane) {
    const auto& places = tree_.family_places(v);
    std::vector<double> out(places.size(), 0.0);
    if (log_evidence(lane) == never) return out;
    const double* const p = tree_.family(work_, v);
    for (std::size_t e = 0; e < places.size(); ++e) out[at(places[e])] = p[e * at(lanes) + lane];
    return out;
  }

 private:
  weighted_states known_;
  node_id target_;
  std::int64_t state_;
  detail::clique_tree skeleton_;
  detail::lane_tree tree_;
  detail::lane_workspace work_;
};

/// With the other entries of each row in proportion.
std::vector<double> with_covariation(const std::vector<double>& derivative, const std::vector<double>& table,
                                     std::size_t states) {
  std::vector<double> out(derivative.size(), 0.0);
  for (std::size_t begin = 0; begin < out.size(); begin += states) {
    double all = 0.0;
    for (std::size_t s = 0; s < states; ++s) all += derivative[begin + s] * table[begin + s];
    for (std::size_t k = begin; k < begin + states; ++k) {
      const double others = all - derivative[k] * table[k];
      if (table[k] < 1.0) out[k] = derivative[k] - others / (1.0 - table[k]);
    }
  }
  return out;
}

}  // namespace

double entropy(std::span<const double> probabilities) {
  double sum = 0.0;
  for (const double p : probabilities) sum -= p > 0.0 ? p * std::log(p) : 0.0;
  return sum;
}

double entropy(const network& net, const node_selection& nodes, const evidence& given,
               const elimination_query& options) {
  return entropy(eliminate_joint(net, nodes.resolve(net.graph(), "entropy"), given, options).probabilities);
}

double mutual_information(const network& net, const node_selection& a, const node_selection& b, const evidence& given,
                          const elimination_query& options) {
  const std::vector<node_id> first = a.resolve(net.graph(), "mutual_information");
  const std::vector<node_id> second = b.resolve(net.graph(), "mutual_information");
  std::vector<node_id> both = first;
  for (const node_id v : second) {
    if (std::binary_search(first.begin(), first.end(), v))
      check::fail_domain("mutual_information", "node", "'" + net.at(v).name + "', in both sets", "in one of them");
    both.push_back(v);
  }
  const joint_posterior joint = eliminate_joint(net, both, given, options);
  // The joint table is (first, second): margins by its two halves.
  std::size_t columns = 1;
  for (const node_id v : second) columns *= at(net.cardinality(v));
  std::vector<double> by_row(joint.probabilities.size() / columns, 0.0), by_column(columns, 0.0);
  for (std::size_t k = 0; k < joint.probabilities.size(); ++k) {
    by_row[k / columns] += joint.probabilities[k];
    by_column[k % columns] += joint.probabilities[k];
  }
  return std::max(0.0, entropy(by_row) + entropy(by_column) - entropy(joint.probabilities));
}

sensitivity_result sensitivity(const network& net, std::string_view target, std::string_view state,
                               const evidence& given, double max_bytes) {
  const node_id y = net.graph().index_of(target, "sensitivity");
  const std::int64_t y_state = net.state_of(y, state, "sensitivity");
  tables now;
  std::vector<node_id> all;
  for (node_id v = 0; v < net.size(); ++v) {
    now.push_back(net.probabilities(v));
    all.push_back(v);
  }
  pair_of_queries queries(net, resolve(net, given, "sensitivity"), y, y_state, max_bytes);
  queries.run(net, now, all);
  const double log_seen = queries.log_evidence(0), log_both = queries.log_evidence(1);
  if (log_seen == never) detail::fail_impossible("sensitivity");
  sensitivity_result result;
  result.probability = std::exp(log_both - log_seen);
  result.derivative.resize(now.size());
  std::vector<node_id> with_zeros;
  for (const node_id v : all) {
    const std::vector<double>& table = now[at(v)];
    if (log_both == never || std::find(table.begin(), table.end(), 0.0) != table.end()) {
      with_zeros.push_back(v);
      continue;
    }
    // d P(e) / d entry = P(family entry, e) / entry
    const std::vector<double> seen = queries.family(v, 0), both = queries.family(v, 1);
    std::vector<double>& out = result.derivative[at(v)];
    for (std::size_t k = 0; k < table.size(); ++k) out.push_back(result.probability * (both[k] - seen[k]) / table[k]);
  }
  for (const node_id v : with_zeros) {
    // The sum over everything without the table: the table is ones.
    tables without = now;
    std::fill(without[at(v)].begin(), without[at(v)].end(), 1.0);
    queries.run(net, without, {v});
    const std::vector<double> seen = queries.family(v, 0), both = queries.family(v, 1);
    const double scale_seen = std::exp(queries.log_evidence(0) - log_seen);
    const double scale_both = std::exp(queries.log_evidence(1) - log_seen);
    std::vector<double>& out = result.derivative[at(v)];
    for (std::size_t k = 0; k < seen.size(); ++k)
      out.push_back(both[k] * scale_both - result.probability * seen[k] * scale_seen);
  }
  for (const node_id v : all)
    result.covarying.push_back(with_covariation(result.derivative[at(v)], now[at(v)], at(net.cardinality(v))));
  return result;
}

}  // namespace credence::bayesnet
