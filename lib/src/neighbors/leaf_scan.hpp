// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "neighbors/tree_walk.hpp"

/// Leaves, a vector of points at a time.
namespace credence::detail::CREDENCE_ISA {

/// Distances of scan_chunk points from `first` on, each by the definition.
template <class T, class Metric, int Fixed>
CREDENCE_INLINE void chunk_distances(const leaf_view<T>& leaf, std::int64_t first, int dimensions,
                                     const metric_view<T>& how, const T* query,
                                     typename lanes<T>::value (&sums)[scan_chunk / lanes<T>::width]) {
  using L = lanes<T>;
  using D = distance_t<T>;
  constexpr int vectors = scan_chunk / L::width;
  for (int v = 0; v < vectors; ++v) sums[v] = L::set(0);
  for (int j = 0; j < (Fixed > 0 ? Fixed : dimensions); ++j) {
    const T* row = leaf.points + j * leaf.stride + first;
    const typename L::value q = L::set(static_cast<D>(query[j]));
    const D weight = Metric::weighted ? how.weights[j] : D(1);
    for (int v = 0; v < vectors; ++v) {
      sums[v] = Metric::template step<L>(sums[v], L::sub(q, L::load(row + v * L::width)), weight, how.p);
    }
  }
}

/// Bit i is set where point i of the chunk is not farther than `worst`.
template <class T>
CREDENCE_INLINE std::uint32_t near_mask(const typename lanes<T>::value (&sums)[scan_chunk / lanes<T>::width],
                                        distance_t<T> worst, std::int64_t valid) {
  using L = lanes<T>;
  const typename L::value border = L::set(worst);
  std::uint32_t mask = 0;
  for (int v = 0; v < scan_chunk / L::width; ++v) mask |= L::not_above(sums[v], border) << (v * L::width);
  return valid >= scan_chunk ? mask : mask & ((1U << valid) - 1U);
}

template <class T>
CREDENCE_INLINE void store_chunk(const typename lanes<T>::value (&sums)[scan_chunk / lanes<T>::width],
                                 distance_t<T>* out) {
  for (int v = 0; v < scan_chunk / lanes<T>::width; ++v) lanes<T>::store(out + v * lanes<T>::width, sums[v]);
}

/// Visits leaves for a sink that takes single points: `worst`, `node_limit`, `offer(distance, index)`.
template <class T, class Metric, int Fixed, class Sink>
struct leaf_visitor {
  const tree_view<T>& tree;
  const metric_view<T>& how;
  const T* query;
  Sink& sink;
  work_counts& work;

  CREDENCE_INLINE distance_t<T> limit() const { return sink.node_limit; }

  CREDENCE_INLINE void leaf(const tree_node<T>& node) {
    const leaf_view<T> points = open_leaf(tree, node);
    ++work.leaves;
    if (points.all_equal) {
      equal_points(points);
      return;
    }
    work.distances += points.count;
    alignas(64) distance_t<T> far[scan_chunk];
    for (std::int64_t first = 0; first < points.count; first += scan_chunk) {
      typename lanes<T>::value sums[scan_chunk / lanes<T>::width];
      chunk_distances<T, Metric, Fixed>(points, first, tree.dimensions, how, query, sums);
      std::uint32_t mask = near_mask<T>(sums, sink.worst, points.count - first);
      if (mask == 0) continue;
      store_chunk<T>(sums, far);
      for (; mask != 0; mask &= mask - 1) {
        const int i = __builtin_ctz(mask);
        if (far[i] <= sink.worst) sink.offer(far[i], id_at(tree, points.place + first + i));
      }
    }
  }

  /// Their indices ascend: the first that does not matter ends the scan.
  void equal_points(const leaf_view<T>& points) {
    ++work.distances;
    const distance_t<T> far = one_distance<T, Metric, Fixed>(points, 0, tree.dimensions, how, query);
    for (std::int64_t i = 0; i < points.count && far <= sink.worst; ++i) {
      const std::int64_t id = id_at(tree, points.place + i);
      if (!sink.wants(far, id)) return;
      sink.offer(far, id);
    }
  }
};

}  // namespace credence::detail::CREDENCE_ISA
