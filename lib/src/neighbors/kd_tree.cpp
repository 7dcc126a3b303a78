// SPDX-License-Identifier: BSD-3-Clause
#include "credence/neighbors/kd_tree.hpp"

#include "credence/base/check.hpp"
#include "credence/exec/for_each.hpp"

#include "neighbors/device_tree.hpp"
#include "neighbors/kd_storage.hpp"
#include "neighbors/query_cuda.hpp"
#include "neighbors/query_order.hpp"
#include "neighbors/query_ranges.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace credence::neighbors {

namespace {

using credence::detail::kd_storage;
using credence::detail::nearest_task;
using credence::detail::no_distance;
using credence::detail::query_task;

template <class T>
nearest_result<T> empty_result(const kd_storage<T>& tree, std::int64_t queries, std::int64_t k) {
  nearest_result<T> out;
  out.queries = queries;
  out.k = k;
  out.how = tree.how;
  out.indices.resize(static_cast<std::size_t>(queries * k));
  out.power_distances.resize(out.indices.size());
  return out;
}

/// The queries of a task on a device, in the order given by task.order, and their results back in place.
template <class T>
void nearest_on_device([[maybe_unused]] const exec::context& ctx, [[maybe_unused]] const kd_storage<T>& tree,
                       [[maybe_unused]] nearest_task<T> task, [[maybe_unused]] std::int64_t queries) {
#ifdef CREDENCE_HAVE_CUDA
  std::shared_ptr<const credence::detail::device_tree<T>> copy;
  {
    const std::lock_guard<std::mutex> lock(tree.device_guard);
    auto& kept = tree.on_devices[ctx.device];
    if (kept == nullptr) kept = std::make_shared<const credence::detail::device_tree<T>>(tree, ctx);
    copy = kept;
  }
  const std::int64_t d = tree.dimensions, portion = std::min<std::int64_t>(queries, std::int64_t{1} << 20);
  const std::int64_t threads = std::min<std::int64_t>(portion, 65536);
  exec::buffer<T> rows(ctx, portion * d);
  exec::buffer<std::int64_t> indices(ctx, portion * task.stride);
  exec::buffer<distance_t<T>> far(ctx, portion * task.stride);
  exec::buffer<char> memory(ctx, threads * credence::detail::cuda::device_bytes(task.tree, task.k));
  std::vector<T> host_rows(static_cast<std::size_t>(portion * d));
  std::vector<std::int64_t> host_indices(static_cast<std::size_t>(portion * task.stride));
  std::vector<distance_t<T>> host_far(host_indices.size());
  nearest_task<T> part = task;
  part.tree = copy->tree(tree);
  part.how.weights = tree.weights.empty() ? nullptr : copy->weights.data();
  part.queries = rows.data();
  part.order = nullptr;
  part.memory = memory.data();
  part.indices = indices.data();
  part.power_distances = far.data();
  const auto number = [&](std::int64_t i) { return task.order != nullptr ? task.order[i] : i; };
  for (std::int64_t first = 0; first < queries; first += portion) {
    const std::int64_t count = std::min(portion, queries - first);
    for (std::int64_t i = 0; i < count; ++i)
      std::copy_n(task.queries + number(first + i) * d, d, host_rows.data() + i * d);
    exec::copy(std::span<const T>(host_rows), rows);
    part.begin = 0;
    part.end = count;
    credence::detail::cuda::nearest_in_tree(ctx, part, std::min(threads, count));
    exec::copy(indices, std::span<std::int64_t>(host_indices));
    exec::copy(far, std::span<distance_t<T>>(host_far));
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t to = number(first + i) * task.stride, from = i * task.stride;
      std::copy_n(host_indices.data() + from, task.stride, task.indices + to);
      std::copy_n(host_far.data() + from, task.stride, task.power_distances + to);
    }
  }
#else
  throw not_built_error("kd_tree::nearest: this build has no CUDA");
#endif
}

}  // namespace

template <class T>
kd_tree<T>::kd_tree(view<const T, 2> points, const kd_tree_options& options) {
  check_context("kd_tree", options.context);
  check::at_least("kd_tree", "the number of points", points.extents[0], 1);
  credence::detail::check_points("kd_tree", "points", points);
  credence::detail::check_metric<T>("kd_tree", options.how, points.extents[1]);
  if (options.leaf_size < 0 || options.leaf_size > 1024) {
    check::fail_domain("kd_tree", "leaf_size", options.leaf_size, "from 1 to 1024, or 0 for the default");
  }
  auto made = std::make_shared<kd_storage<T>>();
  credence::detail::build_tree(*made, points, options);
  storage_ = std::move(made);
}

