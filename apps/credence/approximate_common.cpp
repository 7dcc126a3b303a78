// SPDX-License-Identifier: BSD-3-Clause
#include "credence/approximate_common.hpp"

#include "credence/table/numbers.hpp"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <iostream>

namespace credence::app {

void read_number_stream(const std::string& path, const std::function<void(double)>& take) {
  std::ifstream file;
  if (path != "-") {
    file.open(path);
    if (!file) throw io_error(io_error::kind::open, path + ": cannot be opened");
  }
  std::istream& in = path == "-" ? std::cin : file;
  const std::string source = path == "-" ? "standard input" : path;
  std::string line;
  for (std::int64_t number = 1; std::getline(in, line); ++number) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    const std::size_t first = line.find_first_not_of(" \t");
    if (first == std::string::npos) continue;
    const std::optional<double> value = to_number(line);
    if (!value || !std::isfinite(*value)) {
      throw parse_error(source, number, static_cast<std::int64_t>(first) + 1, "a finite number was expected");
    }
    take(*value);
  }
  if (in.bad()) throw io_error(io_error::kind::read, source + ": cannot be read");
}

step_schedule checked_gain(const std::string& command, double gain, double exponent) {
  const step_schedule out = polynomial_steps(gain, exponent);
  const schedule_proof proof = robbins_monro_conditions(out);
  if (!proof.holds) {
    throw usage_error(fmt::format("{}: --gain-exponent is {}, but must be above 0.5 and at most 1: {}", command,
                                  exponent, proof.why));
  }
  return out;
}

document interval_document(const interval_estimate& result) {
  document shown;
  const bool one = result.estimate.size() == 1;
  const auto put = [&](const char* key, const std::vector<double>& values) {
    shown.data[key] = one ? json(values[0]) : json(values);
  };
  put("estimate", result.estimate);
  put("std_error", result.std_error);
  put("lower", result.lower);
  put("upper", result.upper);
  shown.data["steps"] = result.steps;
  table_text table{"", {"estimate", "std_error", "lower", "upper", "steps"}, {}, 7};
  for (std::size_t i = 0; i < result.estimate.size(); ++i) {
    table.rows.push_back({result.estimate[i], result.std_error[i], result.lower[i], result.upper[i], result.steps});
  }
  shown.tables.push_back(std::move(table));
  return shown;
}

}  // namespace credence::app
