// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/errors.hpp"

#include <cstdint>
#include <string>
#include <string_view>

/// Checks at the public door. Each throws with the house message "where: name is VALUE, but must be ...".
/// Kernels and private functions trust their caller.
namespace credence::check {

/// Shortest text that reads back as the same double; "NaN", "Infinity", "-Infinity" for the rest.
std::string to_text(double value);

[[noreturn]] void fail_domain(std::string_view where, std::string_view name, double value, std::string_view must_be);
[[noreturn]] void fail_domain(std::string_view where, std::string_view name, std::int64_t value,
                              std::string_view must_be);
[[noreturn]] void fail_domain(std::string_view where, std::string_view name, std::string_view value,
                              std::string_view must_be);
[[noreturn]] void fail_shape(std::string_view where, std::string_view what);

// The conditions are written so that NaN fails too.
inline void positive(std::string_view where, std::string_view name, double value) {
  if (!(value > 0.0 && value < __builtin_inf())) fail_domain(where, name, value, "positive and finite");
}
inline void non_negative(std::string_view where, std::string_view name, double value) {
  if (!(value >= 0.0 && value < __builtin_inf())) fail_domain(where, name, value, "non-negative and finite");
}
inline void finite(std::string_view where, std::string_view name, double value) {
  if (!(value - value == 0.0)) fail_domain(where, name, value, "finite");
}
inline void probability(std::string_view where, std::string_view name, double value) {
  if (!(value >= 0.0 && value <= 1.0)) fail_domain(where, name, value, "between 0 and 1");
}
inline void at_least(std::string_view where, std::string_view name, std::int64_t value, std::int64_t least) {
  if (value < least) fail_domain(where, name, value, "at least " + std::to_string(least));
}
inline void less_than(std::string_view where, std::string_view name, std::int64_t value, std::int64_t end) {
  if (value < 0 || value >= end) fail_domain(where, name, value, "from 0 to " + std::to_string(end - 1));
}
inline void same_size(std::string_view where, std::string_view first, std::int64_t a, std::string_view second,
                      std::int64_t b) {
  if (a != b) {
    fail_shape(where, std::string(first) + " has " + std::to_string(a) + " elements, but " + std::string(second) +
                          " has " + std::to_string(b));
  }
}

}  // namespace credence::check
