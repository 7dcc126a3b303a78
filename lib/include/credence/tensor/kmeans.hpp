// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/random/key.hpp"
#include "credence/tensor/tensor.hpp"

namespace credence {

struct kmeans_options {
  int max_iterations = 300;
  double tolerance = 0.0;  ///< stop when no centre moves by more than this (Euclidean); 0: when assignments settle
};

enum class kmeans_stop : std::uint8_t { settled, centres_close, max_iterations };

struct kmeans_result {
  tensor<double> centres;            ///< (k, d)
  tensor<std::int64_t> assignments;  ///< (n): the nearest centre; ties to the smaller number
  double inertia = 0.0;              ///< sum of squared distances to the nearest centre
  int iterations = 0;                ///< Lloyd steps taken
  kmeans_stop why = kmeans_stop::max_iterations;
};

/// First centres by the k-means++ rule: each next one is a point drawn with probability proportional to its squared
/// distance from the nearest centre so far. Draw number r is the number of `key` at index r.
/// @param points  (n, d), finite
/// @throws shape_error   when points is not a matrix
/// @throws domain_error  unless 1 <= k <= n and points are finite
/// @source Arthur and Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007
tensor<double> kmeans_initial_centres(const exec::context& ctx, rng_key key, array_view<const double> points,
                                      std::int64_t k);

/// Lloyd's algorithm from given centres (k, d). A centre that loses all its points moves to the point farthest from its
/// own centre (ties: the smallest number). The same bits on any number of threads.
kmeans_result kmeans(const exec::context& ctx, array_view<const double> points, array_view<const double> centres,
                     const kmeans_options& options = {});

/// Both: k-means++ centres, then Lloyd's algorithm.
kmeans_result kmeans(const exec::context& ctx, rng_key key, array_view<const double> points, std::int64_t k,
                     const kmeans_options& options = {});

}  // namespace credence
