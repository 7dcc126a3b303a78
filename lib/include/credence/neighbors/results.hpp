// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/neighbors/metric.hpp"

#include <cstdint>
#include <span>
#include <vector>

/// What searches return. Neighbours are ordered by (power distance, index): of equally far points the one of smaller
/// index comes first, and is kept where only one of them can be.
namespace credence::neighbors {

/// What a search did. Counts depend on the tree and the queries only, never on threads; blocks of points that a
/// vector instruction handles together count as points.
struct search_work {
  std::int64_t nodes = 0;      ///< inner nodes passed
  std::int64_t leaves = 0;     ///< leaves scanned
  std::int64_t distances = 0;  ///< distances computed

  search_work& operator+=(const search_work& other) {
    nodes += other.nodes;
    leaves += other.leaves;
    distances += other.distances;
    return *this;
  }
  friend bool operator==(const search_work&, const search_work&) = default;
};

/// k neighbours of each query, in row-major (queries, k).
template <class T>
struct nearest_result {
  using distance = distance_t<T>;

  std::int64_t queries = 0;
  std::int64_t k = 0;
  std::vector<std::int64_t> indices;      ///< -1 where there is no such neighbour
  std::vector<distance> power_distances;  ///< infinity (bytes: the largest integer) where there is none
  metric how;
  search_work work;

  /// The power distances, which are squared distances in the euclidean metric.
  /// @throws domain_error  in another metric
  [[nodiscard]] std::span<const distance> squared_distances() const;
  /// True distances, (queries, k).
  [[nodiscard]] std::vector<double> distances() const;
};

/// Any number of neighbours of each query: those of query q are at offsets[q] up to offsets[q + 1].
template <class T>
struct range_result {
  using distance = distance_t<T>;

  std::vector<std::int64_t> offsets;      ///< queries + 1
  std::vector<std::int64_t> indices;      ///< by (power distance, index); of a box search by index
  std::vector<distance> power_distances;  ///< of a box search empty
  metric how;
  search_work work;

  [[nodiscard]] std::int64_t queries() const { return static_cast<std::int64_t>(offsets.size()) - 1; }
  [[nodiscard]] std::span<const std::int64_t> of(std::int64_t query) const {
    const auto begin = static_cast<std::size_t>(offsets[static_cast<std::size_t>(query)]);
    const auto end = static_cast<std::size_t>(offsets[static_cast<std::size_t>(query) + 1]);
    return std::span<const std::int64_t>(indices).subspan(begin, end - begin);
  }
  /// True distances. @throws domain_error  for a box search, which has none
  [[nodiscard]] std::vector<double> distances() const;
};

}  // namespace credence::neighbors
