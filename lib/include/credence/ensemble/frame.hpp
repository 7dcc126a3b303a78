// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/ensemble/rows.hpp"
#include "credence/table/table.hpp"

#include <string>
#include <vector>

/// Tables as rows that learners take: text columns become codes, missing cells NaN.
namespace credence::ensemble {

enum class task_kind : std::uint8_t {
  automatic,  ///< classification when the target is text, or whole numbers with at most 20 different ones
  classification,
  regression,
};

/// Which columns there were in training.
struct frame_schema {
  std::string target{};
  std::vector<feature_info> features{};
  std::vector<std::string> class_names{};  ///< sorted, numbers by value; empty for regression

  [[nodiscard]] std::int32_t classes() const { return static_cast<std::int32_t>(class_names.size()); }
};

/// All columns but the target.
/// @throws domain_error  when there is no such column, no other column, or the target has one value only, missing
/// cells, or
///                       text (regression)
frame_schema describe(const table& data, const std::string& target, task_kind task = task_kind::automatic);

enum class unseen_category : std::uint8_t { error, missing };

/// Rows in memory of their own.
struct frame {
  std::vector<double> x, y;
  std::int64_t rows = 0;
  std::vector<feature_info> features;
  std::int32_t classes = 0;

  [[nodiscard]] feature_rows matrix() const {
    return view<const double, 2>(x.data(), rows, static_cast<std::int64_t>(features.size()));
  }
  [[nodiscard]] labelled_rows labelled() const { return {matrix(), y, classes, {}, features}; }
};

/// The columns of the schema, by name, in its order; `y` is filled when `with_target`.
/// @throws domain_error  when a column is absent or of another type, a text was not there in training (see `unseen`),
/// or a
///                       target is missing or not one of the classes; the message names column and row
frame encode(const table& data, const frame_schema& schema, bool with_target,
             unseen_category unseen = unseen_category::error);

}  // namespace credence::ensemble
