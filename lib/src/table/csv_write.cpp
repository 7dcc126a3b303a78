// SPDX-License-Identifier: BSD-3-Clause
#include "credence/table/csv.hpp"
#include "credence/table/files.hpp"
#include "credence/table/numbers.hpp"

namespace credence {

namespace {

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append_text(std::string& out, std::string_view text, char delimiter) {
  const bool plain = !text.empty() && text.find_first_of("\"\r\n") == std::string_view::npos &&
                     text.find(delimiter) == std::string_view::npos && text.front() != ' ' && text.back() != ' ' &&
                     !text.starts_with("\xEF\xBB\xBF");  // at the front of a file it would be a byte-order mark
  if (plain) {
    out += text;
  } else {
    append_quoted(out, text);
  }
}

void append_cell(std::string& out, const column& c, std::int64_t row, char delimiter) {
  if (c.is_missing(row)) return;
  const auto i = static_cast<std::size_t>(row);
  switch (c.type()) {
    case column_type::real:
      append_number(out, c.reals()[i]);
      break;
    case column_type::integer:
      append_number(out, c.integers()[i]);
      break;
    case column_type::text:
      append_text(out, c.texts().levels[static_cast<std::size_t>(c.texts().codes[i])], delimiter);
      break;
  }
}

}  // namespace

std::string to_csv(const table& data, const csv_options& options) {
  std::string out;
  const std::size_t columns = data.columns().size();
  if (options.header) {
    for (std::size_t c = 0; c < columns; ++c) {
      if (c > 0) out += options.delimiter;
      append_text(out, data.columns()[c].name, options.delimiter);
    }
    out += '\n';
  }
  for (std::int64_t row = 0; row < data.rows(); ++row) {
    const std::size_t line = out.size();
    for (std::size_t c = 0; c < columns; ++c) {
      if (c > 0) out += options.delimiter;
      append_cell(out, data.columns()[c], row, options.delimiter);
    }
    if (out.size() == line) out += "\"\"";  // a blank line would be skipped by readers
    out += '\n';
  }
  return out;
}

void write_csv(const std::string& path, const table& data, const csv_options& options) {
  write_file(path, to_csv(data, options));
}

}  // namespace credence
