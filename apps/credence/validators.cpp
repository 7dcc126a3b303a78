// SPDX-License-Identifier: BSD-3-Clause
#include "credence/command.hpp"

#include <charconv>
#include <cmath>

namespace credence::app {

namespace {

/// The whole text as a number; NaN when it is none.
double number_of(const std::string& text) {
  double value = 0.0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc{} && end == text.data() + text.size() ? value : std::nan("");
}

template <class Accept>
CLI::Validator number_validator(const std::string& must_be, Accept accept) {
  return CLI::Validator(
      [must_be, accept](const std::string& text) {
        return accept(number_of(text)) ? std::string() : "is " + text + ", but must be " + must_be;
      },
      "");
}

}  // namespace

CLI::Validator at_least(std::int64_t least) {
  return number_validator("at least " + std::to_string(least), [least](double value) {
    return std::isfinite(value) && value >= static_cast<double>(least);
  });
}

CLI::Validator between(std::int64_t least, std::int64_t most) {
  return number_validator("from " + std::to_string(least) + " to " + std::to_string(most), [least, most](double value) {
    return value >= static_cast<double>(least) && value <= static_cast<double>(most);
  });
}

CLI::Validator positive() {
  return number_validator("positive and finite", [](double value) { return std::isfinite(value) && value > 0.0; });
}

CLI::Validator non_negative() {
  return number_validator("non-negative and finite", [](double value) { return std::isfinite(value) && value >= 0.0; });
}

CLI::Validator between_0_and_1() {
  return number_validator("between 0 and 1", [](double value) { return value >= 0.0 && value <= 1.0; });
}

}  // namespace credence::app
