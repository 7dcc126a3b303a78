// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/tree_learning.hpp"

#include "credence/bayesnet/independence_test.hpp"

#include "credence/base/check.hpp"
#include "credence/exec/for_each.hpp"

#include <algorithm>
#include <limits>
#include <map>

namespace credence::bayesnet {

namespace {

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

void check_column(const discrete_data& data, node_id v, const char* where, const char* name) {
  check::at_least(where, name, v, 0);
  check::less_than(where, name, v, data.size());
}

void check_complete(const discrete_data& data, const char* where) {
  for (node_id v = 0; v < data.size(); ++v) {
    if (data.first_missing(v) < 0) continue;
    throw domain_error(std::string(where) + ": column '" + data.variables()[at(v)].name + "' is missing in row " +
                       std::to_string(data.first_missing(v)) + ", but counts need complete data");
  }
}

/// A maximum spanning tree over `nodes` by Prim's method, as (parent, child, information).
std::vector<std::pair<arc, double>> spanning_tree(const exec::context& ctx, const discrete_data& data,
                                                  const std::vector<node_id>& nodes, std::span<const node_id> given) {
  const auto n = static_cast<std::int64_t>(nodes.size());
  std::vector<double> information(at(n * n), 0.0);
  exec::for_each_task(ctx, n, [&](std::int64_t i) {
    for (std::int64_t k = 0; k < i; ++k)
      information[at(i * n + k)] = mutual_information(data, nodes[at(k)], nodes[at(i)], given);
  });
  const auto between = [&](std::int64_t i, std::int64_t k) {
    return information[at(std::max(i, k) * n + std::min(i, k))];
  };
  std::vector<std::int64_t> nearest(at(n), 0);
  std::vector<char> inside(at(n), 0);
  std::vector<std::pair<arc, double>> tree;
  if (n > 0) inside[0] = 1;
  while (static_cast<std::int64_t>(tree.size()) + 1 < n) {
    std::int64_t best = -1;
    for (std::int64_t i = 0; i < n; ++i) {
      if (inside[at(i)] == 0 && (best < 0 || between(i, nearest[at(i)]) > between(best, nearest[at(best)]))) best = i;
    }
    inside[at(best)] = 1;
    tree.push_back({{nodes[at(nearest[at(best)])], nodes[at(best)]}, between(best, nearest[at(best)])});
    for (std::int64_t i = 0; i < n; ++i) {
      if (inside[at(i)] == 0 && between(i, best) > between(i, nearest[at(i)])) nearest[at(i)] = best;
    }
  }
  return tree;
}

learned_tree make_tree(const discrete_data& data, std::vector<std::pair<arc, double>> found) {
  std::vector<arc> arcs;
  std::map<arc, double> value;
  for (const auto& [a, information] : found) {
    arcs.push_back(a);
    value.emplace(a, information);
  }
  learned_tree result{dag(data.names(), arcs), {}, 0.0};
  for (const arc& a : result.graph.arcs()) {
    result.information.push_back(value.at(a));
    result.total += value.at(a);
  }
  return result;
}

std::vector<node_id> starting_with(std::int64_t n, node_id first) {
  std::vector<node_id> nodes{first};
  for (node_id v = 0; v < n; ++v) {
    if (v != first) nodes.push_back(v);
  }
  return nodes;
}

}  // namespace

double mutual_information(const discrete_data& data, node_id x, node_id y, std::span<const node_id> given) {
  check_column(data, x, "mutual_information", "x");
  check_column(data, y, "mutual_information", "y");
  return test_independence(data, x, y, given, independence_statistic::mutual_information).statistic;
}

learned_tree chow_liu(const exec::context& ctx, const discrete_data& data, node_id root) {
  if (data.size() == 0) return {};
  check_column(data, root, "chow_liu", "root");
  check_complete(data, "chow_liu");
  return make_tree(data, spanning_tree(ctx, data, starting_with(data.size(), root), {}));
}

learned_tree tree_augmented_naive_bayes(const exec::context& ctx, const discrete_data& data, node_id target) {
  check_column(data, target, "tree_augmented_naive_bayes", "target");
  check_complete(data, "tree_augmented_naive_bayes");
  std::vector<node_id> others = starting_with(data.size(), target);
  others.erase(others.begin());
  auto found = spanning_tree(ctx, data, others, {&target, 1});
  for (const node_id v : others) found.push_back({{target, v}, mutual_information(data, target, v)});
  return make_tree(data, std::move(found));
}

}  // namespace credence::bayesnet
