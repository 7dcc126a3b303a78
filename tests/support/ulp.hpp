// SPDX-License-Identifier: BSD-3-Clause
// Errors in units of the last place, and tables of high-precision values.
#pragma once

#include <boost/multiprecision/cpp_bin_float.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace credence::test {

using wide = boost::multiprecision::cpp_bin_float_quad;  // 113 bits

/// |got - expected| in units of the last place of the expected double. Next to overflow infinity counts as the number
/// after the largest.
inline double error_in_ulp(double got, const wide& expected) {
  const double rounded = static_cast<double>(expected);
  if (std::isnan(rounded) || std::isnan(got)) {
    return std::isnan(got) == std::isnan(rounded) ? 0.0 : std::numeric_limits<double>::infinity();
  }
  if (std::isinf(got) && got == rounded) return 0.0;
  const wide end = ldexp(wide(1), 1024);
  const auto bounded = [&](const wide& v) { return std::min(std::max(v, wide(-end)), end); };
  int exponent = 0;
  std::frexp(std::isinf(rounded) ? std::numeric_limits<double>::max() : rounded, &exponent);
  const wide ulp = ldexp(wide(1), std::max(exponent, -1021) - 53);
  const wide g = std::isinf(got) ? (got > 0 ? end : wide(-end)) : wide(got);
  return static_cast<double>(abs(g - bounded(expected)) / ulp);
}

/// One line of a table `function,argument,...,value`: arguments as hexadecimal floats, the value with 40 digits.
struct table_row {
  std::string function;
  std::vector<double> arguments;
  wide value;
};

inline std::vector<table_row> read_table(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error("cannot read " + path);
  std::vector<table_row> rows;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream fields(line);
    table_row row;
    std::getline(fields, row.function, ',');
    std::vector<std::string> rest;
    for (std::string field; std::getline(fields, field, ',');) rest.push_back(field);
    for (std::size_t i = 0; i + 1 < rest.size(); ++i) row.arguments.push_back(std::strtod(rest[i].c_str(), nullptr));
    row.value = wide(rest.back());
    rows.push_back(row);
  }
  return rows;
}

}  // namespace credence::test
