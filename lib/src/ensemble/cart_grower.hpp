// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/ensemble/binning.hpp"
#include "credence/ensemble/cart.hpp"

#include <cstdint>
#include <span>
#include <vector>

/// One tree of a forest, on one thread.
///
/// Sums are of integers: weights are multiples of a fixed unit (whole weights exactly), and so are targets times
/// weights. Neither the order of rows nor of columns changes them.
namespace credence::ensemble::detail {

/// What all trees of a forest share.
struct cart_data {
  cart_data(const labelled_rows& train, const tree_options& options, const exec::context& context);

  labelled_rows rows;
  split_criterion criterion = split_criterion::gini;
  std::vector<feature_bins> cuts;
  std::vector<std::uint8_t> bins;    ///< (columns, rows)
  std::vector<std::int64_t> weight;  ///< of rows, in units
  std::vector<std::int64_t> target;  ///< the class, or the number in units
  double weight_unit = 1.0, target_unit = 1.0, target_shift = 0.0;
  std::int32_t classes = 0;

  [[nodiscard]] const std::uint8_t* column(std::int64_t c) const { return bins.data() + c * rows.x.rows(); }
};

/// A row in a node.
struct cart_entry {
  std::uint32_t row;
  std::int32_t target;  ///< class, or rank for the absolute criterion
  std::int64_t weight;
  std::int64_t sum;  ///< weight times target in units; for two classes the weight of class 1
};

struct cart_split {
  double gain = 0.0;
  std::int32_t feature = -1;
  std::int32_t bin = -1;  ///< -1: exact, by `threshold`
  double threshold = 0.0;
  bool missing_left = false;
  bool categorical = false;
  category_set bins_left{}, bins_known{};
};

class cart_grower {
 public:
  cart_grower(const cart_data& data, const tree_options& options, rng_key key);

  /// Grows on rows that count so many times (0: left out).
  decision_tree grow(std::span<const std::uint32_t> counts);

  /// The entries of a leaf of the last tree.
  [[nodiscard]] std::span<const cart_entry> entries_of_leaf(std::int32_t leaf) const {
    const auto& [begin, end] = leaf_ranges_[static_cast<std::size_t>(leaf)];
    return {entries_.data() + begin, static_cast<std::size_t>(end - begin)};
  }

 private:
  struct open_node {
    std::int64_t begin, end;
    std::int32_t depth, tree_node;
  };
  struct sums {
    std::int64_t n = 0, s = 0;
  };

  void start(std::span<const std::uint32_t> counts);
  void measure(const open_node& node);
  void make_leaf(const open_node& node);
  bool find_split(const open_node& node, cart_split& best);
  std::int64_t partition(const open_node& node, const cart_split& split);
  void set_split(tree_node& at, const cart_split& split);
  void draw_columns(std::int32_t node);

  bool scan_column(const open_node& node, std::int32_t column, cart_split& best);
  bool scan_two(const open_node& node, std::int32_t column, cart_split& best);
  bool scan_many(const open_node& node, std::int32_t column, cart_split& best);
  bool scan_exact(const open_node& node, std::int32_t column, cart_split& best);
  bool scan_absolute(const open_node& node, std::int32_t column, cart_split& best);
  bool scan_categories(const open_node& node, std::int32_t column, cart_split& best);
  template <class Score>
  bool scan_two_as(const open_node& node, std::int32_t column, cart_split& best, const Score& score);
  template <class Score>
  bool scan_random(const open_node& node, std::int32_t column, cart_split& best, const Score& score);
  std::int32_t random_bin(std::int32_t column, std::int32_t low, std::int32_t high) const;
  [[nodiscard]] double score_two(std::int64_t s, std::int64_t n) const;
  [[nodiscard]] double score_many(const std::int64_t* counts, std::int64_t n) const;
  void offer(double gain, cart_split candidate, cart_split& best) const {
    if (gain > best.gain && gain > least_gain_) {
      candidate.gain = gain;
      best = candidate;
    }
  }

  const cart_data& data_;
  const tree_options& options_;
  rng_key key_;
  std::vector<cart_entry> entries_, spare_;
  std::vector<std::pair<std::int64_t, std::int64_t>> leaf_ranges_;
  decision_tree tree_;

  std::int64_t root_weight_ = 0;
  std::int64_t node_n_ = 0, node_s_ = 0;
  std::vector<std::int64_t> node_counts_;
  double node_score_ = 0.0, least_gain_ = 0.0;
  std::int64_t least_leaf_ = 1;
  bool pure_ = false;
  rng_key node_key_{};
  std::vector<std::int32_t> order_;
  std::vector<sums> bins_two_;
  std::vector<std::int64_t> bins_many_;
};

}  // namespace credence::ensemble::detail
