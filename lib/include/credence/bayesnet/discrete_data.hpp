// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/bayesnet/network.hpp"
#include "credence/table/table.hpp"

#include <memory>

namespace credence::bayesnet {

/// Rows of discrete variables, laid out for counting: an immutable value, cheap to copy.
///
/// Each variable keeps its column of state numbers and, where nothing is missing, one bit per row for each state, so
/// that small contingency tables are counted 64 rows at a time.
class discrete_data {
 public:
  static constexpr std::uint16_t missing = 0xFFFF;

  discrete_data();
  /// Every column is a variable; its states are the distinct values, texts sorted bytewise and numbers by size. Empty
  /// cells are missing.
  /// @throws domain_error  for a column with no value at all or with more than 65534 distinct ones
  explicit discrete_data(const table& data);
  /// The columns that the network names, with its states; other columns are ignored.
  /// @throws domain_error  see state_codes
  discrete_data(const network& net, const table& data);
  /// From state numbers column by column, -1 where missing.
  /// @throws shape_error, domain_error  when columns differ in length or a number is not a state
  discrete_data(std::vector<variable> variables, const std::vector<std::vector<std::int32_t>>& codes);

  [[nodiscard]] std::int64_t rows() const;
  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(variables().size()); }
  [[nodiscard]] const std::vector<variable>& variables() const;
  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] std::int64_t cardinality(node_id v) const {
    return variables()[static_cast<std::size_t>(v)].cardinality();
  }
  /// The state in every row, `missing` where there is none.
  [[nodiscard]] std::span<const std::uint16_t> codes(node_id v) const;
  /// The first row with a missing cell in column v, or -1.
  [[nodiscard]] std::int64_t first_missing(node_id v) const;
  [[nodiscard]] bool complete() const;

  /// The same variables in these rows, repeats allowed: a bootstrap replicate. @throws domain_error
  [[nodiscard]] discrete_data take(std::span<const std::int64_t> rows) const;

  /// What counting functions see.
  struct columns;
  [[nodiscard]] const columns& raw() const { return *data_; }

 private:
  std::shared_ptr<const columns> data_;
};

/// Counts of (outer variables, inner variables), the last inner one changing fastest. Where the whole table is small
/// beside the data every configuration of the outer variables has its row, in row-major order; else only those that
/// occur, in order of first appearance.
struct contingency {
  std::vector<std::int32_t> counts;  ///< (configurations, cells)
  std::int64_t cells = 1;            ///< product of the inner variables' cardinalities
};

/// @throws domain_error  when a cell of one of the variables is missing: row and column are named
contingency count(const discrete_data& data, std::span<const node_id> outer, std::span<const node_id> inner);

/// The same into memory that is used again. For hot loops: the columns must be complete.
void count_into(const discrete_data& data, std::span<const node_id> outer, std::span<const node_id> inner,
                contingency& result);

}  // namespace credence::bayesnet
