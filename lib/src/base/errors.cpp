// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/errors.hpp"

namespace credence {

namespace {

std::string located(const std::string& source, std::int64_t line, std::int64_t column, const std::string& what) {
  std::string message = source;
  if (line > 0) {
    message += ":" + std::to_string(line);
    if (column > 0) message += ":" + std::to_string(column);
  } else if (column > 0) {
    message += ": byte " + std::to_string(column);
  }
  return message + ": " + what;
}

}  // namespace

parse_error::parse_error(const std::string& source_name, std::int64_t at_line, std::int64_t at_column,
                         const std::string& what)
    : error(located(source_name, at_line, at_column, what)), source(source_name), line(at_line), column(at_column) {}

}  // namespace credence
