// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/neighbors/results.hpp"
#include "credence/tensor/view.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace credence::detail {
template <class T>
struct kd_storage;
}

/// Searches that may miss neighbours, and say by how much. (For distances within a factor of the exact ones see
/// nearest_options::epsilon of kd_tree.)
namespace credence::neighbors {

struct forest_options {
  std::int64_t trees = 4;  ///< 1 to 64
  metric how = {};
  std::uint64_t seed = 0;
  std::int64_t leaf_size = 0;  ///< 0: 32
  exec::context context = exec::cpu();
};

struct budget_options {
  std::int64_t max_leaves = 32;  ///< of all trees together; every tree gives one at least
  exec::context context = exec::cpu();
};

template <class T>
struct approximate_result {
  nearest_result<T> neighbors;
  /// The certificate of each query: no point that was not looked at has a power distance below this. Infinity (bytes:
  /// the largest integer) when all were looked at.
  std::vector<distance_t<T>> lower_bounds;

  /// Whether the neighbours of a query are proven exact: nothing that was missed is nearer than the last of them.
  [[nodiscard]] bool certified(std::int64_t query) const;
};

/// Several randomised kd-trees over the same points, searched together, the most promising leaf of all trees first,
/// until a budget is spent (best bin first). The splits are drawn from the five sides along which the points of a node
/// vary most. Equal seeds and budgets give equal results.
/// @source  [Beis1997] best bin first; [SilpaAnan2008] several randomised trees
template <class T>
class kd_forest {
 public:
  /// @param points  (n, d). Errors as for kd_tree.
  explicit kd_forest(view<const T, 2> points, const forest_options& options = {});

  /// @throws domain_error, shape_error  as kd_tree::nearest; unless max_leaves >= 1
  [[nodiscard]] approximate_result<T> nearest(view<const T, 2> queries, std::int64_t k,
                                              const budget_options& options = {}) const;

  [[nodiscard]] std::int64_t size() const;
  [[nodiscard]] std::int64_t trees() const { return static_cast<std::int64_t>(trees_.size()); }

 private:
  std::vector<std::shared_ptr<const credence::detail::kd_storage<T>>> trees_;
};

struct recall_target {
  double recall = 0.9;  ///< of the k nearest, the part that is found
  std::int64_t k = 10;
  std::int64_t sample = 200;  ///< points asked for their own neighbours
  std::int64_t most_trees = 8;
  metric how = {};
  std::uint64_t seed = 0;
  exec::context context = exec::cpu();
};

template <class T>
struct tuned_forest {
  kd_forest<T> forest;
  std::int64_t max_leaves = 0;
  double sample_recall = 0.0;  ///< reached on the sample; below the target only when nothing reached it
  double sample_leaves = 0.0;  ///< visited by a query on average
};

/// Chooses the number of trees (1, 2, 4, ... most_trees) and the budget that reach a recall at the least work, on a
/// sample of the points drawn by the seed, each asked for its nearest other points and compared with the exact answer.
/// Work is counted in leaves, not in seconds, so that the choice repeats on every machine. Queries that lie elsewhere
/// than the points may see another recall.
/// @throws domain_error  unless 0 < recall <= 1, k >= 1, sample >= 1, most_trees from 1 to 64 and there are more than k
/// points
template <class T>
tuned_forest<T> tune_forest(view<const T, 2> points, const recall_target& target = {});

}  // namespace credence::neighbors
