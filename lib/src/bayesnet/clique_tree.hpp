// SPDX-License-Identifier: BSD-3-Clause
// A junction tree ready to run: cliques with their axes in the order the loops like, tables side by side in one block.
#pragma once

#include "clique_kernels.hpp"

#include "credence/bayesnet/inference.hpp"

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace credence::bayesnet::detail {

/// How a table is read beside a smaller one; see walk_view.
struct axis_walk {
  std::vector<std::int32_t> offset;
  std::int64_t length = 1;
  bool shared = false;
  [[nodiscard]] credence::detail::walk_view view() const {
    return {offset.data(), static_cast<std::int64_t>(offset.size()), length, shared};
  }
};
/// @param sizes    axes of the big table, row-major
/// @param strides  of each of them in the small table, 0 where absent
axis_walk make_walk(const std::vector<std::int64_t>& sizes, const std::vector<std::int64_t>& strides);

struct tree_clique {
  std::vector<node_id> axes;  ///< those shared with the parent first
  std::vector<std::int64_t> sizes;
  std::int64_t begin = 0, size = 1;          ///< of the table, in a block of all tables
  std::int64_t sep_begin = 0, sep_size = 1;  ///< of the message to the parent
  std::int32_t parent = -1;                  ///< always an earlier clique
  std::vector<std::int32_t> children;
  axis_walk own_to_sep, parent_to_sep;
  std::vector<std::int32_t> factors;
};

/// A conditional table cut down to its free axes; what is observed selects the part by an offset.
struct tree_factor {
  std::int32_t clique = -1;  ///< -1 when every variable of it is observed
  axis_walk walk;
  std::vector<double> values;        ///< observed axes first, then free ones in the clique's order
  std::vector<std::int32_t> source;  ///< where each of them lies in the network's table
  std::vector<std::pair<node_id, std::int64_t>> observed;  ///< strides of the observed axes
};

/// Where a node's posterior is read: the smallest clique that holds it.
struct tree_home {
  std::int32_t clique = -1;
  axis_walk walk;
};

/// The state of one query.
struct tree_workspace {
  std::vector<double> tables, up, ratio;
  std::vector<std::int32_t> exponent;
  std::vector<const double*> collected, belief;
  std::vector<char> dirty, needed;
};

/// A query that goes on: evidence, and which messages and beliefs it made old.
struct tree_session {
  weighted_states known;
  std::unique_ptr<tree_workspace> work;
  std::vector<double> beliefs;      ///< tables that `distribute` fills, apart from the collected ones
  std::vector<std::int32_t> below;  ///< of each clique: weighted nodes at it and below
  std::vector<char> old_message, old_belief;
  std::vector<std::pair<std::int32_t, node_id>> weighted;  ///< (home clique, node), sorted
  std::int64_t collected = 0;
};

class clique_tree {
 public:
  /// For queries in which the nodes marked in `observed` (and those of one state) have a known state, and no others.
  clique_tree(const network& net, const std::vector<bool>& observed, int restarts, double max_bytes);

  [[nodiscard]] const inference_cost& cost() const { return cost_; }
  [[nodiscard]] std::int64_t total_size() const { return table_entries_; }

  [[nodiscard]] std::int64_t separator_size() const { return sep_entries_; }
  [[nodiscard]] const network& net() const { return net_; }
  [[nodiscard]] const std::vector<tree_clique>& cliques() const { return cliques_; }
  [[nodiscard]] const tree_factor& factor(node_id v) const { return factors_[static_cast<std::size_t>(v)]; }
  [[nodiscard]] const tree_home& home(node_id v) const { return homes_[static_cast<std::size_t>(v)]; }

  /// Fills probabilities and log_evidence of `result` for its nodes. `known.state` must be set for observed nodes;
  /// nodes that are not observed here may have weights.
  void query(const weighted_states& known, posterior_set& result) const;

  /// A session without evidence. Only for trees without observed nodes.
  [[nodiscard]] tree_session begin() const;
  /// Replaces what is known about a node by states' weights, or by nothing when they are empty.
  void change(tree_session& s, node_id v, std::vector<double> weights, std::int64_t state) const;
  /// Messages that are old, and ln P(evidence). @throws domain_error  when it is zero; the session stays usable
  double update(tree_session& s) const;
  void read(tree_session& s, posterior_set& result) const;

 private:
  void build_cliques(const std::vector<node_id>& free, int restarts, double max_bytes);
  void place_factors();
  void collect(tree_workspace& w, const std::vector<std::pair<std::int32_t, node_id>>& weighted,
               const weighted_states& known) const;
  void collect_clique(tree_workspace& w, std::size_t c, const std::vector<std::pair<std::int32_t, node_id>>& weighted,
                      const weighted_states& known) const;
  void fill_base(double* table, const tree_clique& c, const weighted_states& known) const;
  [[nodiscard]] const double* factor_values(const tree_factor& f, const weighted_states& known) const;
  /// Beliefs of the marked cliques into `tables`, a block laid out as the workspace's.
  void distribute(tree_workspace& w, double* tables, const std::vector<char>& needed) const;
  void read_posterior(const tree_workspace& w, const weighted_states& known, node_id v, std::vector<double>& p) const;
  [[nodiscard]] double log_evidence_of(const tree_workspace& w, const weighted_states& known) const;
  [[nodiscard]] std::unique_ptr<tree_workspace> take_workspace() const;

  network net_;
  std::vector<bool> fixed_;  ///< observed, or of one state
  bool constant_ = true;     ///< no table depends on evidence: what no weight touches is computed once
  std::vector<tree_clique> cliques_;
  std::vector<tree_factor> factors_;
  std::vector<tree_home> homes_;  ///< of each node
  std::int64_t table_entries_ = 0, sep_entries_ = 0;
  inference_cost cost_;
  std::vector<double> base_;  ///< products of the factors of each clique, when constant
  tree_workspace prior_;      ///< collected without evidence, when constant
  mutable std::mutex pool_mutex_;
  mutable std::vector<std::unique_ptr<tree_workspace>> pool_;
};

}  // namespace credence::bayesnet::detail
