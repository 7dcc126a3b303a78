// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/check.hpp"

#include <cstdint>
#include <span>
#include <string_view>

/// What all metrics ask of their rows.
namespace credence::metrics::detail {

inline double weight_of(std::span<const double> weights, std::size_t i) { return weights.empty() ? 1.0 : weights[i]; }

inline void check_rows(std::string_view where, std::size_t rows) {
  if (rows == 0) check::fail_domain(where, "the number of rows", std::int64_t{0}, "at least 1");
}

inline void check_weights(std::string_view where, std::span<const double> weights, std::size_t rows) {
  if (weights.empty()) return;
  check::same_size(where, "weights", static_cast<std::int64_t>(weights.size()), "the truth",
                   static_cast<std::int64_t>(rows));
  double total = 0.0;
  for (const double w : weights) {
    check::non_negative(where, "a weight", w);
    total += w;
  }
  check::positive(where, "the sum of the weights", total);
}

inline void check_classes(std::string_view where, std::span<const std::int32_t> truth, std::int64_t classes) {
  for (const std::int32_t c : truth) check::less_than(where, "a class", c, classes);
}

/// Lengths, weights and two classes.
inline void check_binary(std::string_view where, std::size_t scores, std::span<const std::int32_t> truth,
                         std::span<const double> weights) {
  check_rows(where, truth.size());
  check::same_size(where, "the scores", static_cast<std::int64_t>(scores), "the truth",
                   static_cast<std::int64_t>(truth.size()));
  check_weights(where, weights, truth.size());
  check_classes(where, truth, 2);
}

}  // namespace credence::metrics::detail
