// SPDX-License-Identifier: BSD-3-Clause
#include "credence/table/table.hpp"

#include "credence/base/check.hpp"
#include "credence/table/numbers.hpp"

#include <algorithm>
#include <limits>
#include <set>

namespace credence {

namespace {

std::size_t to_size(std::int64_t n) { return static_cast<std::size_t>(n); }

template <class T>
std::vector<T> taken(const std::vector<T>& from, std::span<const std::int64_t> rows) {
  std::vector<T> result(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) result[i] = from[to_size(rows[i])];
  return result;
}

}  // namespace

const char* to_string(column_type type) {
  switch (type) {
    case column_type::real:
      return "real";
    case column_type::integer:
      return "integer";
    case column_type::text:
      return "text";
  }
  return "";
}

std::int64_t column::size() const {
  switch (type()) {
    case column_type::real:
      return static_cast<std::int64_t>(reals().size());
    case column_type::integer:
      return static_cast<std::int64_t>(integers().size());
    case column_type::text:
      return static_cast<std::int64_t>(texts().codes.size());
  }
  return 0;
}

std::int64_t column::missing_count() const {
  return static_cast<std::int64_t>(missing.size()) - std::count(missing.begin(), missing.end(), std::uint8_t{0});
}

std::vector<double> column::numbers() const {
  if (type() == column_type::text) {
    throw domain_error("numbers: column " + name + " holds text, but must hold numbers");
  }
  if (type() == column_type::real) return reals();
  std::vector<double> result(integers().begin(), integers().end());
  for (std::size_t i = 0; i < missing.size(); ++i) {
    if (missing[i] != 0) result[i] = std::numeric_limits<double>::quiet_NaN();
  }
  return result;
}

std::string column::text(std::int64_t row) const {
  std::string out;
  if (is_missing(row)) return out;
  switch (type()) {
    case column_type::real:
      append_number(out, reals()[to_size(row)]);
      break;
    case column_type::integer:
      append_number(out, integers()[to_size(row)]);
      break;
    case column_type::text:
      out = texts().levels[to_size(texts().codes[to_size(row)])];
      break;
  }
  return out;
}

column make_column(std::string name, std::vector<double> values) { return {std::move(name), std::move(values), {}}; }

column make_column(std::string name, std::vector<std::int64_t> values) {
  return {std::move(name), std::move(values), {}};
}

column make_column(std::string name, std::span<const std::string> texts) {
  categories result;
  result.levels.assign(texts.begin(), texts.end());
  std::sort(result.levels.begin(), result.levels.end());
  result.levels.erase(std::unique(result.levels.begin(), result.levels.end()), result.levels.end());
  for (const std::string& text : texts) {
    const auto found = std::lower_bound(result.levels.begin(), result.levels.end(), text);
    result.codes.push_back(static_cast<std::int32_t>(found - result.levels.begin()));
  }
  return {std::move(name), std::move(result), {}};
}

table::table(std::vector<column> columns) : columns_(std::move(columns)) {
  if (columns_.empty()) return;
  rows_ = columns_.front().size();
  std::set<std::string_view> seen;
  for (const column& c : columns_) {
    check::same_size("table", "column " + columns_.front().name, rows_, "column " + c.name, c.size());
    if (!seen.insert(c.name).second) throw domain_error("table: two columns are named " + c.name);
  }
}

std::vector<std::string> table::names() const {
  std::vector<std::string> result;
  for (const column& c : columns_) result.push_back(c.name);
  return result;
}

bool table::contains(std::string_view name) const {
  return std::any_of(columns_.begin(), columns_.end(), [&](const column& c) { return c.name == name; });
}

const column& table::at(std::string_view name) const {
  for (const column& c : columns_) {
    if (c.name == name) return c;
  }
  std::string known;
  for (std::size_t i = 0; i < columns_.size() && i < 20; ++i) known += (i == 0 ? "" : ", ") + columns_[i].name;
  if (columns_.size() > 20) known += ", ...";
  throw domain_error("table: there is no column named " + std::string(name) +
                     (known.empty() ? "; the table is empty" : "; there are " + known));
}

void table::set(column added) {
  if (!columns_.empty()) check::same_size("table", "column " + added.name, added.size(), "the table", rows_);
  rows_ = added.size();
  for (column& c : columns_) {
    if (c.name == added.name) {
      c = std::move(added);
      return;
    }
  }
  columns_.push_back(std::move(added));
}

table table::select(std::span<const std::string> names) const {
  std::vector<column> chosen;
  for (const std::string& name : names) chosen.push_back(at(name));
  return table(std::move(chosen));
}

table table::take(std::span<const std::int64_t> rows) const {
  for (const std::int64_t row : rows) check::less_than("table::take", "row", row, rows_);
  table result;
  result.rows_ = static_cast<std::int64_t>(rows.size());
  for (const column& c : columns_) {
    column chosen{c.name, {}, {}};
    switch (c.type()) {
      case column_type::real:
        chosen.values = taken(c.reals(), rows);
        break;
      case column_type::integer:
        chosen.values = taken(c.integers(), rows);
        break;
      case column_type::text:
        chosen.values = categories{taken(c.texts().codes, rows), c.texts().levels};
        break;
    }
    if (!c.missing.empty()) chosen.missing = taken(c.missing, rows);
    result.columns_.push_back(std::move(chosen));
  }
  return result;
}

std::vector<double> table::matrix(std::span<const std::string> names) const {
  std::vector<double> result(to_size(rows_) * names.size());
  for (std::size_t j = 0; j < names.size(); ++j) {
    const std::vector<double> values = at(names[j]).numbers();
    for (std::size_t i = 0; i < values.size(); ++i) result[i * names.size() + j] = values[i];
  }
  return result;
}

}  // namespace credence