template <class T>
std::int64_t kd_tree<T>::size() const {
  return storage_->size;
}
template <class T>
std::int64_t kd_tree<T>::dimensions() const {
  return storage_->dimensions;
}
template <class T>
const metric& kd_tree<T>::how() const {
  return storage_->how;
}

template <class T>
nearest_result<T> kd_tree<T>::nearest(view<const T, 2> queries, std::int64_t k, const nearest_options& options) const {
  const kd_storage<T>& tree = *storage_;
  const bool on_device = options.context.where == exec::backend::cuda;
  check::at_least("kd_tree::nearest", "k", k, 1);
  check::non_negative("kd_tree::nearest", "epsilon", options.epsilon);
  if (options.too_few == shortage::error && k > tree.size) {
    check::fail_domain("kd_tree::nearest", "k", k, "at most the number of points, " + std::to_string(tree.size));
  }
  check_queries("kd_tree::nearest", tree, queries);
  std::vector<T> copy;
  const T* rows = credence::detail::packed_rows(queries, copy);
  const std::int64_t m = queries.extents[0];
  nearest_result<T> out = empty_result(tree, m, k);
  const exec::context host = on_device ? exec::cpu() : options.context;
  const auto order = credence::detail::order_of_queries(host, tree, rows, m, options.order);
  nearest_task<T> common;
  prepare(common, tree, options.epsilon);
  common.queries = rows;
  common.order = order.empty() ? nullptr : order.data();
  common.k = std::min(k, tree.size);
  common.stride = k;
  common.indices = out.indices.data();
  common.power_distances = out.power_distances.data();
  common.missing = no_distance<T>();
  if (on_device) {
    if (m > 0) nearest_on_device(options.context, tree, common, m);
    return out;
  }
  out.work = for_queries(options.context, m, credence::detail::query_memory(common.tree, common.k),
                         [&](std::int64_t begin, std::int64_t end, void* memory, auto& work) {
                           nearest_task<T> task = common;
                           task.begin = begin;
                           task.end = end;
                           task.memory = memory;
                           credence::detail::run_nearest(task);
                           work = task.work;
                         });
  return out;
}

template <class T>
std::int64_t kd_tree<T>::nearest(std::span<const T> query, std::span<std::int64_t> indices,
                                 std::span<distance> power_distances) const {
  const kd_storage<T>& tree = *storage_;
  if (static_cast<std::int64_t>(query.size()) != tree.dimensions) {
    check::same_size("kd_tree::nearest", "query", static_cast<std::int64_t>(query.size()), "a point", tree.dimensions);
  }
  check::same_size("kd_tree::nearest", "indices", static_cast<std::int64_t>(indices.size()), "power_distances",
                   static_cast<std::int64_t>(power_distances.size()));
  const std::int64_t k = std::min(static_cast<std::int64_t>(indices.size()), tree.size);
  if (k == 0) return 0;
  thread_local exec::buffer<char> memory;
  nearest_task<T> task;
  prepare(task, tree, 0.0);
  const std::int64_t bytes = credence::detail::query_memory(task.tree, k);
  if (memory.size() < bytes) memory = exec::buffer<char>(exec::cpu(1), 2 * bytes);
  task.queries = query.data();
  task.end = 1;
  task.memory = memory.data();
  task.k = k;
  task.stride = k;
  task.indices = indices.data();
  task.power_distances = power_distances.data();
  task.missing = no_distance<T>();
  credence::detail::run_nearest(task);
  return k;
}

