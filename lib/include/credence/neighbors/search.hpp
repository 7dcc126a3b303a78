// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/neighbors/kd_tree.hpp"
#include "credence/neighbors/results.hpp"
#include "credence/tensor/view.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace credence::detail {
template <class T>
struct brute_storage;
}

namespace credence::neighbors {

/// How all points are compared. Results are the same, to the last bit.
enum class brute_method : std::uint8_t {
  automatic,  ///< products where they apply and pay, else vectors
  vectors,    ///< distances by their definition, many points at a time
  products,   ///< bytes: integer dot products, exact as they are; floats: a matrix product that rules points out with a
              ///< margin for its rounding, the rest by definition. Euclidean metric without weights.
};
const char* to_string(brute_method method);

/// Comparing every query with every point: the right way in many dimensions, or for few points.
template <class T>
class brute_force {
 public:
  /// @param points  (n, d), any strides; copied. Errors as for kd_tree.
  explicit brute_force(view<const T, 2> points, const metric& how = {});

  /// The k nearest points of each query, exactly as kd_tree finds them.
  /// @throws domain_error, shape_error  as kd_tree::nearest; domain_error for `products` in another metric
  [[nodiscard]] nearest_result<T> nearest(view<const T, 2> queries, std::int64_t k, const nearest_options& options = {},
                                          brute_method method = brute_method::automatic) const;

  [[nodiscard]] std::int64_t size() const;
  [[nodiscard]] std::int64_t dimensions() const;

 private:
  std::shared_ptr<const credence::detail::brute_storage<T>> storage_;
};

enum class search_method : std::uint8_t { tree, brute_force };

/// Which way a search goes, and why.
struct search_plan {
  search_method method = search_method::tree;
  brute_method brute = brute_method::vectors;  ///< when `method` is brute_force
  double tree_seconds = 0.0;                   ///< expected on one thread, the build included
  double brute_seconds = 0.0;
  double expected_leaves = 0.0;  ///< that a query of uniform points would visit
  std::string reason;            ///< one sentence for people
};

/// Chooses by the sizes alone: it does not look at the data. The expected number of leaves is that of uniform points, a
/// ball of k neighbours against cubes of one leaf (Steiner's formula); data of fewer intrinsic dimensions need fewer.
/// @param bytes  the size of a coordinate, and whether it is an integer
search_plan plan_search(std::int64_t points, std::int64_t dimensions, std::int64_t queries, std::int64_t k,
                        const metric& how, std::int64_t bytes, bool integer);

template <class T>
struct search_result {
  nearest_result<T> neighbors;
  search_plan plan;
  /// The plan and the work that was done, in two lines.
  [[nodiscard]] std::string explain() const;
};

struct search_options {
  metric how = {};
  shortage too_few = shortage::pad;
  exec::context context = exec::cpu();
};

/// The k nearest points of each query by the way the plan chooses. Index and distance do not depend on the choice.
template <class T>
search_result<T> search(view<const T, 2> points, view<const T, 2> queries, std::int64_t k,
                        const search_options& options = {});

}  // namespace credence::neighbors
