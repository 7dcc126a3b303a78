// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/ensemble/rows.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

/// Decision trees as values.
namespace credence::ensemble {

/// A set of category codes below 256.
using category_set = std::array<std::uint64_t, 4>;

struct tree_node {
  std::int32_t feature = -1;  ///< column of the split; -1 in a leaf
  std::int32_t left = -1;     ///< node; in a leaf, the number of the leaf
  std::int32_t right = -1;
  std::int32_t categories = -1;  ///< numbers of a set in decision_tree::sets: codes in it go left; -1 for a number
  double threshold = 0.0;        ///< x <= threshold goes left
  bool missing_left = false;     ///< where missing values, and codes never seen in training, go
  float gain = 0.0F;             ///< what the split improved the criterion by
  float weight = 0.0F;           ///< of the training rows in the node

  friend bool operator==(const tree_node&, const tree_node&) = default;
};

/// Node 0 is the root; children come after their parents.
struct decision_tree {
  std::vector<tree_node> nodes;
  std::int32_t outputs = 1;
  std::vector<double> values;  ///< (leaves, outputs)
  std::vector<category_set> sets;
  std::vector<category_set> known;  ///< beside each of `sets`: the codes that were in the node in training

  [[nodiscard]] std::int64_t leaves() const { return static_cast<std::int64_t>(values.size()) / outputs; }
  [[nodiscard]] std::int32_t depth() const;

  /// The child that a row goes to. `x(column)` is its value.
  template <class X>
  [[nodiscard]] std::int32_t child(const tree_node& node, const X& x) const {
    const double value = x(node.feature);
    if (std::isnan(value)) return node.missing_left ? node.left : node.right;
    if (node.categories < 0) return value <= node.threshold ? node.left : node.right;
    const auto set = static_cast<std::size_t>(node.categories);
    const auto code = static_cast<std::uint32_t>(value >= 0.0 && value < 256.0 ? value : 256.0);
    const auto in = [code](const category_set& s) { return code < 256 && ((s[code >> 6] >> (code & 63)) & 1) != 0; };
    if (!in(known[set])) return node.missing_left ? node.left : node.right;
    return in(sets[set]) ? node.left : node.right;
  }
  /// The leaf of one row.
  template <class X>
  [[nodiscard]] std::int32_t leaf(const X& x) const {
    std::int32_t at = 0;
    while (nodes[static_cast<std::size_t>(at)].feature >= 0) at = child(nodes[static_cast<std::size_t>(at)], x);
    return nodes[static_cast<std::size_t>(at)].left;
  }
  [[nodiscard]] const double* value_of(std::int32_t leaf) const {
    return values.data() + static_cast<std::int64_t>(leaf) * outputs;
  }

  friend bool operator==(const decision_tree&, const decision_tree&) = default;
};

}  // namespace credence::ensemble
