// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "neighbors/leaf_scan.hpp"
#include "neighbors/query_kernels.hpp"

/// The bodies of the kernels, instantiated by one source for each type of points.
namespace credence::detail::CREDENCE_ISA {

template <class T>
CREDENCE_INLINE walk_memory<T> memory_of_walk(const query_task<T>& task, std::int64_t walk) {
  char* start = static_cast<char*>(task.memory) + walk * walk_bytes(task.tree);
  const std::int64_t stack_bytes =
      padded_bytes(stack_size(task.tree.depth) * static_cast<std::int64_t>(sizeof(pending_node<distance_t<T>>)));
  return {reinterpret_cast<pending_node<distance_t<T>>*>(start), reinterpret_cast<distance_t<T>*>(start + stack_bytes)};
}

template <class T>
CREDENCE_INLINE search_limit<distance_t<T>> limit_of(const query_task<T>& task) {
  using real = typename search_limit<distance_t<T>>::real;
  return {static_cast<real>(task.limit_scale), static_cast<real>(task.limit_add)};
}

template <class T>
CREDENCE_INLINE std::int64_t query_number(const query_task<T>& task, std::int64_t i) {
  return task.order != nullptr ? task.order[i] : i;
}

template <class T, class Key>
void write_neighbours(const nearest_task<T>& task, std::int64_t query, const Key* keys, std::int64_t count) {
  std::int64_t* indices = task.indices + query * task.stride;
  distance_t<T>* far = task.power_distances + query * task.stride;
  for (std::int64_t i = 0; i < count; ++i) {
    indices[i] = keys[i].index();
    far[i] = keys[i].power_distance();
  }
  for (std::int64_t i = count; i < task.stride; ++i) {
    indices[i] = -1;
    far[i] = task.missing;
  }
  if (task.found != nullptr) task.found[query] = count;
}

/// First descents of up to walk_group queries side by side, so that their cache misses overlap; then each walk is
/// finished by itself.
template <class T, class Metric, int Fixed, class Finish>
CREDENCE_INLINE void walk_queries(query_task<T>& task, distance_t<T> limit, const Finish& finish) {
  using D = distance_t<T>;
  const tree_view<T>& tree = task.tree;
  const std::uint32_t leaf_mark = (1U << tree.dimension_bits) - 1U;
  const int dimensions = Fixed > 0 ? Fixed : tree.dimensions;
  for (std::int64_t first = task.begin; first < task.end; first += walk_group) {
    const std::int64_t group = task.end - first < walk_group ? task.end - first : walk_group;
    walk_state<D> states[walk_group];
    walk_memory<T> memory[walk_group];
    const T* queries[walk_group];
    std::int64_t numbers[walk_group];
    for (std::int64_t g = 0; g < group; ++g) {
      numbers[g] = query_number(task, first + g);
      queries[g] = task.queries + numbers[g] * dimensions;
      memory[g] = memory_of_walk(task, g);
      states[g] = start_walk<T, Metric, Fixed>(tree, task.how, queries[g], memory[g].offsets);
    }
    if (group > 1) {
      for (std::int64_t walking = group; walking > 0;) {
        walking = 0;
        for (std::int64_t g = 0; g < group; ++g) {
          const tree_node<T> node = tree.nodes[states[g].at];
          const std::uint32_t dimension = node.word & leaf_mark;
          if (dimension == leaf_mark) continue;
          ++task.work.nodes;
          ++walking;
          step_down<T, Metric>(tree, task.how, queries[g], node, dimension, limit, memory[g], states[g]);
          __builtin_prefetch(tree.nodes + states[g].at);
        }
      }
      for (std::int64_t g = 0; g < group; ++g) {
        const leaf_view<T> leaf = open_leaf(tree, tree.nodes[states[g].at]);
        const char* data = reinterpret_cast<const char*>(leaf.points);
        const std::int64_t bytes = leaf.stride * dimensions * static_cast<std::int64_t>(sizeof(T));
        for (std::int64_t b = 0; b < bytes && b < 512; b += 64) __builtin_prefetch(data + b);
      }
    }
    for (std::int64_t g = 0; g < group; ++g) finish(numbers[g], queries[g], memory[g], states[g]);
  }
}

template <class T, class Key, class Metric, int Fixed>
void nearest_walks(nearest_task<T>& task) {
  const search_limit<distance_t<T>> limit = limit_of(task);
  Key* keys = reinterpret_cast<Key*>(static_cast<char*>(task.memory) + walk_group * walk_bytes(task.tree));
  work_counts work;
  const auto run = [&](auto& sink, const T* query, const walk_memory<T>& memory, walk_state<distance_t<T>>& state) {
    leaf_visitor<T, Metric, Fixed, std::remove_reference_t<decltype(sink)>> visitor{task.tree, task.how, query, sink,
                                                                                    work};
    finish_walk<T, Metric>(task.tree, task.how, query, memory, state, work, visitor);
  };
  if (task.k == 1) {
    walk_queries<T, Metric, Fixed>(task, limit.of(task.start),
                                   [&](std::int64_t number, const T* query, const walk_memory<T>& memory, auto& state) {
                                     one_sink<Key> sink(task.start, limit);
                                     run(sink, query, memory, state);
                                     write_neighbours(task, number, &sink.border, sink.found ? 1 : 0);
                                   });
  } else {
    walk_queries<T, Metric, Fixed>(task, limit.of(task.start),
                                   [&](std::int64_t number, const T* query, const walk_memory<T>& memory, auto& state) {
                                     nearest_sink<Key> sink(keys, task.k, task.start, limit);
                                     run(sink, query, memory, state);
                                     sink.finish();
                                     write_neighbours(task, number, keys, sink.count);
                                   });
  }
  task.work.nodes += work.nodes;
  task.work.leaves += work.leaves;
  task.work.distances += work.distances;
}

/// The dimensions with a kernel of their own: those of geometry, where the loop over them is all there is.
template <class T, class Metric, class F>
CREDENCE_INLINE void with_dimension(std::int32_t dimensions, const F& f) {
  if constexpr (std::is_floating_point_v<T> && !Metric::weighted && Metric::kind != metric_kind::minkowski) {
    if constexpr (Metric::kind == metric_kind::euclidean) {
      switch (dimensions) {
        case 4:
          return f(std::integral_constant<int, 4>{});
        case 6:
          return f(std::integral_constant<int, 6>{});
        case 8:
          return f(std::integral_constant<int, 8>{});
        default:
          break;
      }
    }
    if (dimensions == 2) return f(std::integral_constant<int, 2>{});
    if (dimensions == 3) return f(std::integral_constant<int, 3>{});
  }
  f(std::integral_constant<int, 0>{});
}

template <class T>
CREDENCE_INLINE void nearest_with(nearest_task<T>& task) {
  using D = distance_t<T>;
  with_metric<T>(task.how, [&](auto steps) {
    using Metric = decltype(steps);
    if (sizeof(D) == 8 || task.tree.ids32 == nullptr) return nearest_walks<T, wide_key<D>, Metric, 0>(task);
    if constexpr (sizeof(D) == 4) {
      with_dimension<T, Metric>(task.tree.dimensions, [&](auto fixed) {
        nearest_walks<T, packed_key<D>, Metric, decltype(fixed)::value>(task);
      });
    }
  });
}
/// Doubles have wide keys always.
template <>
CREDENCE_INLINE void nearest_with<double>(nearest_task<double>& task) {
  with_metric<double>(task.how, [&](auto steps) {
    using Metric = decltype(steps);
    with_dimension<double, Metric>(task.tree.dimensions, [&](auto fixed) {
      nearest_walks<double, wide_key<double>, Metric, decltype(fixed)::value>(task);
    });
  });
}

/// Collects all that are near enough.
template <class T>
struct range_sink {
  range_task<T>& task;
  std::int64_t query;
  std::int64_t* indices;
  distance_t<T>* far;
  distance_t<T> worst;
  distance_t<T> node_limit;
  std::int64_t count = 0;

