// SPDX-License-Identifier: BSD-3-Clause
// What readers of network files share: places in a text, and networks put together from names.
#pragma once

#include "credence/bayesnet/bif.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace credence::bayesnet::detail {

/// A text that knows how to complain about itself.
struct text_place {
  std::string_view text;
  std::string source;
  /// @throws parse_error  with line and column of the byte
  [[noreturn]] void fail(std::size_t offset, const std::string& what) const;
};

struct placed_name {
  std::string text;
  std::size_t offset = 0;
};

struct named_variable {
  placed_name name;
  std::vector<placed_name> states;
  std::vector<std::string> properties;
};

/// P(child | parents), values as a network's table has them.
struct named_table {
  placed_name child;
  std::vector<placed_name> parents;
  std::vector<double> values;
  std::size_t values_offset = 0;
  std::vector<std::string> properties;
  compact_cpd form{};
};

/// Looks names up and checks everything. @throws parse_error
network assemble(const text_place& place, std::string name, std::vector<named_variable> variables,
                 std::vector<named_table> tables, std::vector<std::string> properties, const bif_limits& limits);

/// A word of a message, cut short and printable.
std::string shown(std::string_view text);

}  // namespace credence::bayesnet::detail
