// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The words of expressions and of model formulas.
namespace credence::estimate_detail {

enum class token_kind : std::uint8_t { number, name, text, symbol, end };

struct token {
  token_kind what = token_kind::end;
  std::string_view text{};  ///< without quotes; square brackets appear as round ones
  double number = 0.0;
  std::size_t begin = 0, end = 0;  ///< place in the whole text
  std::int64_t column = 1;         ///< begin + 1
  bool quoted = false;             ///< a name in backticks
};

/// @throws parse_error  at a character that starts nothing, or a quote that is not closed
std::vector<token> tokens_of(std::string_view whole, std::size_t begin, std::size_t end);

/// Throws parse_error "formula:1:COLUMN: what, in "text"".
[[noreturn]] void fail_at(std::string_view text, std::int64_t column, const std::string& what);

}  // namespace credence::estimate_detail
