// SPDX-License-Identifier: BSD-3-Clause
#include "credence/estimate_common.hpp"

#include "credence/table/csv.hpp"

#include <charconv>

namespace credence::app {

table read_table(const session& now, const std::string& file) {
  table out = read_csv(now.context, file);
  if (out.rows() == 0) throw parse_error(file, 1, 1, "the table has no rows");
  return out;
}

std::vector<double> number_column(const table& data, const std::string& file, const std::string& name) {
  if (!data.contains(name)) {
    std::string known;
    for (const std::string& one : data.names()) known += (known.empty() ? "" : ", ") + one;
    throw usage_error("there is no column " + name + " in " + file + ", which has " + known);
  }
  const column& one = data.at(name);
  if (one.type() == column_type::text) {
    for (std::int64_t row = 0; row < one.size(); ++row) {
      if (one.is_missing(row)) continue;
      throw parse_error(file, row + 2, 1, "column " + name + " has \"" + one.text(row) + "\", expected numbers");
    }
  }
  return one.numbers();
}

std::pair<std::string, std::vector<std::string>> named_list(const std::string& option, const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw usage_error(option + " is " + text + ", but must be NAME=a,b,c");
  }
  std::vector<std::string> out(1);
  for (std::size_t i = equals + 1; i < text.size(); ++i) {
    if (text[i] == ',') {
      out.emplace_back();
    } else {
      out.back() += text[i];
    }
  }
  return {text.substr(0, equals), out};
}

named_arguments named_numbers(const std::string& option, const std::string& text) {
  const std::size_t equals = text.find('=');
  const auto refuse = [&] {
    throw usage_error(option + " is " + text + ", but must be name=number or name=family:number:number");
  };
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) refuse();
  named_arguments out;
  out.name = text.substr(0, equals);
  std::size_t at = equals + 1;
  bool first = true;
  while (at <= text.size()) {
    const std::size_t colon = std::min(text.find(':', at), text.size());
    const std::string part = text.substr(at, colon - at);
    double value = 0.0;
    const char* begin = part.data() + (part.size() > 1 && part[0] == '+' ? 1 : 0);
    const auto read = std::from_chars(begin, part.data() + part.size(), value);
    if (read.ec == std::errc() && read.ptr == part.data() + part.size()) {
      out.arguments.push_back(value);
    } else if (first && !part.empty()) {
      out.family = part;
    } else {
      refuse();
    }
    first = false;
    at = colon + 1;
  }
  if (out.family.empty() && out.arguments.size() != 1) refuse();
  return out;
}

}  // namespace credence::app
