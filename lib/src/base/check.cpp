// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/check.hpp"

#include <charconv>
#include <cmath>

namespace credence::check {

std::string to_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return std::string(buffer, end);
}

void fail_domain(std::string_view where, std::string_view name, std::string_view value, std::string_view must_be) {
  std::string message(where);
  message.append(": ").append(name).append(" is ").append(value).append(", but must be ").append(must_be);
  throw domain_error(message);
}

void fail_domain(std::string_view where, std::string_view name, double value, std::string_view must_be) {
  fail_domain(where, name, std::string_view(to_text(value)), must_be);
}

void fail_domain(std::string_view where, std::string_view name, std::int64_t value, std::string_view must_be) {
  fail_domain(where, name, std::string_view(std::to_string(value)), must_be);
}

void fail_shape(std::string_view where, std::string_view what) {
  throw shape_error(std::string(where) + ": " + std::string(what));
}

}  // namespace credence::check
