// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <string>

/// Reference results as JSON, and how close one has to come.
namespace credence::test {

inline nlohmann::ordered_json read_reference(const std::string& path) {
  return nlohmann::ordered_json::parse(read_file(path));
}

/// |value - wanted| relative to |wanted|, absolute below `floor`.
inline double relative_gap(double value, double wanted, double floor = 1e-300) {
  if (value == wanted) return 0.0;
  return std::fabs(value - wanted) / std::fmax(std::fabs(wanted), floor);
}

/// Digits that agree: -log10 of the relative error, at most `most`.
inline double digits(double value, double wanted, double most) {
  if (value != value) return 0.0;
  const double gap = wanted == 0.0 ? std::fabs(value) : std::fabs(value - wanted) / std::fabs(wanted);
  return gap == 0.0 ? most : std::fmin(most, std::fmax(0.0, -std::log10(gap)));
}

}  // namespace credence::test
