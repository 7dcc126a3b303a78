// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace credence::detail {

struct text_place {
  std::int64_t line;    ///< from 1
  std::int64_t column;  ///< byte in the line, from 1
};

/// Where a byte of a text stands.
inline text_place place_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t last = before.rfind('\n');
  return {line, static_cast<std::int64_t>(offset - (last == std::string_view::npos ? 0 : last + 1)) + 1};
}

}  // namespace credence::detail
