// SPDX-License-Identifier: BSD-3-Clause
// What every batched search of a tree does: checks its queries, sets up its task, and runs over ranges of queries.
#pragma once

#include "credence/neighbors/results.hpp"

#include "credence/base/check.hpp"
#include "credence/exec/buffer.hpp"
#include "credence/exec/for_each.hpp"

#include "neighbors/kd_storage.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace credence::neighbors {

inline constexpr std::int64_t queries_of_task = 1024;

inline void check_context(const char* where, const exec::context& ctx) {
  if (ctx.where != exec::backend::cpu) throw device_error(std::string(where) + ": this search runs on the CPU only");
}

template <class T>
void check_queries(const char* where, const credence::detail::kd_storage<T>& tree, const view<const T, 2>& queries) {
  if (queries.extents[1] != tree.dimensions) {
    check::fail_shape(where, "queries have " + std::to_string(queries.extents[1]) +
                                 " dimensions, but the points have " + std::to_string(tree.dimensions));
  }
  credence::detail::check_points(where, "queries", queries);
}

template <class T>
void prepare(credence::detail::query_task<T>& task, const credence::detail::kd_storage<T>& tree, double epsilon) {
  task.tree = tree.tree();
  task.how = tree.metric();
  task.start = credence::detail::no_distance<T>();
  credence::detail::set_limit(task, tree.how, tree.depth, tree.dimensions, epsilon);
}

/// Runs run(begin, end, scratch memory, work) over ranges of queries and adds up the work in their order.
template <class F>
search_work for_queries(const exec::context& ctx, std::int64_t queries, std::int64_t memory, const F& run) {
  const std::int64_t tasks = (queries + queries_of_task - 1) / queries_of_task;
  std::vector<credence::detail::work_counts> counts(static_cast<std::size_t>(tasks));
  exec::for_each_task(ctx, tasks, [&](std::int64_t task) {
    exec::buffer<char> scratch(exec::cpu(1), memory);
    run(task * queries_of_task, std::min(queries, (task + 1) * queries_of_task), scratch.data(),
        counts[static_cast<std::size_t>(task)]);
  });
  search_work work;
  for (const auto& part : counts) work += {part.nodes, part.leaves, part.distances};
  return work;
}

}  // namespace credence::neighbors
