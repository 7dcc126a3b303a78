// SPDX-License-Identifier: BSD-3-Clause
#include "ensemble/mux_trees.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace credence::ensemble::detail {

using credence::detail::mux_column;
using credence::detail::mux_depth;
using credence::detail::mux_rows;
using credence::detail::mux_tree;

std::unique_ptr<mux_trees> mux_trees::make(const std::vector<decision_tree>& trees, std::int64_t outputs) {
  if (outputs > 16) return nullptr;
  auto out = std::make_unique<mux_trees>();
  out->outputs_ = outputs;
  for (const decision_tree& tree : trees) {
    if (!tree.sets.empty() || tree.outputs != 1 || tree.nodes.size() > 127 || tree.depth() > mux_depth) return nullptr;
    out->depth_ = std::max(out->depth_, tree.depth());
  }
  if (!out->find_cuts(trees)) return nullptr;
  out->make_columns();
  out->trees_.resize(trees.size());
  for (std::size_t t = 0; t < trees.size(); ++t) {
    out->trees_[t].output = static_cast<std::int32_t>(t % static_cast<std::size_t>(outputs));
    out->fill(trees[t], 0, 0, 0, out->trees_[t]);
  }
  return out;
}

bool mux_trees::find_cuts(const std::vector<decision_tree>& trees) {
  for (const decision_tree& tree : trees) {
    for (const tree_node& node : tree.nodes) {
      if (node.feature < 0) continue;
      const auto column = static_cast<std::size_t>(node.feature);
      if (column >= place_.size()) place_.resize(column + 1, -1);
      if (place_[column] < 0) {
        place_[column] = static_cast<std::int32_t>(cuts_.size());
        cuts_.push_back({node.feature, {}, {}});
      }
      cuts_[static_cast<std::size_t>(place_[column])].cuts.push_back(node.threshold);
    }
  }
  for (column_cuts& c : cuts_) {
    std::sort(c.cuts.begin(), c.cuts.end());
    c.cuts.erase(std::unique(c.cuts.begin(), c.cuts.end()), c.cuts.end());
    if (c.cuts.size() > 254) return false;
  }
  return cuts_.size() <= 64;
}

void mux_trees::make_columns() {
  columns_.resize(cuts_.size());
  for (std::size_t k = 0; k < cuts_.size(); ++k) {
    column_cuts& c = cuts_[k];
    mux_column& to = columns_[k];
    const std::size_t n = c.cuts.size();
    to.column = c.column;
    to.low = c.cuts.front();
    // More cells until two comparisons are enough; a cut at the largest number (all values left) needs none of its own.
    const double high = n > 1 && c.cuts.back() == std::numeric_limits<double>::max() ? c.cuts[n - 2] : c.cuts.back();
    for (std::int32_t cells = 256; cells <= 4096; cells *= 2) {
      to.cells = cells;
      to.scale = high > to.low ? cells / (high - to.low) : 0.0;
      if (!std::isfinite(to.scale)) to.scale = 0.0;
      c.first.assign(static_cast<std::size_t>(cells) + 1, 0);
      std::vector<std::int32_t> in_cell(static_cast<std::size_t>(cells) + 1, 0);
      for (const double cut : c.cuts) {
        double at = (cut - to.low) * to.scale;
        at = at > 0.0 ? at : 0.0;
        ++in_cell[static_cast<std::size_t>(at < to.cells ? at : to.cells)];
      }
      std::int32_t before = 0, most = 0;
      for (std::size_t cell = 0; cell < in_cell.size(); ++cell) {
        c.first[cell] = static_cast<std::uint8_t>(before);
        before += in_cell[cell];
        most = std::max(most, in_cell[cell]);
      }
      to.steps = most;
      if (most <= 2) break;
    }
    c.cuts.insert(c.cuts.end(), static_cast<std::size_t>(to.steps) + 1, HUGE_VAL);
    to.first = c.first.data();
    to.cuts = c.cuts.data();
  }
}

/// Puts the subtree of a node at place `at` of the full tree. Below a leaf no row goes right, and all places have its
/// value.
void mux_trees::fill(const decision_tree& from, std::int32_t node, int at, int level, mux_tree& to) const {
  const tree_node& here = from.nodes[static_cast<std::size_t>(node)];
  if (level == depth_) {
    to.values[at - ((1 << depth_) - 1)] = from.values[static_cast<std::size_t>(here.left)];
    return;
  }
  if (here.feature < 0) {
    to.plane[at] = to.plane_missing[at] = 0;
    to.cut[at] = 127;
    fill(from, node, 2 * at + 1, level + 1, to);
    fill(from, node, 2 * at + 2, level + 1, to);
    return;
  }
  const auto place = static_cast<std::size_t>(place_[static_cast<std::size_t>(here.feature)]);
  const std::vector<double>& cuts = cuts_[place].cuts;
  const auto number = std::lower_bound(cuts.begin(), cuts.end(), here.threshold) - cuts.begin();
  const auto offset = static_cast<std::uint32_t>(place * 2 * mux_rows);
  to.plane[at] = offset;
  to.plane_missing[at] = here.missing_left ? offset : offset + mux_rows;
  to.cut[at] = static_cast<std::int8_t>(number - 128);
  fill(from, here.left, 2 * at + 1, level + 1, to);
  fill(from, here.right, 2 * at + 2, level + 1, to);
}

void mux_trees::add(const feature_rows& x, std::int64_t begin, std::int64_t end, double* scores) const {
  for (std::int64_t i = begin; i < end; i += mux_rows) {
    credence::detail::mux_task task;
    task.trees = trees_.data();
    task.tree_count = static_cast<std::int64_t>(trees_.size());
    task.depth = depth_;
    task.columns = columns_.data();
    task.column_count = static_cast<std::int64_t>(columns_.size());
    task.floats = x.floats() != nullptr ? x.floats() + i * x.row_stride() : nullptr;
    task.doubles = x.doubles() != nullptr ? x.doubles() + i * x.row_stride() : nullptr;
    task.row_stride = x.row_stride();
    task.column_stride = x.column_stride();
    task.rows = std::min<std::int64_t>(mux_rows, end - i);
    task.outputs = outputs_;
    task.scores = scores + i * outputs_;
    CREDENCE_SIMD_PICK(mux_scores)(task);
  }
}

}  // namespace credence::ensemble::detail
