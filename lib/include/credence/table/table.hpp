// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace credence {

/// Text as categories: each element is an index into the distinct texts, which are sorted (bytewise).
struct categories {
  std::vector<std::int32_t> codes;  ///< -1 where missing
  std::vector<std::string> levels;

  friend bool operator==(const categories&, const categories&) = default;
};

enum class column_type : std::uint8_t { real, integer, text };
const char* to_string(column_type type);

/// A named column of real numbers, integers or texts; elements may be missing.
struct column {
  std::string name;
  std::variant<std::vector<double>, std::vector<std::int64_t>, categories> values;
  /// 1 where the element is missing; empty when none is. Missing reals are NaN in `values`, integers 0, texts -1.
  std::vector<std::uint8_t> missing;

  [[nodiscard]] column_type type() const { return static_cast<column_type>(values.index()); }
  [[nodiscard]] std::int64_t size() const;
  [[nodiscard]] bool is_missing(std::int64_t row) const {
    return !missing.empty() && missing[static_cast<std::size_t>(row)] != 0;
  }
  [[nodiscard]] std::int64_t missing_count() const;

  [[nodiscard]] const std::vector<double>& reals() const { return std::get<0>(values); }
  [[nodiscard]] const std::vector<std::int64_t>& integers() const { return std::get<1>(values); }
  [[nodiscard]] const categories& texts() const { return std::get<2>(values); }

  /// All elements as doubles, missing ones NaN.
  /// @throws domain_error  when the column holds text
  [[nodiscard]] std::vector<double> numbers() const;
  /// One element as text: as it would be written to CSV, empty when missing.
  [[nodiscard]] std::string text(std::int64_t row) const;
};

column make_column(std::string name, std::vector<double> values);  ///< NaN is a value here, not missing
column make_column(std::string name, std::vector<std::int64_t> values);
/// Categories in sorted order; nothing is missing, the empty text is a level.
column make_column(std::string name, std::span<const std::string> texts);

/// A table: named columns of one length.
class table {
 public:
  table() = default;
  /// @throws shape_error   when lengths differ
  /// @throws domain_error  when two columns share a name
  explicit table(std::vector<column> columns);

  [[nodiscard]] std::int64_t rows() const { return rows_; }
  [[nodiscard]] const std::vector<column>& columns() const { return columns_; }
  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] bool contains(std::string_view name) const;
  /// @throws domain_error  when there is no such column; the message lists those there are
  [[nodiscard]] const column& at(std::string_view name) const;

  /// Adds a column, or replaces the one of that name.
  /// @throws shape_error  when its length is another
  void set(column added);

  /// The columns of these names, in this order.
  [[nodiscard]] table select(std::span<const std::string> names) const;
  /// The rows of these indices, in this order, repeats allowed. Levels of text columns are kept as they are.
  /// @throws domain_error  when an index is outside
  [[nodiscard]] table take(std::span<const std::int64_t> rows) const;
  /// Numeric columns as one row-major (rows, names) array, missing elements NaN.
  /// @throws domain_error  when one of them holds text
  [[nodiscard]] std::vector<double> matrix(std::span<const std::string> names) const;

 private:
  std::vector<column> columns_;
  std::int64_t rows_ = 0;
};

}  // namespace credence