template <class T>
nearest_result<T> kd_tree<T>::all_nearest(std::int64_t k, const nearest_options& options) const {
  const kd_storage<T>& tree = *storage_;
  check_context("kd_tree::all_nearest", options.context);
  check::at_least("kd_tree::all_nearest", "k", k, 1);
  check::non_negative("kd_tree::all_nearest", "epsilon", options.epsilon);
  if (options.too_few == shortage::error && k >= tree.size) {
    check::fail_domain("kd_tree::all_nearest", "k", k, "less than the number of points, " + std::to_string(tree.size));
  }
  const std::int64_t n = tree.size, d = tree.dimensions;
  nearest_result<T> out = empty_result(tree, n, k);
  // The points leaf by leaf: in this order queries share what is in the cache.
  std::vector<T> rows(static_cast<std::size_t>(n * d));
  std::vector<std::int64_t> number(static_cast<std::size_t>(n));
  const auto view = tree.tree();
  std::int64_t count = 0;
  const std::uint32_t mark = (1U << tree.dimension_bits) - 1U;
  std::vector<std::uint32_t> stack{0};
  while (!stack.empty()) {
    const auto node = view.nodes[stack.back()];
    stack.pop_back();
    const std::uint32_t link = node.word >> tree.dimension_bits;
    if ((node.word & mark) != mark) {
      stack.push_back(link + 1);
      stack.push_back(link);
      continue;
    }
    const std::int64_t size = static_cast<std::uint32_t>(node.payload) & ~credence::detail::equal_points_flag;
    const std::int64_t block = credence::detail::leaf_block, stride = (size + block - 1) / block * block;
    for (std::int64_t i = 0; i < size; ++i, ++count) {
      const std::int64_t place = link * block + i;
      number[static_cast<std::size_t>(count)] =
          view.ids32 != nullptr ? static_cast<std::int64_t>(view.ids32[place]) : view.ids64[place];
      for (std::int64_t j = 0; j < d; ++j) {
        rows[static_cast<std::size_t>(count * d + j)] = view.points[link * block * d + j * stride + i];
      }
    }
  }
  nearest_task<T> common;
  prepare(common, tree, options.epsilon);
  common.k = std::min(k + 1, n);
  common.stride = common.k;
  common.missing = no_distance<T>();
  out.work = for_queries(options.context, n, credence::detail::query_memory(common.tree, common.k),
                         [&](std::int64_t begin, std::int64_t end, void* memory, auto& work) {
                           nearest_task<T> task = common;
                           std::vector<std::int64_t> indices(static_cast<std::size_t>((end - begin) * task.k));
                           std::vector<distance_t<T>> far(indices.size());
                           task.queries = rows.data() + begin * d;
                           task.end = end - begin;
                           task.memory = memory;
                           task.indices = indices.data();
                           task.power_distances = far.data();
                           credence::detail::run_nearest(task);
                           work = task.work;
                           for (std::int64_t i = 0; i < end - begin; ++i) {
                             // k + 1 neighbours without the point itself, or without the last one where k others come
                             // before it.
                             const std::int64_t self = number[static_cast<std::size_t>(begin + i)];
                             auto to = static_cast<std::size_t>(self * k);
                             const std::size_t row_end = to + static_cast<std::size_t>(k);
                             for (std::int64_t c = 0; c < task.k && to < row_end; ++c) {
                               const auto from = static_cast<std::size_t>(i * task.k + c);
                               if (indices[from] == self) continue;
                               out.indices[to] = indices[from];
                               out.power_distances[to++] = far[from];
                             }
                             for (; to < row_end; ++to) {
                               out.indices[to] = -1;
                               out.power_distances[to] = no_distance<T>();
                             }
                           }
                         });
  return out;
}

template <class T>
typename kd_tree<T>::shape_info kd_tree<T>::info() const {
  const kd_storage<T>& tree = *storage_;
  const auto bytes = [](const auto& buffer) {
    return buffer.size() * static_cast<std::int64_t>(sizeof(*buffer.data()));
  };
  return {2 * tree.leaves - 1, tree.leaves, tree.largest_leaf,
          bytes(tree.nodes) + bytes(tree.points) + bytes(tree.ids32) + bytes(tree.ids64), tree.depth};
}

template <class T>
typename kd_tree<T>::split_info kd_tree<T>::root_split() const {
  const auto& root = storage_->nodes.data()[0];
  const std::uint32_t mark = (1U << storage_->dimension_bits) - 1U;
  if ((root.word & mark) == mark) return {};
  return {static_cast<std::int64_t>(root.word & mark), static_cast<double>(credence::detail::split_of(root))};
}

template class kd_tree<float>;
template class kd_tree<double>;
template class kd_tree<std::uint8_t>;
template class kd_tree<std::int8_t>;

}  // namespace credence::neighbors
