// SPDX-License-Identifier: BSD-3-Clause
#include "ensemble/score_trees.hpp"

#include "credence/exec/for_each.hpp"

#include "ensemble/mux_trees.hpp"
#include "ensemble/walk_kernels.hpp"

#include <algorithm>
#include <cmath>

namespace credence::ensemble::detail {

using credence::detail::compact_node;
using credence::detail::walk_task;

namespace {

/// Rows that are walked through one tree after the other: few enough to stay in cache beside a tree.
constexpr std::int64_t walk_rows = 1024;
/// Rows from which on it pays to make trees ready for the mux kernel (some 0.1 ms for a hundred trees).
constexpr std::int64_t mux_worth_rows = 512;

std::vector<compact_node> compact(const decision_tree& tree) {
  std::vector<compact_node> out(tree.nodes.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const tree_node& node = tree.nodes[i];
    if (node.feature < 0) {
      out[i] = {HUGE_VAL, static_cast<std::int32_t>(i), 0, 1};  // stays where it is
    } else {
      out[i] = {node.threshold, node.left, static_cast<std::uint16_t>(node.feature), node.missing_left};
    }
  }
  return out;
}

/// What the kernel needs: no categories, children side by side, few columns.
bool walks_fast(const decision_tree& tree, std::int64_t columns) {
  if (!tree.sets.empty() || columns > 65535) return false;
  for (const tree_node& node : tree.nodes) {
    if (node.feature >= 0 && node.right != node.left + 1) return false;
  }
  return true;
}

/// Calls add(first row, tree, row in piece, leaf) for all rows and trees, trees in order for each row.
template <class Add>
void for_each_leaf(std::span<const decision_tree> trees, const feature_rows& x, const exec::context& context,
                   const Add& add) {
  std::vector<std::vector<compact_node>> nodes(trees.size());
  exec::for_each_task(context, static_cast<std::int64_t>(trees.size()), [&](std::int64_t t) {
    const auto at = static_cast<std::size_t>(t);
    if (walks_fast(trees[at], x.columns())) nodes[at] = compact(trees[at]);
  });
  exec::for_each_range(
      context, x.rows(),
      [&](std::int64_t begin, std::int64_t end) {
        const std::int64_t columns = x.columns(), count = end - begin;
        std::vector<double> values(static_cast<std::size_t>(count * columns));
        bool missing = false;
        for (std::int64_t r = 0; r < count; ++r) {
          for (std::int64_t c = 0; c < columns; ++c) {
            const double v = x(begin + r, c);
            values[static_cast<std::size_t>(r * columns + c)] = v;
            missing = missing || std::isnan(v);
          }
        }
        std::vector<std::int32_t> at(static_cast<std::size_t>(count));
        for (std::size_t t = 0; t < trees.size(); ++t) {
          if (nodes[t].empty()) {
            for (std::int64_t r = 0; r < count; ++r) {
              const double* row = values.data() + r * columns;
              add(begin + r, t, trees[t].leaf([&](std::int32_t c) { return row[c]; }));
            }
            continue;
          }
          CREDENCE_SIMD_PICK(walk_tree)
          (walk_task{nodes[t].data(), values.data(), columns, count, missing, at.data()});
          for (std::int64_t r = 0; r < count; ++r) {
            const tree_node& node = trees[t].nodes[static_cast<std::size_t>(at[static_cast<std::size_t>(r)])];
            add(begin + r, t, node.left);
          }
        }
      },
      walk_rows);
}

}  // namespace

void add_tree_scores(const decision_tree& tree, const feature_rows& x, std::span<double> scores,
                     const exec::context& context) {
  for_each_leaf({&tree, 1}, x, context, [&](std::int64_t row, std::size_t, std::int32_t leaf) {
    scores[static_cast<std::size_t>(row)] += tree.values[static_cast<std::size_t>(leaf)];
  });
}

void score_rows(const std::vector<decision_tree>& trees, std::int64_t outputs, std::span<const double> start,
                const feature_rows& x, std::span<double> out, const exec::context& context) {
  for (std::int64_t i = 0; i < x.rows(); ++i) std::copy(start.begin(), start.end(), out.begin() + i * outputs);
  if (x.rows() >= mux_worth_rows) {
    if (const auto ready = mux_trees::make(trees, outputs)) {
      exec::for_each_range(
          context, x.rows(), [&](std::int64_t begin, std::int64_t end) { ready->add(x, begin, end, out.data()); }, 2048);
      return;
    }
  }
  for_each_leaf(trees, x, context, [&](std::int64_t row, std::size_t t, std::int32_t leaf) {
    out[static_cast<std::size_t>(row * outputs) + t % static_cast<std::size_t>(outputs)] +=
        trees[t].values[static_cast<std::size_t>(leaf)];
  });
}

void mean_of_trees(std::span<const decision_tree> trees, const feature_rows& x, std::span<double> out,
                   const exec::context& context) {
  const std::int64_t outputs = trees[0].outputs;
  std::fill(out.begin(), out.end(), 0.0);
  for_each_leaf(trees, x, context, [&](std::int64_t row, std::size_t t, std::int32_t leaf) {
    const double* value = trees[t].value_of(leaf);
    for (std::int64_t k = 0; k < outputs; ++k) out[static_cast<std::size_t>(row * outputs + k)] += value[k];
  });
  for (double& v : out) v /= static_cast<double>(trees.size());
}

void mean_outside(std::span<const decision_tree> trees, const feature_rows& x,
                  const std::vector<std::vector<std::uint64_t>>& outside, std::span<double> out,
                  const exec::context& context) {
  const std::int64_t outputs = trees[0].outputs;
  std::fill(out.begin(), out.end(), 0.0);
  std::vector<std::int32_t> seen(static_cast<std::size_t>(x.rows()), 0);
  for_each_leaf(trees, x, context, [&](std::int64_t row, std::size_t t, std::int32_t leaf) {
    if (((outside[t][static_cast<std::size_t>(row >> 6)] >> (row & 63)) & 1) == 0) return;
    const double* value = trees[t].value_of(leaf);
    for (std::int64_t k = 0; k < outputs; ++k) out[static_cast<std::size_t>(row * outputs + k)] += value[k];
    ++seen[static_cast<std::size_t>(row)];
  });
  for (std::int64_t i = 0; i < x.rows(); ++i) {
    const std::int32_t count = seen[static_cast<std::size_t>(i)];
    for (std::int64_t k = 0; k < outputs; ++k) {
      double& v = out[static_cast<std::size_t>(i * outputs + k)];
      v = count > 0 ? v / count : NAN;
    }
  }
}

}  // namespace credence::ensemble::detail
