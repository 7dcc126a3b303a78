// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/graph/undirected.hpp"

#include "credence/random/key.hpp"

namespace credence {

/// How the next node to eliminate is chosen: the one with the least
///  - min_degree           neighbours left
///  - min_fill             edges to be added between its neighbours
///  - min_weight           size of the table over it and its neighbours
///  - weighted_min_fill    sum over added edges of the product of their ends' weights
///  - fill_weight          edges to be added times the size of that table
///  - max_cardinality      (maximum cardinality search, backwards: perfect on chordal graphs)
enum class elimination_heuristic : std::uint8_t {
  min_degree,
  min_fill,
  min_weight,
  weighted_min_fill,
  fill_weight,
  max_cardinality,
};
const char* to_string(elimination_heuristic heuristic);

/// What eliminating in an order costs when node v has weights[v] states.
struct elimination_cost {
  double total_table_size = 0.0;    ///< sum over steps of the size of the table over the node and its neighbours then
  double largest_table_size = 0.0;  ///< the largest of them
  std::int64_t width = 0;           ///< most neighbours at elimination: an upper bound of the treewidth
  std::int64_t fill_edges = 0;
};

struct elimination_result {
  std::vector<node_id> order;
  elimination_cost cost;
  elimination_heuristic heuristic = elimination_heuristic::min_fill;  ///< the one that gave the order
};

/// One greedy run. Ties go to the smallest node, or are broken at random by `ties` when it is not null.
/// @param weights    states of each node, or empty for 2 each
/// @param keep_last  nodes that come after all others, in ascending order: what a query asks for
/// @throws domain_error  when weights are not at least 1, shape_error when their number is wrong
elimination_result greedy_elimination(const undirected_graph& graph, std::span<const double> weights,
                                      elimination_heuristic heuristic, const rng_key* ties = nullptr,
                                      std::span<const node_id> keep_last = {});

struct elimination_options {
  int restarts = 4;  ///< runs with random ties for each heuristic, after one run with ties to the smallest node
  rng_key key{};     ///< of the random ties
  std::vector<node_id> keep_last{};  ///< nodes that come after all others
};

/// The cheapest order (total table size) of all greedy heuristics with restarts.
elimination_result best_elimination(const undirected_graph& graph, std::span<const double> weights = {},
                                    const elimination_options& options = {});

/// The cost of an order. @throws domain_error  when it is not a permutation of the nodes
elimination_cost cost_of_elimination(const undirected_graph& graph, std::span<const double> weights,
                                     std::span<const node_id> order);

/// Bounds of the treewidth: below by contracting least-degree edges (minor-min-width), above by the greedy heuristics.
/// Exact (both equal) for graphs of at most `exact_up_to` nodes (at most 20), by dynamic programming over node sets.
/// @source Gogate and Dechter, UAI 2004 (lower bound); Bodlaender et al., "On exact algorithms for treewidth", 2012
struct treewidth_bounds {
  std::int64_t lower = 0;
  std::int64_t upper = 0;
};
treewidth_bounds treewidth(const undirected_graph& graph, int exact_up_to = 12);

}  // namespace credence
