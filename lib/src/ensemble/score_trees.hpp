// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/ensemble/rows.hpp"
#include "credence/ensemble/tree.hpp"
#include "credence/exec/context.hpp"

#include <span>
#include <vector>

/// Sums of trees over many rows.
namespace credence::ensemble::detail {

/// Adds the value of each row's leaf. The tree has one output.
void add_tree_scores(const decision_tree& tree, const feature_rows& x, std::span<double> scores,
                     const exec::context& context);

/// out (rows, outputs) = start + the trees, summed in their order; tree t belongs to output t mod outputs.
void score_rows(const std::vector<decision_tree>& trees, std::int64_t outputs, std::span<const double> start,
                const feature_rows& x, std::span<double> out, const exec::context& context);

/// out (rows, outputs) = the mean of the trees' values, summed in their order.
void mean_of_trees(std::span<const decision_tree> trees, const feature_rows& x, std::span<double> out,
                   const exec::context& context);

/// The same over the trees whose mark for the row (bit row mod 64 of word row / 64) is set; NaN where none is.
void mean_outside(std::span<const decision_tree> trees, const feature_rows& x,
                  const std::vector<std::vector<std::uint64_t>>& outside, std::span<double> out,
                  const exec::context& context);

}  // namespace credence::ensemble::detail