  bool wants(distance_t<T>, std::int64_t) const { return true; }
  void offer(distance_t<T> d, std::int64_t index) {
    indices[count] = index;
    far[count] = d;
    if (++count == range_task<T>::portion) flush();
  }
  void flush() {
    task.receive(task.receiver, query, indices, far, count);
    count = 0;
  }
};

template <class T>
CREDENCE_INLINE void within_with(range_task<T>& task) {
  with_metric<T>(task.how, [&](auto steps) {
    using Metric = decltype(steps);
    const auto walks = [&](auto fixed) {
      constexpr int Fixed = decltype(fixed)::value;
      char* memory = static_cast<char*>(task.memory) + walk_group * walk_bytes(task.tree);
      auto* indices = reinterpret_cast<std::int64_t*>(memory);
      auto* far = reinterpret_cast<distance_t<T>*>(memory + range_task<T>::portion * 8);
      const distance_t<T> limit = limit_of(task).of(task.start);
      work_counts work;
      walk_queries<T, Metric, Fixed>(
          task, limit, [&](std::int64_t number, const T* query, const walk_memory<T>& walk, auto& state) {
            range_sink<T> sink{task, number, indices, far, task.start, limit};
            if (!(state.bound > limit)) {
              leaf_visitor<T, Metric, Fixed, range_sink<T>> visitor{task.tree, task.how, query, sink, work};
              finish_walk<T, Metric>(task.tree, task.how, query, walk, state, work, visitor);
            }
            sink.flush();
          });
      task.work.nodes += work.nodes;
      task.work.leaves += work.leaves;
      task.work.distances += work.distances;
    };
    if constexpr (std::is_floating_point_v<T> && !Metric::weighted && Metric::kind == metric_kind::euclidean) {
      if (task.tree.dimensions == 2) return walks(std::integral_constant<int, 2>{});
      if (task.tree.dimensions == 3) return walks(std::integral_constant<int, 3>{});
    }
    walks(std::integral_constant<int, 0>{});
  });
}

template <class T>
void box_of_query(box_task<T>& task, std::int64_t query) {
  using L = lanes<T>;
  const tree_view<T>& tree = task.tree;
  const std::uint32_t leaf_mark = (1U << tree.dimension_bits) - 1U;
  const T* low = task.low + query * tree.dimensions;
  const T* high = task.high + query * tree.dimensions;
  std::int64_t indices[range_task<T>::portion];
  std::int64_t count = 0;
  auto* stack = reinterpret_cast<std::uint32_t*>(task.memory);
  std::int64_t top = 0;
  stack[top++] = 0;
  while (top > 0) {
    const tree_node<T> node = tree.nodes[stack[--top]];
    const std::uint32_t dimension = node.word & leaf_mark;
    if (dimension != leaf_mark) {
      ++task.work.nodes;
      const std::uint32_t child = node.word >> tree.dimension_bits;
      if (!(static_cast<distance_t<T>>(high[dimension]) < split_of(node))) stack[top++] = child + 1;
      if (static_cast<distance_t<T>>(low[dimension]) <= split_of(node)) stack[top++] = child;
      continue;
    }
    const leaf_view<T> leaf = open_leaf(tree, node);
    ++task.work.leaves;
    task.work.distances += leaf.count;
    for (std::int64_t first = 0; first < leaf.count; first += scan_chunk) {
      std::uint32_t mask = leaf.count - first >= scan_chunk ? 0xFFFFFFFFU : (1U << (leaf.count - first)) - 1U;
      for (int j = 0; j < tree.dimensions && mask != 0; ++j) {
        const T* row = leaf.points + j * leaf.stride + first;
        const auto least = L::set(low[j]), most = L::set(high[j]);
        std::uint32_t inside = 0;
        for (int v = 0; v < scan_chunk / L::width; ++v) {
          const auto x = L::load(row + v * L::width);
          inside |= (L::not_above(least, x) & L::not_above(x, most)) << (v * L::width);
        }
        mask &= inside;
      }
      for (; mask != 0; mask &= mask - 1) {
        indices[count] = id_at(tree, leaf.place + first + __builtin_ctz(mask));
        if (++count == range_task<T>::portion) {
          task.receive(task.receiver, query, indices, count);
          count = 0;
        }
      }
    }
  }
  task.receive(task.receiver, query, indices, count);
}

template <class T>
CREDENCE_INLINE void box_with(box_task<T>& task) {
  for (std::int64_t q = task.begin; q < task.end; ++q) box_of_query(task, q);
}

}  // namespace credence::detail::CREDENCE_ISA
