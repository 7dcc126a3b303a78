// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/neighbors/results.hpp"
#include "credence/tensor/view.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace credence::neighbors {

enum class vote : std::uint8_t {
  uniform,           ///< every neighbour counts the same
  inverse_distance,  ///< by 1 / distance; neighbours at distance 0, where there are any, count alone
};

struct knn_options {
  std::int64_t k = 5;  ///< of fewer points all are taken
  vote weights = vote::uniform;
  metric how = {};
  exec::context context = exec::cpu();
};

/// Classes by a vote of the k nearest points. Searches go by tree or by comparing all points, as search() would choose.
template <class T>
class knn_classifier {
 public:
  /// @param points  (n, d)
  /// @param labels  n classes, from 0 on
  /// @throws domain_error, shape_error  as kd_tree; for k < 1, a negative label, or not as many labels as points
  knn_classifier(view<const T, 2> points, std::span<const std::int32_t> labels, const knn_options& options = {});

  [[nodiscard]] std::int64_t classes() const { return classes_; }
  /// The part of the vote that each class has, (queries, classes).
  [[nodiscard]] std::vector<double> predict_proba(view<const T, 2> queries) const;
  /// The class with most of the vote; of equal ones the smallest.
  [[nodiscard]] std::vector<std::int32_t> predict(view<const T, 2> queries) const;

 private:
  knn_options options_;
  std::vector<std::int32_t> labels_;
  std::int64_t classes_ = 0;
  std::function<nearest_result<T>(view<const T, 2>)> search_;
};

/// Numbers by the (weighted) mean over the k nearest points.
template <class T>
class knn_regressor {
 public:
  /// @throws as knn_classifier; domain_error for a target that is not finite
  knn_regressor(view<const T, 2> points, std::span<const double> targets, const knn_options& options = {});
  [[nodiscard]] std::vector<double> predict(view<const T, 2> queries) const;

 private:
  knn_options options_;
  std::vector<double> targets_;
  std::function<nearest_result<T>(view<const T, 2>)> search_;
};

}  // namespace credence::neighbors
