// SPDX-License-Identifier: BSD-3-Clause
// The k nearest points of many queries, one thread a query. Walk, distances and lists are the functors of the CPU
// (tree_walk.hpp, metric_steps.hpp, nearest_sinks.hpp), a vector being one point: equal bits, equal indices.
// Launch: up to 65536 threads, thread t takes queries t, t + threads, ...; queries arrive in spatial order, so that the
// threads of a warp walk alike. Traffic: nodes and leaves through the cache, stacks and lists in global scratch memory.
#include "exec/device_loops.cuh"

#include "credence/base/portable_math.hpp"

// nvcc 13 stops with an internal error at __builtin_bit_cast of a type that depends on a template parameter.
namespace credence::detail {
template <class To, class From>
CREDENCE_HD To copy_of_bits(const From& from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  memcpy(&to, &from, sizeof to);
  return to;
}
}  // namespace credence::detail
#define __builtin_bit_cast(To, from) ::credence::detail::copy_of_bits<To>(from)

#include "neighbors/query_cuda.hpp"
#include "neighbors/tree_walk.hpp"

namespace credence::detail::cuda {

namespace {

using namespace credence::detail::CREDENCE_ISA;

/// Looks at the points of a leaf one after the other.
template <class T, class Metric, class Sink>
struct point_visitor {
  const tree_view<T>& tree;
  const metric_view<T>& how;
  const T* query;
  Sink& sink;

  CREDENCE_HD distance_t<T> limit() const { return sink.node_limit; }

  CREDENCE_HD void leaf(const tree_node<T>& node) {
    const leaf_view<T> points = open_leaf(tree, node);
    for (std::int64_t i = 0; i < points.count; ++i) {
      const distance_t<T> far = one_distance<T, Metric, 0>(points, i, tree.dimensions, how, query);
      if (!(far <= sink.worst)) {
        if (points.all_equal) return;
        continue;
      }
      const std::int64_t id = id_at(tree, points.place + i);
      // Indices of equal points ascend: the first that does not matter ends the leaf.
      if (points.all_equal && !sink.wants(far, id)) return;
      sink.offer(far, id);
    }
  }
};

/// All queries of one thread.
template <class T>
struct queries_of_thread {
  nearest_task<T> task;
  std::int64_t threads;
  std::int64_t bytes;  ///< scratch of one thread

  template <class Metric>
  CREDENCE_HD void run(std::int64_t thread) const {
    using D = distance_t<T>;
    using Key = wide_key<D>;
    using real = typename search_limit<D>::real;
    const search_limit<D> limit{static_cast<real>(task.limit_scale), static_cast<real>(task.limit_add)};
    char* memory = static_cast<char*>(task.memory) + thread * bytes;
    const std::int64_t stack_bytes =
        padded_bytes(stack_size(task.tree.depth) * static_cast<std::int64_t>(sizeof(pending_node<D>)));
    const walk_memory<T> walk{reinterpret_cast<pending_node<D>*>(memory), reinterpret_cast<D*>(memory + stack_bytes)};
    Key* keys = reinterpret_cast<Key*>(memory + walk_bytes(task.tree));
    for (std::int64_t q = task.begin + thread; q < task.end; q += threads) {
      const T* query = task.queries + q * task.tree.dimensions;
      nearest_sink<Key> sink(keys, task.k, task.start, limit);
      work_counts work;
      auto state = start_walk<T, Metric, 0>(task.tree, task.how, query, walk.offsets);
      point_visitor<T, Metric, nearest_sink<Key>> visitor{task.tree, task.how, query, sink};
      finish_walk<T, Metric>(task.tree, task.how, query, walk, state, work, visitor);
      sink.finish();
      for (std::int64_t i = 0; i < task.stride; ++i) {
        task.indices[q * task.stride + i] = i < sink.count ? keys[i].index() : -1;
        task.power_distances[q * task.stride + i] = i < sink.count ? keys[i].power_distance() : task.missing;
      }
    }
  }

  CREDENCE_HD void operator()(std::int64_t thread) const {
    with_metric<T>(task.how, [&](auto steps) { run<decltype(steps)>(thread); });
  }
};

}  // namespace

template <class T>
void nearest_in_tree(const exec::context& ctx, const nearest_task<T>& task, std::int64_t threads) {
  exec::device_for_each(ctx, threads, queries_of_thread<T>{task, threads, device_bytes(task.tree, task.k)});
  exec::cuda_check(cudaStreamSynchronize(exec::stream_of(ctx)), "kd_tree::nearest");
}
template void nearest_in_tree(const exec::context&, const nearest_task<float>&, std::int64_t);
template void nearest_in_tree(const exec::context&, const nearest_task<double>&, std::int64_t);
template void nearest_in_tree(const exec::context&, const nearest_task<std::uint8_t>&, std::int64_t);
template void nearest_in_tree(const exec::context&, const nearest_task<std::int8_t>&, std::int64_t);

}  // namespace credence::detail::cuda
