// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/ensemble/rows.hpp"
#include "credence/ensemble/tree.hpp"
#include "credence/exec/context.hpp"
#include "credence/random/key.hpp"

#include <cstdint>
#include <vector>

/// Classification and regression trees, and the options that forests share with them.
namespace credence::ensemble {

/// What a split makes smaller, summed over the rows of both sides by weight.
enum class split_criterion : std::uint8_t {
  automatic,  ///< gini or squared, by the number of classes
  gini,       ///< 1 - sum p^2 of the classes
  entropy,    ///< -sum p ln p
  squared,    ///< squared distance from the mean
  absolute,   ///< distance from the median; leaves are medians. Sorts anew for each column: slow
  poisson,    ///< half the poisson deviance from the mean; targets must not be negative
};
const char* to_string(split_criterion criterion);

struct tree_options {
  split_criterion criterion = split_criterion::automatic;
  /// Extremely randomised: one cut a column at a random place in its range, in place of the best.
  bool random_cuts = false;
  std::int32_t max_depth = 0;          ///< 0: no bound
  double min_split_weight = 2.0;       ///< a node with less is a leaf
  double min_leaf_weight = 1.0;        ///< each side of a split has at least this
  double min_gain = 0.0;               ///< least improvement of the criterion, as part of the weight of all rows
  std::int64_t columns_per_split = 0;  ///< drawn anew for each node; 0: all
  /// Nodes with no more rows than this look at every cut between two values, not only at those between bins.
  std::int64_t exact_rows = 512;
  std::int32_t max_bins = 255;
  exec::context context = exec::cpu();
  rng_key key{};
};

/// A fitted tree with what it needs to predict.
struct cart {
  std::int32_t classes = 0;  ///< 0: regression
  std::vector<feature_info> features;
  decision_tree tree;  ///< values: the weighted mean (or median), or the parts of the classes

  /// @throws shape_error, domain_error  as check_rows; for a criterion that does not suit the target, or options
  ///         outside their range
  /// @source Breiman, Friedman, Olshen, Stone, "Classification and regression trees", 1984; for random cuts Geurts,
  /// Ernst,
  ///         Wehenkel, "Extremely randomized trees", 2006
  static cart fit(const labelled_rows& train, const tree_options& options = {});

  /// Numbers (rows), or probabilities (rows, classes).
  [[nodiscard]] std::vector<double> predict(const feature_rows& x, const exec::context& context = exec::cpu()) const;
};

/// Minimal cost-complexity pruning. Every subtree is cut whose gain a leaf is at most `alpha`, weakest first, where the
/// gain of a split is counted as part of the weight of all rows.
/// @source Breiman et al. 1984, chapter 3
decision_tree prune(const decision_tree& tree, double alpha);

/// The alphas at which the pruned tree changes, rising from 0, with the leaves left.
struct pruning_step {
  double alpha = 0.0;
  std::int64_t leaves = 0;
};
std::vector<pruning_step> pruning_path(const decision_tree& tree);

}  // namespace credence::ensemble
