// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/ensemble/rows.hpp"
#include "credence/ensemble/tree.hpp"

#include "ensemble/mux_kernels.hpp"

#include <memory>
#include <vector>

namespace credence::ensemble::detail {

/// Trees made ready for the kernel of mux_kernels.hpp.
class mux_trees {
 public:
  /// Nothing when the trees do not suit: deeper than six levels, categories, more than 254 cuts in a column, more than
  /// 64 columns with splits or 16 outputs.
  static std::unique_ptr<mux_trees> make(const std::vector<decision_tree>& trees, std::int64_t outputs);

  /// Adds the trees to scores (rows, outputs) of the rows begin..end, in the order of the trees.
  void add(const feature_rows& x, std::int64_t begin, std::int64_t end, double* scores) const;

 private:
  struct column_cuts {
    std::int32_t column;
    std::vector<double> cuts;
    std::vector<std::uint8_t> first;
  };
  bool find_cuts(const std::vector<decision_tree>& trees);
  void make_columns();
  void fill(const decision_tree& from, std::int32_t node, int at, int level, credence::detail::mux_tree& to) const;

  std::int64_t outputs_ = 1;
  std::int32_t depth_ = 3;
  std::vector<std::int32_t> place_;  ///< of a column among those with splits; -1 without
  std::vector<column_cuts> cuts_;
  std::vector<credence::detail::mux_column> columns_;
  std::vector<credence::detail::mux_tree> trees_;
};

}  // namespace credence::ensemble::detail
