// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Numbers as text, read and written exactly.
namespace credence {

/// What was read from the front of a text, and where it ended.
struct parsed_number {
  double value = 0.0;
  const char* end = nullptr;  ///< one past the number; equal to `first` when there is none
  bool integer = false;       ///< digits only (and a sign), and at most 2^53 in magnitude: `value` is exact
};

/// Reads a decimal number at `first`: sign, digits, fraction, exponent; or nan, inf, infinity in any case. The nearest
/// double, ties to even; beyond the range infinity or zero. Nothing is skipped.
parsed_number parse_number(const char* first, const char* last);

/// The whole text as a number, blanks around it allowed; nothing when it is anything else.
std::optional<double> to_number(std::string_view text);

/// The whole text as a 64-bit integer, blanks around it allowed; nothing when it is anything else or too large.
std::optional<std::int64_t> to_integer(std::string_view text);

/// Appends the shortest text that reads back as the same double: NaN, Infinity and -Infinity for the rest.
void append_number(std::string& out, double value);
void append_number(std::string& out, std::int64_t value);

}  // namespace credence
