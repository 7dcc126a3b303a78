// SPDX-License-Identifier: BSD-3-Clause
#include "credence/output.hpp"

#include "credence/base/check.hpp"
#include "credence/base/errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <iostream>

namespace credence::app {

namespace {

/// JSON has no infinities: they become text. Everything else stays.
json finite_or_text(const json& value) {
  if (value.is_number_float() && !std::isfinite(value.get<double>())) return check::to_text(value.get<double>());
  if (!value.is_structured()) return value;
  json copy = value.is_array() ? json::array() : json::object();
  for (auto it = value.begin(); it != value.end(); ++it) {
    if (value.is_array()) {
      copy.push_back(finite_or_text(*it));
    } else {
      copy[it.key()] = finite_or_text(it.value());
    }
  }
  return copy;
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string csv_cell(const table_text::cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) return csv_field(*text);
  if (const auto* number = std::get_if<double>(&cell)) return check::to_text(*number);
  if (const auto* count = std::get_if<std::int64_t>(&cell)) return std::to_string(*count);
  return "";
}

/// Four significant digits without an exponent where that stays short: 0.01230, 12.34, 123457.
std::string people_number(double value, int digits) {
  if (!std::isfinite(value)) return check::to_text(value);
  if (value == 0.0) return "0";
  const double size = std::abs(value);
  if (size < 1e-4 || size >= 1e9) return fmt::format("{:.{}e}", value, digits - 1);
  const int before_point = static_cast<int>(std::floor(std::log10(size))) + 1;
  return fmt::format("{:.{}f}", value, std::max(0, digits - before_point));
}

std::string people_cell(const table_text::cell& cell, int digits) {
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  if (const auto* number = std::get_if<double>(&cell)) return people_number(*number, digits);
  if (const auto* count = std::get_if<std::int64_t>(&cell)) return std::to_string(*count);
  return "";
}

/// Columns on the screen: UTF-8 continuation bytes take none.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

std::string to_json_text(const json& value) {
  return finite_or_text(value).dump(2, ' ', false, json::error_handler_t::replace);
}

std::string to_csv_text(const table_text& table) {
  std::string text;
  const auto join = [&text](const auto& cells, const auto& to_text) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) text += ',';
      text += to_text(cells[i]);
    }
    text += '\n';
  };
  join(table.columns, csv_field);
  for (const auto& row : table.rows) join(row, csv_cell);
  return text;
}

namespace {

/// Characters behind the decimal point, the point included.
std::size_t fraction(const std::string& number) {
  const std::size_t point = number.find('.');
  return point == std::string::npos ? 0 : number.size() - point;
}

/// Lets the decimal points of a column stand below each other. Numbers with an exponent stay flush right.
void align_points(const table_text& table, std::size_t column, std::vector<std::vector<std::string>>& lines) {
  const auto aligns = [&](std::size_t row) {
    const auto& cells = table.rows[row];
    return column < cells.size() && std::holds_alternative<double>(cells[column]) &&
           lines[row + 1][column].find('e') == std::string::npos;
  };
  std::size_t longest = 0;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    if (aligns(row)) longest = std::max(longest, fraction(lines[row + 1][column]));
  }
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    std::string& text = lines[row + 1][column];
    if (aligns(row)) text.append(longest - fraction(text), ' ');
  }
}

}  // namespace

std::string to_people_text(const table_text& table) {
  const std::size_t n = table.columns.size();
  std::vector<std::vector<std::string>> lines{table.columns};
  std::vector<bool> is_text(n, false);
  for (const auto& row : table.rows) {
    auto& line = lines.emplace_back(n);
    for (std::size_t c = 0; c < std::min(n, row.size()); ++c) {
      line[c] = people_cell(row[c], table.digits);
      if (std::holds_alternative<std::string>(row[c])) is_text[c] = true;
    }
  }
  for (std::size_t c = 0; c < n; ++c) {
    if (!is_text[c]) align_points(table, c, lines);
  }
  std::vector<std::size_t> widest(n, 0);
  for (const auto& line : lines) {
    for (std::size_t c = 0; c < n; ++c) widest[c] = std::max(widest[c], width(line[c]));
  }
  std::string text = table.title.empty() ? "" : table.title + '\n';
  for (const auto& line : lines) {
    std::string printed;
    for (std::size_t c = 0; c < n; ++c) {
      const std::string padding(widest[c] - width(line[c]), ' ');
      printed += is_text[c] ? line[c] + padding : padding + line[c];
      if (c + 1 < n) printed += "  ";
    }
    printed.erase(printed.find_last_not_of(' ') + 1);
    text += printed + '\n';
  }
  return text;
}

output_file::output_file(std::string path) : path_(std::move(path)) {
  if (path_ == "-") return;
  file_.open(path_ + ".partial", std::ios::binary | std::ios::trunc);
  if (!file_) throw io_error(io_error::kind::write, path_ + ": cannot be written: " + std::strerror(errno));
  open_ = true;
}

output_file::~output_file() {
  if (!open_) return;
  file_.close();
  std::remove((path_ + ".partial").c_str());
}

std::ostream& output_file::stream() { return path_ == "-" ? std::cout : file_; }

void output_file::commit() {
  if (path_ == "-") return;
  file_.close();
  if (!file_) throw io_error(io_error::kind::write, path_ + ": could not be written to the end");
  if (std::rename((path_ + ".partial").c_str(), path_.c_str()) != 0) {
    throw io_error(io_error::kind::write, path_ + ": cannot be written: " + std::strerror(errno));
  }
  open_ = false;
}

}  // namespace credence::app
