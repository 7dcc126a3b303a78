// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/neighbors/results.hpp"
#include "credence/tensor/view.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace credence::detail {
template <class T>
struct kd_storage;
}

namespace credence::neighbors {

enum class split_rule : std::uint8_t {
  median,            ///< halves of equal size, cut across the widest side: full leaves, depth log2(n)
  sliding_midpoint,  ///< the middle of the widest side, moved to the nearest point where one half would be empty
};

struct kd_tree_options {
  metric how = {};
  split_rule split = split_rule::median;
  std::int64_t leaf_size = 0;           ///< most points of a leaf, up to 1024; 0: what suits the type and dimension
  bool wide_indices = false;            ///< 64-bit indices inside even where 32 bits would do; results are the same
  exec::context context = exec::cpu();  ///< CPU threads of the build
};

enum class shortage : std::uint8_t {
  pad,    ///< index -1 and infinite distance
  error,  ///< domain_error
};

enum class query_order : std::uint8_t {
  automatic,  ///< spatial from 256 queries on
  spatial,    ///< along a space-filling curve, so that neighbours in turn share cached nodes and leaves
  given,
};

struct nearest_options {
  shortage too_few = shortage::pad;  ///< when k is more than there are points
  double epsilon = 0.0;              ///< each distance at most (1 + epsilon) times the exact one of its rank; 0: exact
  query_order order = query_order::automatic;
  exec::context context = exec::cpu();
};

struct radius_options {
  std::int64_t limit = 0;  ///< the nearest so many only; 0: all
  query_order order = query_order::automatic;
  exec::context context = exec::cpu();
};

/// A kd-tree over points of type float, double, std::uint8_t or std::int8_t: built once, then searched from any number
/// of threads. Searches are exact to the last tie: the indices are those of comparing all points by (power distance,
/// index), for any build, number of threads, order of queries or instruction set.
///
/// NaN and infinities are refused in points and queries alike. The points are copied.
/// @source  [Friedman1977]; sliding midpoint: [Maneewongvatana1999]
template <class T>
class kd_tree {
 public:
  using distance = distance_t<T>;

  /// @param points  (n, d), any strides; n and d at least 1
  /// @throws domain_error  for no points or no dimension, NaN or infinity, weights or p the metric does not allow
  /// @throws shape_error   when there are not as many weights as dimensions
  /// @complexity O(d n log n) for any data
  explicit kd_tree(view<const T, 2> points, const kd_tree_options& options = {});
  template <class U>
  requires std::is_same_v<U, T>
  explicit kd_tree(view<U, 2> points, const kd_tree_options& options = {})
      : kd_tree(view<const T, 2>(points), options) {}

  [[nodiscard]] std::int64_t size() const;
  [[nodiscard]] std::int64_t dimensions() const;
  [[nodiscard]] const metric& how() const;

  /// The k nearest points of each query (m, d).
  ///
  /// On a CUDA context the same walk runs with one thread a query and gives the same bits; the tree is copied there
  /// once and kept; work is not counted there.
  /// @throws domain_error  unless k >= 1, epsilon >= 0 and all queries are finite; when k > n with shortage::error
  /// @throws not_built_error  for a CUDA context in a build without CUDA
  /// @throws shape_error   when the queries have another dimension
  [[nodiscard]] nearest_result<T> nearest(view<const T, 2> queries, std::int64_t k,
                                          const nearest_options& options = {}) const;

  /// The same for one query, into memory of the caller: min(k, n) neighbours, where k is the size of both spans. The
  /// query is not checked for NaN.
  /// @returns how many were written
  std::int64_t nearest(std::span<const T> query, std::span<std::int64_t> indices,
                       std::span<distance> power_distances) const;

  /// The k nearest other points of each point, in the order of the points (each is left out of its own list, other
  /// points at the same place are not).
  [[nodiscard]] nearest_result<T> all_nearest(std::int64_t k, const nearest_options& options = {}) const;

  /// The points at a true distance of at most `radius` (the border belongs to it: a point is inside when its distance,
  /// rounded to T, is not above the radius rounded to T; bytes and p-th powers: when its power distance is not above
  /// the power of the radius).
  /// @throws domain_error  unless radius >= 0, limit >= 0 and all queries are finite
  [[nodiscard]] range_result<T> within(view<const T, 2> queries, double radius,
                                       const radius_options& options = {}) const;

  /// The points with low <= x <= high in every dimension, for each row of `low` and `high` (m, d); by index.
  /// @throws domain_error  for NaN (infinities are welcome)
  [[nodiscard]] range_result<T> within_box(view<const T, 2> low, view<const T, 2> high,
                                           const exec::context& context = exec::cpu()) const;

  /// What the tree looks like.
  struct shape_info {
    std::int64_t nodes = 0, leaves = 0, largest_leaf = 0, bytes = 0;
    int depth = 0;
  };
  [[nodiscard]] shape_info info() const;

  /// Where the root splits; dimension -1 when the root is a leaf.
  struct split_info {
    std::int64_t dimension = -1;
    double value = 0.0;
  };
  [[nodiscard]] split_info root_split() const;

  /// Writes the tree, points included, in a versioned format with a check sum; equal trees give equal bytes.
  /// @throws io_error
  void save(const std::string& path) const;
  [[nodiscard]] std::string to_bytes() const;
  /// @throws io_error, parse_error  for a foreign, damaged, cut-off or newer file, or one of another type of points
  static kd_tree load(const std::string& path);
  static kd_tree from_bytes(std::string_view bytes, const std::string& source = "kd_tree");

  /// For code of this library.
  [[nodiscard]] const credence::detail::kd_storage<T>& storage() const { return *storage_; }

 private:
  explicit kd_tree(std::shared_ptr<const credence::detail::kd_storage<T>> storage) : storage_(std::move(storage)) {}
  std::shared_ptr<const credence::detail::kd_storage<T>> storage_;
};

template <class T>
kd_tree(view<T, 2>) -> kd_tree<std::remove_const_t<T>>;
template <class T>
kd_tree(view<T, 2>, const kd_tree_options&) -> kd_tree<std::remove_const_t<T>>;

}  // namespace credence::neighbors

namespace credence {
using neighbors::kd_tree;
}
