// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/ensemble/rows.hpp"
#include "credence/exec/context.hpp"

#include <cstdint>
#include <memory>
#include <vector>

/// Columns as bytes: trees look for splits between bins, not between numbers.
namespace credence::ensemble {

inline constexpr std::int32_t missing_bin = 255;

/// How one column is cut. Value x is in the first bin b with x <= upper[b]; the last bin has no upper end. NaN, and
/// categories that were not there or are too rare to have a bin, are in `missing_bin`.
struct feature_bins {
  std::vector<double> upper;        ///< rising; one less than there are bins
  bool categorical = false;         ///< then the bin is the category's code, or its place in `codes`
  std::vector<std::int32_t> codes;  ///< the code of each bin of a categorical column, most frequent 254 at most
  bool exact = false;  ///< every bin holds one value of the training rows: splits between bins are all splits there are

  [[nodiscard]] std::int32_t bins() const {
    return static_cast<std::int32_t>(categorical ? codes.size() : upper.size() + 1);
  }
  [[nodiscard]] std::uint8_t bin(double x) const;
};

struct binning_options {
  exec::context context = exec::cpu();
  std::int32_t max_bins = 255;  ///< from 2 to 255
  std::int64_t sample_rows =
      50000;  ///< columns with more values are cut at quantiles of about so many evenly spaced rows
};

/// The bins of all columns. A column with no more distinct values than `max_bins` gets a bin for each, cut half way
/// between neighbours; else bins hold about equal numbers of rows.
/// @throws domain_error  when max_bins is outside, or as check_rows
std::vector<feature_bins> find_bins(const feature_rows& x, std::span<const feature_info> features,
                                    const binning_options& options = {});

/// Rows as bytes, in groups of up to 16 columns: (group, row, column in group), and column by column.
class binned_rows {
 public:
  struct group {
    std::int64_t first = 0;    ///< column
    std::int64_t columns = 0;  ///< that are real; the rest of the width is padding
    std::int64_t width = 0;    ///< bytes a row: 4, 8, 12 or 16
    std::vector<std::uint8_t> bins;
  };
  binned_rows(const feature_rows& x, std::vector<feature_bins> cuts, const exec::context& context = exec::cpu());

  [[nodiscard]] std::int64_t rows() const { return rows_; }
  [[nodiscard]] std::int64_t columns() const { return static_cast<std::int64_t>(cuts_.size()); }
  [[nodiscard]] const std::vector<group>& groups() const { return groups_; }
  [[nodiscard]] const std::vector<feature_bins>& cuts() const { return cuts_; }
  [[nodiscard]] std::uint8_t operator()(std::int64_t row, std::int64_t column) const {
    const group& g = groups_[static_cast<std::size_t>(column / 16)];
    return g.bins[static_cast<std::size_t>(row * g.width + column % 16)];
  }

 private:
  std::int64_t rows_ = 0;
  std::vector<feature_bins> cuts_;
  std::vector<group> groups_;
};

}  // namespace credence::ensemble
