// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/bayesnet/discrete_data.hpp"
#include "credence/exec/context.hpp"

namespace credence::bayesnet {

/// Mutual information of two variables in the data, in nats; with `given`, conditional on those.
/// @throws domain_error  when a cell is missing
double mutual_information(const discrete_data& data, node_id x, node_id y, std::span<const node_id> given = {});

/// A tree over variables and the information its arcs carry.
struct learned_tree {
  dag graph;
  std::vector<double> information;  ///< of graph.arcs(), in nats
  double total = 0.0;
};

/// The tree with the largest likelihood: a maximum spanning tree of mutual information, arcs away from `root`. Ties go
/// to the smallest column numbers.
/// @throws domain_error  when a cell is missing or root is not a column
/// @source Chow and Liu, "Approximating discrete probability distributions with dependence trees", IEEE Trans. IT 14
/// (1968)
learned_tree chow_liu(const exec::context& ctx, const discrete_data& data, node_id root = 0);

/// The tree-augmented naive Bayes classifier: `target` is a parent of all others, which form a tree that is best given
/// it, rooted at the first of them. Arcs from the target carry their mutual information with it.
/// @source Friedman, Geiger, Goldszmidt, "Bayesian network classifiers", Machine Learning 29 (1997)
learned_tree tree_augmented_naive_bayes(const exec::context& ctx, const discrete_data& data, node_id target);

}  // namespace credence::bayesnet
