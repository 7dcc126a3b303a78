// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/command.hpp"

#include "credence/table/table.hpp"

#include <string>
#include <utility>
#include <vector>

/// What the commands of estimation share.
namespace credence::app {

/// Reads a table; an empty one is bad input.
/// @throws parse_error  when there are no rows
table read_table(const session& now, const std::string& file);

/// The column of that name, as numbers. @throws usage_error when there is none, domain_error when it holds text
std::vector<double> number_column(const table& data, const std::string& file, const std::string& name);

/// "name=a,b,c" cut at the first equals sign and at commas. @throws usage_error
std::pair<std::string, std::vector<std::string>> named_list(const std::string& option, const std::string& text);

/// One prior or start, "name=family:1:2" or "name=1.5". @throws usage_error
struct named_arguments {
  std::string name;
  std::string family;  ///< empty for a plain number
  std::vector<double> arguments;
};
named_arguments named_numbers(const std::string& option, const std::string& text);

/// Runs f; a formula that cannot be read is wrong use of the command line, not bad data.
template <class F>
auto with_formula(const F& f) {
  try {
    return f();
  } catch (const parse_error& failure) {
    if (failure.source == "formula") throw usage_error(failure.what());
    throw;
  }
}

}  // namespace credence::app
