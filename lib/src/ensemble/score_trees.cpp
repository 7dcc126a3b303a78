// SPDX-License-Identifier: BSD-3-Clause
#include "ensemble/score_trees.hpp"

#include "credence/exec/for_each.hpp"

namespace credence::ensemble::detail {

void add_tree_scores(const decision_tree& tree, const feature_rows& x, std::span<double> scores,
                     const exec::context& context) {
  exec::for_each(
      context, x.rows(),
      [&](std::int64_t i) {
        const std::int32_t leaf = tree.leaf([&](std::int32_t c) { return x(i, c); });
        scores[static_cast<std::size_t>(i)] += tree.values[static_cast<std::size_t>(leaf)];
      },
      2048);
}

void score_rows(const std::vector<decision_tree>& trees, std::int64_t outputs, std::span<const double> start,
                const feature_rows& x, std::span<double> out, const exec::context& context) {
  exec::for_each(
      context, x.rows(),
      [&](std::int64_t i) {
        double* to = out.data() + i * outputs;
        for (std::int64_t k = 0; k < outputs; ++k) to[k] = start[static_cast<std::size_t>(k)];
        for (std::size_t t = 0; t < trees.size(); ++t) {
          const std::int32_t leaf = trees[t].leaf([&](std::int32_t c) { return x(i, c); });
          to[t % static_cast<std::size_t>(outputs)] += trees[t].values[static_cast<std::size_t>(leaf)];
        }
      },
      256);
}

}  // namespace credence::ensemble::detail
