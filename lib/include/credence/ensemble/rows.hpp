// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/errors.hpp"
#include "credence/tensor/view.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// What learners are given: rows of numbers, in memory that the caller owns.
namespace credence::ensemble {

/// A (rows, columns) view of float or double numbers with any strides. NaN is a missing value. A categorical column
/// holds codes 0, 1, ...
class feature_rows {
 public:
  feature_rows() = default;
  feature_rows(const view<const double, 2>& x)
      : doubles_(x.data),
        rows_(x.extents[0]),
        columns_(x.extents[1]),
        row_stride_(x.strides[0]),
        column_stride_(x.strides[1]) {}
  feature_rows(const view<const float, 2>& x)
      : floats_(x.data),
        rows_(x.extents[0]),
        columns_(x.extents[1]),
        row_stride_(x.strides[0]),
        column_stride_(x.strides[1]) {}
  feature_rows(const view<double, 2>& x) : feature_rows(view<const double, 2>(x)) {}
  feature_rows(const view<float, 2>& x) : feature_rows(view<const float, 2>(x)) {}

  [[nodiscard]] std::int64_t rows() const { return rows_; }
  [[nodiscard]] std::int64_t columns() const { return columns_; }
  [[nodiscard]] double operator()(std::int64_t row, std::int64_t column) const {
    const std::int64_t at = row * row_stride_ + column * column_stride_;
    return floats_ != nullptr ? static_cast<double>(floats_[at]) : doubles_[at];
  }
  /// The rows `begin` to `end`.
  [[nodiscard]] feature_rows slice(std::int64_t begin, std::int64_t end) const {
    feature_rows part = *this;
    (floats_ != nullptr ? part.floats_ += begin * row_stride_ : nullptr);
    (doubles_ != nullptr ? part.doubles_ += begin * row_stride_ : nullptr);
    part.rows_ = end - begin;
    return part;
  }
  /// For kernels: one of the two pointers is not null.
  [[nodiscard]] const float* floats() const { return floats_; }
  [[nodiscard]] const double* doubles() const { return doubles_; }
  [[nodiscard]] std::int64_t row_stride() const { return row_stride_; }
  [[nodiscard]] std::int64_t column_stride() const { return column_stride_; }

 private:
  const double* doubles_ = nullptr;
  const float* floats_ = nullptr;
  std::int64_t rows_ = 0, columns_ = 0, row_stride_ = 0, column_stride_ = 0;
};

/// What a column is.
struct feature_info {
  std::string name{};
  bool categorical = false;
  std::vector<std::string> levels{};  ///< of a categorical column: the text of each code; may be empty

  friend bool operator==(const feature_info&, const feature_info&) = default;
};

/// Rows with their answers.
struct labelled_rows {
  feature_rows x{};
  /// Numbers (regression), or classes 0, 1, ..., classes - 1 as whole numbers.
  std::span<const double> y{};
  std::int32_t classes = 0;  ///< 0: regression
  /// Of rows, not negative; empty means one each. A weight of k counts like k equal rows.
  std::span<const double> weights{};
  /// Of columns; empty means that all are numbers, named x1, x2, ...
  std::span<const feature_info> features{};

  [[nodiscard]] double weight(std::int64_t row) const {
    return weights.empty() ? 1.0 : weights[static_cast<std::size_t>(row)];
  }
};

/// Checks what every learner asks of its rows: at least one row and column; lengths that fit; targets that are finite,
/// or classes from 0 to classes - 1; weights not negative and not all 0; no infinite number; codes of categorical
/// columns whole and not negative; no column that is missing everywhere.
/// @throws shape_error, domain_error  naming the row and column
void check_rows(const char* where, const labelled_rows& data);

/// Prediction asks for as many columns as there were in training.
/// @throws shape_error
void check_columns(const char* where, const feature_rows& x, std::int64_t columns);

}  // namespace credence::ensemble
