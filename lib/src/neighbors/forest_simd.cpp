// SPDX-License-Identifier: BSD-3-Clause
#include "neighbors/forest_kernels.hpp"
#include "neighbors/leaf_scan.hpp"

namespace credence::detail::CREDENCE_ISA {

namespace {

/// Keys that are offered twice, by two trees, are kept once.
template <class Key>
struct distinct_sink : nearest_sink<Key> {
  using nearest_sink<Key>::nearest_sink;
  void offer(typename Key::distance d, std::int64_t index) {
    for (std::int64_t i = 0; i < this->count; ++i) {
      if (this->keys[i].index() == index) return;
    }
    nearest_sink<Key>::offer(d, index);
  }
};

/// Entries by bound, the least on top.
template <class D>
struct bin_queue {
  bin_entry<D>* entries;
  std::int32_t* heap;
  std::int64_t size = 0;
  std::int32_t made = 0;

  void push(const bin_entry<D>& entry) {
    entries[made] = entry;
    std::int64_t at = size++;
    for (; at > 0 && entry.bound < entries[heap[(at - 1) / 2]].bound; at = (at - 1) / 2) heap[at] = heap[(at - 1) / 2];
    heap[at] = made++;
  }

  std::int32_t pop() {
    const std::int32_t top = heap[0], last = heap[--size];
    std::int64_t at = 0;
    for (std::int64_t child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && entries[heap[child + 1]].bound < entries[heap[child]].bound) ++child;
      if (!(entries[heap[child]].bound < entries[last].bound)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = last;
    return top;
  }
};

template <class T, class Metric>
struct forest_search {
  using D = distance_t<T>;
  using Sink = distinct_sink<wide_key<D>>;
  forest_task<T>& task;
  const T* query;
  Sink& sink;
  bin_queue<D>& queue;
  work_counts& work;

  /// Down from a node to a leaf; what is left aside goes to the queue.
  void walk(std::int32_t tree_number, std::int32_t entry, std::uint32_t node_number, D bound) {
    const tree_view<T>& tree = task.trees[tree_number];
    const std::uint32_t mark = (1U << tree.dimension_bits) - 1U;
    for (std::int32_t e = entry; e >= 0; e = queue.entries[e].before) {
      D& offset = task.offsets[queue.entries[e].dimension];
      if (offset < queue.entries[e].offset) offset = queue.entries[e].offset;
    }
    tree_node<T> node = tree.nodes[node_number];
    for (std::uint32_t dimension = node.word & mark; dimension != mark; dimension = node.word & mark) {
      ++work.nodes;
      const std::uint32_t child = node.word >> tree.dimension_bits;
      const D t = static_cast<D>(query[dimension]) - split_of(node);
      const std::uint32_t right = t >= 0 ? 1 : 0;
      const D offset = one_lane<T>::abs(t);
      const D weight = Metric::weighted ? task.how.weights[dimension] : D(1);
      const D far = Metric::template raise<T>(bound, task.offsets[dimension], offset, weight, task.how.p);
      if (far > sink.node_limit) {
        if (far < task.least[tree_number]) task.least[tree_number] = far;
      } else {
        queue.push({far, offset, child + (1 - right), dimension, entry, tree_number});
      }
      node = tree.nodes[child + right];
    }
    leaf_visitor<T, Metric, 0, Sink> visitor{tree, task.how, query, sink, work};
    visitor.leaf(node);
    for (std::int32_t e = entry; e >= 0; e = queue.entries[e].before) {
      task.offsets[queue.entries[e].dimension] = task.offsets[task.trees[0].dimensions + queue.entries[e].dimension];
    }
  }

  void run(D bound) {
    std::int64_t leaves = 0;
    for (std::int32_t t = 0; t < task.tree_count; ++t, ++leaves) walk(t, -1, 0, bound);
    while (queue.size > 0 && leaves < task.max_leaves) {
      const std::int32_t entry = queue.pop();
      const bin_entry<D> now = queue.entries[entry];
      if (now.bound > sink.node_limit) {  // so are all others
        queue.push(now);
        break;
      }
      walk(now.tree, entry, now.node, now.bound);
      ++leaves;
    }
    for (std::int64_t i = 0; i < queue.size; ++i) {
      const bin_entry<D>& rest = queue.entries[queue.heap[i]];
      const D bound_of_rest = rest.bound == rest.bound ? rest.bound : D(0);  // overflow proves nothing
      if (bound_of_rest < task.least[rest.tree]) task.least[rest.tree] = bound_of_rest;
    }
  }
};

template <class T, class Metric>
void search_forest(forest_task<T>& task) {
  using D = distance_t<T>;
  using Key = wide_key<D>;
  using real = typename search_limit<D>::real;
  const std::int64_t d = task.trees[0].dimensions;
  const search_limit<D> limit{static_cast<real>(task.limit_scale), static_cast<real>(task.limit_add)};
  for (std::int64_t q = task.begin; q < task.end; ++q) {
    const T* query = task.queries + q * d;
    distinct_sink<Key> sink(static_cast<Key*>(task.keys), task.k, task.missing, limit);
    bin_queue<D> queue{task.entries, task.heap};
    const auto start = start_walk<T, Metric, 0>(task.trees[0], task.how, query, task.offsets);
    for (std::int64_t j = 0; j < d; ++j) task.offsets[d + j] = task.offsets[j];
    for (std::int64_t t = 0; t < task.tree_count; ++t) task.least[t] = task.missing;
    forest_search<T, Metric>{task, query, sink, queue, task.work}.run(start.bound);
    sink.finish();
    const std::int64_t row = q * task.stride;
    for (std::int64_t i = 0; i < task.stride; ++i) {
      task.indices[row + i] = i < sink.count ? sink.keys[i].index() : -1;
      task.power_distances[row + i] = i < sink.count ? sink.keys[i].power_distance() : task.missing;
    }
    // What every tree missed is at least as far as what the best of them missed.
    D least = 0;
    for (std::int64_t t = 0; t < task.tree_count; ++t) least = least < task.least[t] ? task.least[t] : least;
    if constexpr (std::is_floating_point_v<D>) {
      const D rounded = (least - limit.add) / limit.scale;  // what rounding may have added
      task.lower_bounds[q] = least == task.missing ? least : (rounded > 0 ? rounded : D(0));
    } else {
      task.lower_bounds[q] = least;
    }
  }
}

template <class T>
void forest_with(forest_task<T>& task) {
  with_metric<T>(task.how, [&](auto steps) { search_forest<T, decltype(steps)>(task); });
}

}  // namespace

void best_bins_first(forest_task<float>& task) { forest_with(task); }
void best_bins_first(forest_task<double>& task) { forest_with(task); }
void best_bins_first(forest_task<std::uint8_t>& task) { forest_with(task); }
void best_bins_first(forest_task<std::int8_t>& task) { forest_with(task); }

}  // namespace credence::detail::CREDENCE_ISA
