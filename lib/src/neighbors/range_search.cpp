// SPDX-License-Identifier: BSD-3-Clause
// Searches of a kd-tree whose number of answers is not known before: within a radius and within a box.
#include "credence/neighbors/kd_tree.hpp"

#include "neighbors/kd_storage.hpp"
#include "neighbors/query_order.hpp"
#include "neighbors/query_ranges.hpp"

#include <algorithm>

namespace credence::neighbors {

namespace {

using credence::detail::box_task;
using credence::detail::kd_storage;
using credence::detail::nearest_task;
using credence::detail::no_distance;
using credence::detail::query_task;
using credence::detail::range_task;

/// Portions of neighbours of many queries, gathered by one task.
template <class T>
struct gathered {
  std::vector<std::int64_t> indices;
  std::vector<distance_t<T>> far;
  std::vector<std::int64_t> begin;  ///< where each query of the task starts
  std::int64_t current = -1;
};

/// Joins what tasks gathered into one list of lists, in the order of the queries.
template <class T>
void join_ranges(const exec::context& ctx, range_result<T>& out, std::vector<gathered<T>>& parts,
                 const std::vector<std::int64_t>& order, std::int64_t queries, bool with_distances) {
  out.offsets.assign(static_cast<std::size_t>(queries) + 1, 0);
  const auto number = [&](std::int64_t i) { return order.empty() ? i : order[static_cast<std::size_t>(i)]; };
  const auto tasks = static_cast<std::int64_t>(parts.size());
  for (std::int64_t t = 0; t < tasks; ++t) {
    const auto& begin = parts[static_cast<std::size_t>(t)].begin;
    for (std::size_t i = 0; i + 1 < begin.size(); ++i) {
      out.offsets[static_cast<std::size_t>(number(t * queries_of_task + static_cast<std::int64_t>(i))) + 1] =
          begin[i + 1] - begin[i];
    }
  }
  for (std::size_t q = 0; q < static_cast<std::size_t>(queries); ++q) out.offsets[q + 1] += out.offsets[q];
  out.indices.resize(static_cast<std::size_t>(out.offsets.back()));
  if (with_distances) out.power_distances.resize(out.indices.size());
  exec::for_each_task(ctx, tasks, [&](std::int64_t t) {
    gathered<T>& part = parts[static_cast<std::size_t>(t)];
    std::vector<std::pair<distance_t<T>, std::int64_t>> sorted;
    for (std::size_t i = 0; i + 1 < part.begin.size(); ++i) {
      const auto from = static_cast<std::size_t>(part.begin[i]), end = static_cast<std::size_t>(part.begin[i + 1]);
      auto to = static_cast<std::size_t>(
          out.offsets[static_cast<std::size_t>(number(t * queries_of_task + static_cast<std::int64_t>(i)))]);
      sorted.clear();
      for (std::size_t at = from; at < end; ++at) {
        sorted.emplace_back(with_distances ? part.far[at] : distance_t<T>(0), part.indices[at]);
      }
      std::sort(sorted.begin(), sorted.end());
      for (const auto& [far, index] : sorted) {
        out.indices[to] = index;
        if (with_distances) out.power_distances[to] = far;
        ++to;
      }
    }
    part = {};
  });
}

}  // namespace

template <class T>
range_result<T> kd_tree<T>::within(view<const T, 2> queries, double radius, const radius_options& options) const {
  const kd_storage<T>& tree = *storage_;
  check_context("kd_tree::within", options.context);
  if (!(radius >= 0.0)) check::fail_domain("kd_tree::within", "radius", radius, "zero or positive");
  check::at_least("kd_tree::within", "limit", options.limit, 0);
  check_queries("kd_tree::within", tree, queries);
  std::vector<T> copy;
  const T* rows = credence::detail::packed_rows(queries, copy);
  const std::int64_t m = queries.extents[0];
  const auto order = credence::detail::order_of_queries(options.context, tree, rows, m, options.order);
  const std::int64_t tasks = (m + queries_of_task - 1) / queries_of_task;
  const distance_t<T> start = credence::detail::power_of_radius<T>(tree.how, radius);
  std::vector<gathered<T>> parts(static_cast<std::size_t>(tasks));
  range_result<T> out;
  out.how = tree.how;
  const std::int64_t k = std::min(options.limit, tree.size);
  const auto fill_common = [&](query_task<T>& task, std::int64_t begin, std::int64_t end, void* memory) {
    prepare(task, tree, 0.0);
    task.start = start;
    task.queries = rows;
    task.order = order.empty() ? nullptr : order.data();
    task.begin = begin;
    task.end = end;
    task.memory = memory;
  };
  const auto number = [&](std::int64_t i) { return order.empty() ? i : order[static_cast<std::size_t>(i)]; };
  out.work = for_queries(options.context, m, credence::detail::query_memory(tree.tree(), std::max<std::int64_t>(k, 1)),
                         [&](std::int64_t begin, std::int64_t end, void* memory, auto& work) {
                           gathered<T>& part = parts[static_cast<std::size_t>(begin / queries_of_task)];
                           part.begin.push_back(0);
                           if (k > 0) {  // the nearest k within the radius, one query at a time into the list
                             std::vector<std::int64_t> indices(static_cast<std::size_t>(k));
                             std::vector<distance_t<T>> far(indices.size());
                             for (std::int64_t i = begin; i < end; ++i) {
                               nearest_task<T> task;
                               fill_common(task, 0, 1, memory);
                               task.order = nullptr;
                               task.queries = rows + number(i) * tree.dimensions;
                               task.k = task.stride = k;
                               task.indices = indices.data();
                               task.power_distances = far.data();
                               task.missing = no_distance<T>();
                               std::int64_t found = 0;
                               task.found = &found;
                               credence::detail::run_nearest(task);
                               part.indices.insert(part.indices.end(), indices.begin(), indices.begin() + found);
                               part.far.insert(part.far.end(), far.begin(), far.begin() + found);
                               part.begin.push_back(static_cast<std::int64_t>(part.indices.size()));
                               work.nodes += task.work.nodes;
                               work.leaves += task.work.leaves;
                               work.distances += task.work.distances;
                             }
                             return;
                           }
                           range_task<T> task;
                           fill_common(task, begin, end, memory);
                           task.receiver = &part;
                           task.receive = [](void* receiver, std::int64_t query, const std::int64_t* indices,
                                             const distance_t<T>* far, std::int64_t count) {
                             auto& to = *static_cast<gathered<T>*>(receiver);
                             if (to.current >= 0 && query != to.current)
                               to.begin.push_back(static_cast<std::int64_t>(to.indices.size()));
                             to.current = query;
                             to.indices.insert(to.indices.end(), indices, indices + count);
                             to.far.insert(to.far.end(), far, far + count);
                           };
                           credence::detail::run_within(task);
                           part.begin.push_back(static_cast<std::int64_t>(part.indices.size()));
                           work = task.work;
                         });
  join_ranges(options.context, out, parts, order, m, true);
  return out;
}

template <class T>
range_result<T> kd_tree<T>::within_box(view<const T, 2> low, view<const T, 2> high,
                                       const exec::context& context) const {
  const kd_storage<T>& tree = *storage_;
  const char* where = "kd_tree::within_box";
  check_context(where, context);
  check::same_size(where, "low", low.extents[0], "high", high.extents[0]);
  for (const auto* corner : {&low, &high}) {
    check::same_size(where, "a corner", corner->extents[1], "a point", tree.dimensions);
    for (std::int64_t i = 0; i < corner->extents[0]; ++i) {
      for (std::int64_t j = 0; j < corner->extents[1]; ++j) {
        const T x = (*corner)(i, j);
        if (!(x == x)) check::fail_domain(where, "a corner", static_cast<double>(x), "a number");
      }
    }
  }
  std::vector<T> copies[2];
  const T* lows = credence::detail::packed_rows(low, copies[0]);
  const T* highs = credence::detail::packed_rows(high, copies[1]);
  const std::int64_t m = low.extents[0];
  range_result<T> out;
  out.how = tree.how;
  std::vector<gathered<T>> parts(static_cast<std::size_t>((m + queries_of_task - 1) / queries_of_task));
  out.work = for_queries(context, m, credence::detail::query_memory(tree.tree(), 1),
                         [&](std::int64_t begin, std::int64_t end, void* memory, auto& work) {
                           gathered<T>& part = parts[static_cast<std::size_t>(begin / queries_of_task)];
                           part.begin.push_back(0);
                           box_task<T> task;
                           prepare(task, tree, 0.0);
                           task.low = lows;
                           task.high = highs;
                           task.begin = begin;
                           task.end = end;
                           task.memory = memory;
                           task.receiver = &part;
                           task.receive = [](void* receiver, std::int64_t query, const std::int64_t* indices,
                                             std::int64_t count) {
                             auto& to = *static_cast<gathered<T>*>(receiver);
                             if (to.current >= 0 && query != to.current) {
                               to.begin.push_back(static_cast<std::int64_t>(to.indices.size()));
                             }
                             to.current = query;
                             to.indices.insert(to.indices.end(), indices, indices + count);
                           };
                           credence::detail::run_box(task);
                           part.begin.push_back(static_cast<std::int64_t>(part.indices.size()));
                           work = task.work;
                         });
  join_ranges(context, out, parts, {}, m, false);
  return out;
}

template range_result<float> kd_tree<float>::within(view<const float, 2>, double, const radius_options&) const;
template range_result<float> kd_tree<float>::within_box(view<const float, 2>, view<const float, 2>,
                                                        const exec::context&) const;
template range_result<double> kd_tree<double>::within(view<const double, 2>, double, const radius_options&) const;
template range_result<double> kd_tree<double>::within_box(view<const double, 2>, view<const double, 2>,
                                                          const exec::context&) const;
template range_result<std::uint8_t> kd_tree<std::uint8_t>::within(view<const std::uint8_t, 2>, double,
                                                                  const radius_options&) const;
template range_result<std::uint8_t> kd_tree<std::uint8_t>::within_box(view<const std::uint8_t, 2>,
                                                                      view<const std::uint8_t, 2>,
                                                                      const exec::context&) const;
template range_result<std::int8_t> kd_tree<std::int8_t>::within(view<const std::int8_t, 2>, double,
                                                                const radius_options&) const;
template range_result<std::int8_t> kd_tree<std::int8_t>::within_box(view<const std::int8_t, 2>,
                                                                    view<const std::int8_t, 2>,
                                                                    const exec::context&) const;

}  // namespace credence::neighbors
