// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/ensemble/binning.hpp"
#include "credence/ensemble/tree.hpp"

#include "ensemble/histogram_kernels.hpp"

#include <limits>
#include <span>
#include <vector>

/// One tree of second-order boosting, grown on histograms.
namespace credence::ensemble::detail {

struct grow_options {
  bool leaf_wise = false;
  std::int32_t max_depth = 6;   ///< 0: no bound
  std::int32_t max_leaves = 0;  ///< 0: no bound
  double min_child_weight = 1.0;
  double l2 = 1.0;
  double min_split_gain = 0.0;
  double category_smoothing = 10.0;
  std::span<const std::int8_t> monotone{};  ///< of columns: -1, 0, 1
};

/// A column and a cut, in fixed-point sums.
struct found_split {
  double gain = 0.0;  ///< 0: none
  std::int32_t feature = -1;
  std::int32_t bin = -1;
  bool missing_left = false;
  std::int64_t left_gradient = 0, left_hessian = 0;
  bool categorical = false;
  category_set bins_left{};  ///< of a categorical column
  category_set bins_known{};
};

class boost_grower {
 public:
  boost_grower(const binned_rows& data, const exec::context& context);

  /// Grows a tree on rows (ascending) with their gradients and second derivatives, which are indexed by row.
  /// Leaf values are -G / (H + l2), G and H summed exactly; they are not yet shrunk.
  decision_tree grow(std::span<const std::uint32_t> rows, std::span<const float> gradient,
                     std::span<const float> hessian, std::span<const std::uint8_t> use_column,
                     const grow_options& options);

  /// The rows that ended in a leaf of the last tree.
  [[nodiscard]] std::span<const std::uint32_t> rows_of_leaf(std::int32_t leaf) const {
    const auto& range = leaf_rows_[static_cast<std::size_t>(leaf)];
    return {rows_.data() + range.first, static_cast<std::size_t>(range.second - range.first)};
  }

 private:
  static constexpr double infinity = std::numeric_limits<double>::infinity();

  struct slot {
    bool wide = false;        ///< two words a sum
    std::int64_t stride = 1;  ///< words a bin that the memory has room for
    std::vector<std::uint64_t> words;
  };
  struct grow_node {
    std::int64_t begin = 0, end = 0;
    std::int64_t gradient = 0, hessian = 0;
    std::int32_t depth = 0;
    std::int32_t tree_node = 0;
    std::int32_t histogram = -1;
    double lower = -infinity, upper = infinity;  ///< of the leaf values below, from monotone columns
    found_split best{};
    [[nodiscard]] std::int64_t rows() const { return end - begin; }
  };
  /// Two children, the one with fewer rows first; or the root alone (`large` -1).
  struct sibling_pair {
    std::int32_t small = -1, large = -1;
  };

  void quantise(std::span<const std::uint32_t> rows, std::span<const float> gradient, std::span<const float> hessian);
  std::vector<sibling_pair> split_nodes(const std::vector<std::int32_t>& batch);
  void partition(const std::vector<std::int32_t>& batch, std::vector<std::int64_t>& left_counts);
  std::pair<std::int32_t, std::int32_t> make_children(std::int32_t node, std::int64_t left_rows);
  void find_splits(const std::vector<sibling_pair>& pairs);
  void build_group(const sibling_pair& pair, std::size_t group, std::int64_t parts, const std::int64_t* part_sums);
  void accumulate(std::size_t group, std::int64_t begin, std::int64_t end, bool wide, std::uint64_t* to) const;
  void derive_sibling(const slot& small, slot& large, std::size_t group, bool wide) const;
  found_split scan_group(const grow_node& node, std::size_t group) const;
  void scan_categories(const grow_node& node, std::int32_t column, const std::int64_t* pairs, found_split& best) const;
  void scan_monotone(const grow_node& node, std::int32_t column, const std::int64_t* pairs, found_split& best) const;
  void offer(const grow_node& node, double score, found_split candidate, found_split& best) const;
  [[nodiscard]] double bounded_value(double gradient, double hessian, double lower, double upper) const;
  [[nodiscard]] bool may_split(const grow_node& node) const;
  void set_split(tree_node& at, const found_split& split);
  void finish(std::span<const float> gradient, std::span<const float> hessian);
  std::int32_t take_slot(bool wide);

  const binned_rows& data_;
  exec::context context_;
  grow_options options_{};
  std::span<const std::uint8_t> use_column_{};
  std::int64_t padded_columns_ = 0;

  double gradient_scale_ = 1.0, hessian_scale_ = 1.0;  ///< fixed-point units in 1
  std::vector<std::uint32_t> rows_, rows_left_, rows_right_;
  std::vector<std::uint64_t> words_, words_left_, words_right_;
  std::vector<grow_node> nodes_;
  std::vector<slot> slots_;
  std::vector<std::int32_t> free_narrow_, free_wide_;
  std::vector<std::pair<std::int64_t, std::int64_t>> leaf_rows_;
  decision_tree tree_;
};

}  // namespace credence::ensemble::detail
