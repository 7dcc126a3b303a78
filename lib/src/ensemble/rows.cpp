// SPDX-License-Identifier: BSD-3-Clause
#include "credence/ensemble/rows.hpp"

#include "credence/base/check.hpp"

#include <cmath>

namespace credence::ensemble {

namespace {

std::string column_name(const labelled_rows& data, std::int64_t column) {
  const auto c = static_cast<std::size_t>(column);
  if (c < data.features.size() && !data.features[c].name.empty()) return data.features[c].name;
  return "x" + std::to_string(column + 1);
}

void check_targets(const char* where, const labelled_rows& data) {
  for (std::size_t i = 0; i < data.y.size(); ++i) {
    const double y = data.y[i];
    const std::string name = "the target of row " + std::to_string(i);
    if (!std::isfinite(y)) check::fail_domain(where, name, y, "finite");
    if (data.classes > 0 && !(y >= 0.0 && y < data.classes && y == std::floor(y))) {
      check::fail_domain(where, name, y, "a class from 0 to " + std::to_string(data.classes - 1));
    }
  }
  if (data.weights.empty()) return;
  check::same_size(where, "weights", static_cast<std::int64_t>(data.weights.size()), "y",
                   static_cast<std::int64_t>(data.y.size()));
  double total = 0.0;
  for (const double w : data.weights) {
    check::non_negative(where, "a weight", w);
    total += w;
  }
  check::positive(where, "the sum of the weights", total);
}

}  // namespace

void check_rows(const char* where, const labelled_rows& data) {
  const std::int64_t rows = data.x.rows(), columns = data.x.columns();
  check::at_least(where, "the number of rows", rows, 1);
  check::at_least(where, "the number of columns", columns, 1);
  check::same_size(where, "y", static_cast<std::int64_t>(data.y.size()), "x", rows);
  if (!data.features.empty()) {
    check::same_size(where, "features", static_cast<std::int64_t>(data.features.size()), "a row of x", columns);
  }
  if (data.classes != 0) check::at_least(where, "classes", data.classes, 2);
  check_targets(where, data);
  std::vector<std::uint8_t> present(static_cast<std::size_t>(columns), 0);
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < columns; ++c) {
      const double x = data.x(r, c);
      if (std::isnan(x)) continue;
      present[static_cast<std::size_t>(c)] = 1;
      const bool categorical = !data.features.empty() && data.features[static_cast<std::size_t>(c)].categorical;
      if (!std::isfinite(x) || (categorical && (x < 0.0 || x != std::floor(x) || x > 2147483647.0))) {
        check::fail_domain(where, "column " + column_name(data, c) + " of row " + std::to_string(r), x,
                           categorical ? "a category's code" : "finite or missing");
      }
    }
  }
  for (std::int64_t c = 0; c < columns; ++c) {
    if (present[static_cast<std::size_t>(c)] == 0) {
      check::fail_domain(where, "column " + column_name(data, c), std::string_view("missing in every row"),
                         "there in some row");
    }
  }
}

void check_columns(const char* where, const feature_rows& x, std::int64_t columns) {
  if (x.columns() != columns) {
    check::fail_shape(where, "the rows have " + std::to_string(x.columns()) + " columns, but the model was fitted to " +
                                 std::to_string(columns));
  }
}

}  // namespace credence::ensemble
