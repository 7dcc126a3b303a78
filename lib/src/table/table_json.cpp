// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/errors.hpp"
#include "credence/table/csv.hpp"
#include "credence/table/files.hpp"
#include "credence/table/json.hpp"
#include "credence/table/npy.hpp"
#include "credence/table/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "credence/table/json_scan.hpp"

namespace credence {

namespace {

using detail::json_scanner;

/// One element as it stands in the text.
struct json_cell {
  enum class kind : std::uint8_t { missing, integer, real, text } what = kind::missing;
  double value = 0.0;
  std::string text{};
};

json_cell read_cell(json_scanner& in) {
  using kind = json_cell::kind;
  const char next = in.peek();
  if (in.accept_word("null")) return {};
  if (in.accept_word("true")) return {kind::text, 0.0, "true"};
  if (in.accept_word("false")) return {kind::text, 0.0, "false"};
  if (next == '[' || next == '{') in.fail("a cell must be a number, a string, true, false or null");
  if (next == '"') {
    json_cell cell{kind::text, 0.0, in.string()};
    if (detail::non_finite_word(cell.text, cell.value)) cell.what = kind::real;
    return cell;
  }
  const auto number = in.take_number();
  json_cell cell{number.integer ? kind::integer : kind::real, number.value, {}};
  append_number(cell.text, number.value);
  return cell;
}

column make_json_column(std::string name, const std::vector<json_cell>& cells) {
  using kind = json_cell::kind;
  kind all = kind::missing;
  bool gaps = false;
  for (const json_cell& cell : cells) {
    all = std::max(all, cell.what);
    gaps = gaps || cell.what == kind::missing;
  }
  column result{std::move(name), {}, {}};
  if (all == kind::text) {
    std::vector<std::string> texts;
    for (const json_cell& cell : cells) {
      if (cell.what != kind::missing) texts.push_back(cell.text);
    }
    categories codes = make_column("", texts).texts();
    categories spread{{}, std::move(codes.levels)};
    std::size_t next = 0;
    for (const json_cell& cell : cells) spread.codes.push_back(cell.what == kind::missing ? -1 : codes.codes[next++]);
    result.values = std::move(spread);
  } else if (all == kind::integer) {
    std::vector<std::int64_t> values;
    for (const json_cell& cell : cells) values.push_back(static_cast<std::int64_t>(cell.value));
    result.values = std::move(values);
  } else {
    std::vector<double> values;
    for (const json_cell& cell : cells) {
      values.push_back(cell.what == kind::missing ? std::numeric_limits<double>::quiet_NaN() : cell.value);
    }
    result.values = std::move(values);
  }
  if (gaps) {
    for (const json_cell& cell : cells) result.missing.push_back(cell.what == kind::missing ? 1 : 0);
  }
  return result;
}

/// Columns in order of first appearance.
struct json_columns {
  std::vector<std::string> names;
  std::vector<std::vector<json_cell>> cells;
  std::map<std::string, std::size_t> index;

  std::vector<json_cell>& at(const std::string& name) {
    const auto [place, added] = index.emplace(name, names.size());
    if (added) {
      names.push_back(name);
      cells.emplace_back();
    }
    return cells[place->second];
  }

  table finish() {
    std::vector<column> columns;
    for (std::size_t c = 0; c < names.size(); ++c) columns.push_back(make_json_column(names[c], cells[c]));
    return table(std::move(columns));
  }
};

void read_columns(json_scanner& in, json_columns& out) {
  in.expect('{', "{");
  if (in.accept('}')) return;
  do {
    in.peek();
    const std::size_t begin = in.offset();
    const std::string name = in.string();
    if (out.index.count(name) != 0) in.fail_at(begin, "the column name " + name + " is there twice");
    in.expect(':', ":");
    std::vector<json_cell>& cells = out.at(name);
    in.expect('[', "an array of cells, [");
    if (!in.accept(']')) {
      do cells.push_back(read_cell(in));
      while (in.accept(','));
      in.expect(']', ", or ]");
    }
    if (cells.size() != out.cells.front().size()) {
      throw shape_error(in.place(begin) + ": column " + name + " has " + std::to_string(cells.size()) +
                        " cells, but the first has " + std::to_string(out.cells.front().size()));
    }
  } while (in.accept(','));
  in.expect('}', ", or }");
}

void read_rows(json_scanner& in, json_columns& out) {
  in.expect('[', "[");
  if (in.accept(']')) return;
  std::size_t rows = 0;
  do {
    in.expect('{', "a row, {");
    if (!in.accept('}')) {
      do {
        in.peek();
        const std::size_t begin = in.offset();
        const std::string name = in.string();
        in.expect(':', ":");
        std::vector<json_cell>& cells = out.at(name);
        if (cells.size() > rows) in.fail_at(begin, "the name " + name + " is there twice");
        cells.resize(rows);
        cells.push_back(read_cell(in));
      } while (in.accept(','));
      in.expect('}', ", or }");
    }
    ++rows;
  } while (in.accept(','));
  in.expect(']', ", or ]");
  for (auto& cells : out.cells) cells.resize(rows);
}

}  // namespace

table parse_json_table(std::string_view text, const std::string& source) {
  json_scanner in(text, source);
  json_columns columns;
  if (in.peek() == '[') {
    read_rows(in, columns);
  } else if (in.peek() == '{') {
    read_columns(in, columns);
  } else {
    in.fail("an array of rows or an object of columns was expected");
  }
  in.finish();
  return columns.finish();
}

table read_json_table(const std::string& path) { return parse_json_table(read_file(path), path); }

std::string to_json(const table& data) {
  std::string out = "{";
  for (const column& c : data.columns()) {
    out += out.size() > 1 ? ",\n  " : "\n  ";
    detail::append_json_string(out, c.name);
    out += ": [";
    for (std::int64_t row = 0; row < data.rows(); ++row) {
      if (row > 0) out += ", ";
      const auto i = static_cast<std::size_t>(row);
      if (c.is_missing(row)) {
        out += "null";
      } else if (c.type() == column_type::real) {
        detail::append_json_number(out, c.reals()[i]);
      } else if (c.type() == column_type::integer) {
        append_number(out, c.integers()[i]);
      } else {
        detail::append_json_string(out, c.text(row));
      }
    }
    out += ']';
  }
  return out + "\n}\n";
}

table read_table(const std::string& path) {
  if (path.ends_with(".csv") || path.ends_with(".csv.gz")) return read_csv(path);
  if (path.ends_with(".json") || path.ends_with(".json.gz")) return read_json_table(path);
  if (path.ends_with(".npy")) return to_table(read_npy(path));
  throw domain_error("read_table: path is " + path + ", but must end in .csv, .csv.gz, .json or .npy");
}

}  // namespace credence
