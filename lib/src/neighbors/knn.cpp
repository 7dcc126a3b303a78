// SPDX-License-Identifier: BSD-3-Clause
#include "credence/neighbors/knn.hpp"

#include "credence/base/check.hpp"
#include "credence/neighbors/kd_tree.hpp"
#include "credence/neighbors/search.hpp"

#include <algorithm>

namespace credence::neighbors {

namespace {

/// The searcher that search() would choose for as many queries as there are points.
template <class T>
std::function<nearest_result<T>(view<const T, 2>)> make_search(view<const T, 2> points, const knn_options& options) {
  check::at_least("knn", "k", options.k, 1);
  check::at_least("knn", "the number of points", points.extents[0], 1);
  check::at_least("knn", "the dimension of points", points.extents[1], 1);
  const std::int64_t k = std::min(options.k, points.extents[0]);
  const search_plan plan = plan_search(points.extents[0], points.extents[1], points.extents[0], k, options.how,
                                       sizeof(T), !std::is_floating_point_v<T>);
  const nearest_options how{.context = options.context};
  if (plan.method == search_method::tree) {
    return [tree = kd_tree<T>(points, {.how = options.how, .context = options.context}), k,
            how](view<const T, 2> queries) { return tree.nearest(queries, k, how); };
  }
  return [all = brute_force<T>(points, options.how), k, how](view<const T, 2> queries) {
    return all.nearest(queries, k, how);
  };
}

/// Weights of the neighbours of one query, which add up to 1.
void vote_weights(const double* distances, std::int64_t k, vote how, std::vector<double>& weights) {
  weights.assign(static_cast<std::size_t>(k), 1.0);
  if (how == vote::inverse_distance) {
    const bool touching = distances[0] == 0.0;  // the nearest comes first
    // Relative to the nearest, so that the smallest distances do not overflow.
    for (std::int64_t i = 0; i < k; ++i) {
      weights[static_cast<std::size_t>(i)] = touching ? (distances[i] == 0.0 ? 1.0 : 0.0) : distances[0] / distances[i];
    }
  }
  double total = 0.0;
  for (const double w : weights) total += w;
  for (double& w : weights) w /= total;
}

}  // namespace

template <class T>
knn_classifier<T>::knn_classifier(view<const T, 2> points, std::span<const std::int32_t> labels,
                                  const knn_options& options)
    : options_(options), labels_(labels.begin(), labels.end()) {
  check::same_size("knn_classifier", "labels", static_cast<std::int64_t>(labels.size()), "points", points.extents[0]);
  for (const std::int32_t label : labels) {
    if (label < 0) check::fail_domain("knn_classifier", "a label", std::int64_t{label}, "0 or more");
    classes_ = std::max<std::int64_t>(classes_, label + 1);
  }
  search_ = make_search(points, options);
}

template <class T>
std::vector<double> knn_classifier<T>::predict_proba(view<const T, 2> queries) const {
  const nearest_result<T> near = search_(queries);
  const std::vector<double> distances = near.distances();
  std::vector<double> shares(static_cast<std::size_t>(near.queries * classes_), 0.0), weights;
  for (std::int64_t q = 0; q < near.queries; ++q) {
    vote_weights(distances.data() + q * near.k, near.k, options_.weights, weights);
    for (std::int64_t i = 0; i < near.k; ++i) {
      const std::int32_t label =
          labels_[static_cast<std::size_t>(near.indices[static_cast<std::size_t>(q * near.k + i)])];
      shares[static_cast<std::size_t>(q * classes_ + label)] += weights[static_cast<std::size_t>(i)];
    }
  }
  return shares;
}

template <class T>
std::vector<std::int32_t> knn_classifier<T>::predict(view<const T, 2> queries) const {
  const std::vector<double> shares = predict_proba(queries);
  std::vector<std::int32_t> out(static_cast<std::size_t>(queries.extents[0]));
  for (std::size_t q = 0; q < out.size(); ++q) {
    const auto row = shares.begin() + static_cast<std::ptrdiff_t>(q) * classes_;
    out[q] = static_cast<std::int32_t>(std::max_element(row, row + classes_) - row);
  }
  return out;
}

template <class T>
knn_regressor<T>::knn_regressor(view<const T, 2> points, std::span<const double> targets, const knn_options& options)
    : options_(options), targets_(targets.begin(), targets.end()) {
  check::same_size("knn_regressor", "targets", static_cast<std::int64_t>(targets.size()), "points", points.extents[0]);
  for (const double y : targets) check::finite("knn_regressor", "a target", y);
  search_ = make_search(points, options);
}

template <class T>
std::vector<double> knn_regressor<T>::predict(view<const T, 2> queries) const {
  const nearest_result<T> near = search_(queries);
  const std::vector<double> distances = near.distances();
  std::vector<double> out(static_cast<std::size_t>(near.queries), 0.0), weights;
  for (std::int64_t q = 0; q < near.queries; ++q) {
    vote_weights(distances.data() + q * near.k, near.k, options_.weights, weights);
    for (std::int64_t i = 0; i < near.k; ++i) {
      const auto index = static_cast<std::size_t>(near.indices[static_cast<std::size_t>(q * near.k + i)]);
      out[static_cast<std::size_t>(q)] += weights[static_cast<std::size_t>(i)] * targets_[index];
    }
  }
  return out;
}

template class knn_classifier<float>;
template class knn_classifier<double>;
template class knn_classifier<std::uint8_t>;
template class knn_regressor<float>;
template class knn_regressor<double>;
template class knn_regressor<std::uint8_t>;

}  // namespace credence::neighbors
