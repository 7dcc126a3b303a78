// SPDX-License-Identifier: BSD-3-Clause
// A junction tree that answers `tree_lanes` queries at once. Evidence of every kind enters as weights on the full tree,
// so rows with different observed sets share one block; a lane's numbers do not depend on its neighbours.
#pragma once

#include "clique_tree.hpp"
#include "lane_kernels.hpp"

#include <array>

namespace credence::bayesnet::detail {

using credence::detail::tree_lanes;

/// Memory of one block, used again and again by one thread.
struct lane_workspace {
  std::vector<double> tables, up, ratio, weights, small;
  std::vector<char> dirty, needed, weighted;
  std::vector<std::int64_t> weight_begin;
  std::vector<const double*> collected, belief;
  std::vector<char> collected_has_lanes, belief_has_lanes;
  std::array<double, tree_lanes> log_evidence;  ///< -infinity for impossible evidence
  std::array<std::int64_t, tree_lanes> exponent;
};

class lane_tree {
 public:
  /// @param skeleton  made without observed nodes; must outlive this
  explicit lane_tree(const clique_tree& skeleton);

  /// Takes the tables of the network, laid out as it lays them out, rows normalised.
  void load(const std::vector<std::vector<double>>& tables);

  /// Whether a block's largest clique fits into the cache for eight lanes.
  [[nodiscard]] static bool fits(const clique_tree& tree);

  [[nodiscard]] lane_workspace make_workspace() const;

  /// Begins a block without evidence.
  void clear(lane_workspace& w) const;
  /// The weights of a node, (states, lanes); one everywhere at first. Marks the node as weighted.
  [[nodiscard]] double* weights(lane_workspace& w, node_id v) const;
  /// P(evidence) of every lane, and messages for `read`. @param needed  nodes whose clique will be read
  void run(lane_workspace& w) const;
  void need(lane_workspace& w, node_id v) const;         ///< before run: v will be read
  void need_family(lane_workspace& w, node_id v) const;  ///< before run: the family of v will be read
  /// P(v | evidence), (states, lanes). Valid until the next call.
  [[nodiscard]] const double* posterior(lane_workspace& w, node_id v) const;
  /// P(family of v | evidence), (entries, lanes), and where each entry lies in the table of v.
  [[nodiscard]] const double* family(lane_workspace& w, node_id v) const;
  [[nodiscard]] const std::vector<std::int32_t>& family_places(node_id v) const { return skeleton_.factor(v).source; }

 private:
  void collect_clique(lane_workspace& w, std::size_t i) const;
  void rescale(lane_workspace& w, double* values, std::int64_t n, double* also, std::int64_t n_also,
               std::array<std::int64_t, tree_lanes>& exponent) const;
  const double* read(lane_workspace& w, std::int32_t clique, const axis_walk& walk, std::int64_t entries) const;

  const clique_tree& skeleton_;
  std::vector<double> base_;
  std::vector<double> prior_tables_, prior_up_;  ///< without evidence, and so without lanes
  std::vector<std::int64_t> prior_exponent_;
  std::int64_t weight_entries_ = 0;
  std::vector<std::int64_t> weight_begin_;
};

}  // namespace credence::bayesnet::detail
