// SPDX-License-Identifier: BSD-3-Clause
#include "exercises/exercise.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <tuple>

namespace credence::exercises {

void add_all(catalogue& all);  // written by CMake

bool answer::passes() const {
  if (!(computed == computed)) return false;
  return std::abs(computed - expected) <= tolerance * std::max(1.0, std::abs(expected));
}

answer stated(std::string what, double expected, int decimals, double computed) {
  const double half = 0.5 * std::pow(10.0, -decimals) * (1.0 + 1e-9);  // the stated number itself is rounded to binary
  return {std::move(what), expected, computed, half / std::max(1.0, std::abs(expected)), because::printed};
}

answer exactly(std::string what, double expected, double computed) {
  return {std::move(what), expected, computed, 1e-9, because::exact};
}

answer truth(std::string what, bool expected, bool computed) {
  return {std::move(what), expected ? 1.0 : 0.0, computed ? 1.0 : 0.0, 0.0, because::exact};
}

answer simulated(std::string what, double expected, double computed, double standard_error) {
  return {std::move(what), expected, computed, 4.0 * standard_error / std::max(1.0, std::abs(expected)),
          because::four_errors};
}

const catalogue& all_exercises() {
  static const catalogue sorted = [] {
    catalogue all;
    add_all(all);
    // T2 before T10; other ids behind.
    const auto place = [](const exercise& e) {
      const bool numbered = e.id.size() > 1 && e.id[0] == 'T' && e.id[1] >= '0' && e.id[1] <= '9';
      return std::tuple(numbered ? std::atoi(e.id.c_str() + 1) : 1'000'000, e.id);
    };
    std::sort(all.begin(), all.end(), [&](const exercise& a, const exercise& b) { return place(a) < place(b); });
    return all;
  }();
  return sorted;
}

}  // namespace credence::exercises
