// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/check.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/neighbors/approximate.hpp"
#include "credence/neighbors/search.hpp"
#include "credence/random/uniform.hpp"

#include "neighbors/forest_kernels.hpp"
#include "neighbors/kd_storage.hpp"
#include "neighbors/query_order.hpp"

#include <algorithm>

namespace credence::neighbors {

using namespace credence::detail;

template <class T>
bool approximate_result<T>::certified(std::int64_t query) const {
  const auto last = static_cast<std::size_t>((query + 1) * neighbors.k - 1);
  // Equal distances are no proof: the one missed may have the smaller index.
  return lower_bounds[static_cast<std::size_t>(query)] > neighbors.power_distances[last] ||
         lower_bounds[static_cast<std::size_t>(query)] == no_distance<T>();
}

template <class T>
kd_forest<T>::kd_forest(view<const T, 2> points, const forest_options& options) {
  check::at_least("kd_forest", "the number of points", points.extents[0], 1);
  check_points("kd_forest", "points", points);
  check_metric<T>("kd_forest", options.how, points.extents[1]);
  if (options.trees < 1 || options.trees > 64) check::fail_domain("kd_forest", "trees", options.trees, "from 1 to 64");
  if (options.leaf_size < 0 || options.leaf_size > 1024) {
    check::fail_domain("kd_forest", "leaf_size", options.leaf_size, "from 1 to 1024, or 0 for the default");
  }
  for (std::int64_t t = 0; t < options.trees; ++t) {
    auto made = std::make_shared<kd_storage<T>>();
    const std::uint64_t seed = rng_key{options.seed, 0}.split(purpose::tree, static_cast<std::uint64_t>(t)).stream;
    build_tree(*made, points, {.how = options.how, .leaf_size = options.leaf_size, .context = options.context}, &seed);
    trees_.push_back(std::move(made));
  }
}

template <class T>
std::int64_t kd_forest<T>::size() const {
  return trees_[0]->size;
}

template <class T>
approximate_result<T> kd_forest<T>::nearest(view<const T, 2> queries, std::int64_t k,
                                            const budget_options& options) const {
  const char* where = "kd_forest::nearest";
  const kd_storage<T>& first = *trees_[0];
  if (options.context.where != exec::backend::cpu) throw device_error("kd_forest::nearest: runs on the CPU only");
  check::at_least(where, "k", k, 1);
  check::at_least(where, "max_leaves", options.max_leaves, 1);
  check::same_size(where, "a query", queries.extents[1], "a point", first.dimensions);
  check_points(where, "queries", queries);
  std::vector<T> copy;
  const T* rows = packed_rows(queries, copy);
  const std::int64_t m = queries.extents[0], d = first.dimensions;
  approximate_result<T> out;
  out.neighbors.queries = m;
  out.neighbors.k = k;
  out.neighbors.how = first.how;
  out.neighbors.indices.resize(static_cast<std::size_t>(m * k));
  out.neighbors.power_distances.resize(out.neighbors.indices.size());
  out.lower_bounds.resize(static_cast<std::size_t>(m));
  std::vector<tree_view<T>> views;
  std::int64_t leaves = 0, depth = 0;
  for (const auto& tree : trees_) {
    views.push_back(tree->tree());
    leaves += tree->leaves;
    depth = std::max<std::int64_t>(depth, tree->depth);
  }
  const std::int64_t budget = std::clamp<std::int64_t>(options.max_leaves, trees(), leaves);
  const std::int64_t capacity = budget * (depth + 1) + trees() + 2, group = 64;
  const std::int64_t tasks = (m + group - 1) / group;
  std::vector<work_counts> counts(static_cast<std::size_t>(tasks));
  exec::for_each_task(options.context, tasks, [&](std::int64_t t) {
    forest_task<T> task;
    query_task<T> limit;
    set_limit(limit, first.how, static_cast<int>(depth), d, 0.0);
    const std::int64_t wanted = std::min(k, first.size);
    exec::buffer<char> keys(exec::cpu(1), wanted * 16);
    std::vector<distance_t<T>> offsets(static_cast<std::size_t>(2 * d)), least(trees_.size());
    exec::buffer<bin_entry<distance_t<T>>> entries(exec::cpu(1), capacity);
    exec::buffer<std::int32_t> heap(exec::cpu(1), capacity);
    task.trees = views.data();
    task.tree_count = trees();
    task.how = first.metric();
    task.queries = rows;
    task.begin = t * group;
    task.end = std::min(m, task.begin + group);
    task.k = wanted;
    task.stride = k;
    task.max_leaves = budget;
    task.limit_scale = limit.limit_scale;
    task.limit_add = limit.limit_add;
    task.indices = out.neighbors.indices.data();
    task.power_distances = out.neighbors.power_distances.data();
    task.lower_bounds = out.lower_bounds.data();
    task.missing = no_distance<T>();
    task.keys = keys.data();
    task.offsets = offsets.data();
    task.least = least.data();
    task.entries = entries.data();
    task.heap = heap.data();
    task.capacity = capacity;
    run_forest(task);
    counts[static_cast<std::size_t>(t)] = task.work;
  });
  for (const auto& part : counts) out.neighbors.work += {part.nodes, part.leaves, part.distances};
  return out;
}

namespace {

/// Of the k nearest other points of each sampled point, how many a search found.
template <class T>
double recall_of(const nearest_result<T>& found, const std::vector<std::int64_t>& truth, std::int64_t k) {
  std::int64_t hits = 0;
  for (std::int64_t q = 0; q < found.queries; ++q) {
    const auto begin = found.indices.begin() + q * found.k;
    for (std::int64_t i = 0; i < k; ++i) {
      hits += std::find(begin, begin + found.k, truth[static_cast<std::size_t>(q * k + i)]) != begin + found.k ? 1 : 0;
    }
  }
  return static_cast<double>(hits) / static_cast<double>(found.queries * k);
}

}  // namespace

template <class T>
tuned_forest<T> tune_forest(view<const T, 2> points, const recall_target& target) {
  const char* where = "tune_forest";
  check::at_least(where, "k", target.k, 1);
  check::at_least(where, "the number of points", points.extents[0], target.k + 1);
  check::at_least(where, "sample", target.sample, 1);
  if (!(target.recall > 0.0 && target.recall <= 1.0))
    check::fail_domain(where, "recall", target.recall, "above 0 and at most 1");
  if (target.most_trees < 1 || target.most_trees > 64)
    check::fail_domain(where, "most_trees", target.most_trees, "from 1 to 64");
  const std::int64_t n = points.extents[0], d = points.extents[1], k = target.k;
  const rng_key key = rng_key{target.seed, 0}.split(purpose::tree, 1, 1);
  std::vector<T> rows;
  std::vector<std::int64_t> chosen;
  for (std::int64_t s = 0; s < target.sample; ++s) {
    const auto i = static_cast<std::int64_t>(
        random::integer_below(key, static_cast<std::uint64_t>(s), static_cast<std::uint64_t>(n)));
    chosen.push_back(i);
    for (std::int64_t j = 0; j < d; ++j) rows.push_back(points(i, j));
  }
  const view<const T, 2> queries(rows.data(), target.sample, d);
  const auto exact = brute_force<T>(points, target.how).nearest(queries, k + 1, {.context = target.context});
  std::vector<std::int64_t> truth;
  for (std::int64_t s = 0; s < target.sample; ++s) {
    std::int64_t taken = 0;
    for (std::int64_t i = 0; i <= k && taken < k; ++i) {
      const std::int64_t index = exact.indices[static_cast<std::size_t>(s * (k + 1) + i)];
      if (index == chosen[static_cast<std::size_t>(s)]) continue;
      truth.push_back(index);
      ++taken;
    }
  }
  std::unique_ptr<tuned_forest<T>> best;
  bool best_reached = false;
  for (std::int64_t trees = 1; trees <= target.most_trees; trees *= 2) {
    kd_forest<T> forest(points, {.trees = trees, .how = target.how, .seed = target.seed, .context = target.context});
    for (std::int64_t leaves = trees; leaves <= 2 * n * trees; leaves = std::max(leaves + 1, leaves * 5 / 4)) {
      const auto found = forest.nearest(queries, k + 1, {.max_leaves = leaves, .context = target.context});
      const double recall = recall_of(found.neighbors, truth, k);
      const double visited = static_cast<double>(found.neighbors.work.leaves) / static_cast<double>(target.sample);
      const bool reached = recall >= target.recall;
      const bool better =
          best == nullptr || (reached && !best_reached) ||
          (reached == best_reached && (reached ? visited < best->sample_leaves : recall > best->sample_recall));
      if (better) {
        best = std::make_unique<tuned_forest<T>>(tuned_forest<T>{forest, leaves, recall, visited});
        best_reached = reached;
      }
      if (reached || (best_reached && visited > best->sample_leaves)) break;
    }
  }
  return *best;
}

#define CREDENCE_INSTANTIATE(T)          \
  template struct approximate_result<T>; \
  template class kd_forest<T>;           \
  template tuned_forest<T> tune_forest(view<const T, 2>, const recall_target&);
CREDENCE_INSTANTIATE(float)
CREDENCE_INSTANTIATE(double)
CREDENCE_INSTANTIATE(std::uint8_t)
CREDENCE_INSTANTIATE(std::int8_t)
#undef CREDENCE_INSTANTIATE

}  // namespace credence::neighbors
