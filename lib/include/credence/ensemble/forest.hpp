// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/progress.hpp"
#include "credence/ensemble/cart.hpp"

#include <cstdint>
#include <span>
#include <vector>

/// Random forests and extremely randomised trees.
namespace credence::ensemble {

enum class forest_stop : std::uint8_t { trees_done, interrupted };

struct forest_options {
  std::int64_t trees = 100;
  /// Of each tree. columns_per_split 0 means the root of the number of columns for classes, and a third of them for
  /// numbers. The key and context are taken from below.
  tree_options tree{.exact_rows = 0};
  bool bootstrap = true;   ///< each tree sees rows drawn with replacement; else all rows
  bool keep_rows = false;  ///< keep the training targets in the leaves, for predict_quantiles
  exec::context context = exec::cpu();
  rng_key key{};
  progress_callback progress{};
  const interrupt_flag* interrupt = nullptr;
};
/// Defaults of extremely randomised trees: random cuts, no bootstrap.
forest_options extra_trees();

/// A fitted forest: a value. Reading it needs no lock.
struct forest {
  std::int32_t classes = 0;
  std::vector<feature_info> features;
  std::vector<decision_tree> trees;
  forest_stop why = forest_stop::trees_done;

  /// With a bootstrap: the prediction for each training row by the trees that did not see it, (rows) or (rows,
  /// classes). NaN where every tree saw it.
  std::vector<double> out_of_bag;

  /// With keep_rows: the targets of each tree's leaves, one after the other, and where each leaf's begin.
  struct leaf_targets {
    std::vector<std::int64_t> begin;
    std::vector<float> target;
    std::vector<float> weight;
  };
  std::vector<leaf_targets> kept;

  /// The same forest, bit for bit, for any number of threads. Interrupted, the trees that are done are kept.
  /// @throws as cart::fit
  /// @source Breiman, "Random forests", 2001
  static forest fit(const labelled_rows& train, const forest_options& options = {});

  [[nodiscard]] std::int64_t columns() const { return static_cast<std::int64_t>(features.size()); }
  /// The mean of the trees: numbers (rows), or probabilities (rows, classes).
  [[nodiscard]] std::vector<double> predict(const feature_rows& x, const exec::context& context = exec::cpu()) const;
  /// One row, on the calling thread, without allocating.
  void predict_row(std::span<const double> x, std::span<double> out) const;
  /// Quantiles of the training targets that share leaves with a row, each weighted as the mean weighs it:
  /// (rows, probabilities).
  /// @throws domain_error  for a forest of classes, one that did not keep rows, or a probability outside [0, 1]
  /// @source Meinshausen, "Quantile regression forests", JMLR 2006
  [[nodiscard]] std::vector<double> predict_quantiles(const feature_rows& x, std::span<const double> probabilities,
                                                      const exec::context& context = exec::cpu()) const;
};

}  // namespace credence::ensemble
