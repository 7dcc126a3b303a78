// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>
#include <vector>

/// Scores of two classes to probabilities. Fit on rows that the scores were not trained on (out_of_fold predictions).
namespace credence::ensemble {

/// p = 1 / (1 + exp(slope * score + intercept)); the slope is negative for a score that rises with class 1.
struct platt_scaling {
  double slope = -1.0, intercept = 0.0;

  /// Maximum likelihood with Platt's targets (n1 + 1) / (n1 + 2) and 1 / (n0 + 2), by Newton's method.
  /// @throws shape_error, domain_error  for lengths that differ, scores that are not finite, one class only
  /// @source Platt 1999; Lin, Lin, Weng, "A note on Platt's probabilistic outputs for support vector machines", 2007
  static platt_scaling fit(std::span<const double> scores, std::span<const std::int32_t> truth,
                           std::span<const double> weights = {});
  [[nodiscard]] double operator()(double score) const;
};

/// The nondecreasing function with the least squared error, linear between its steps and constant outside.
/// @source Barlow, Bartholomew, Bremner, Brunk 1972: pool adjacent violators
struct isotonic_regression {
  std::vector<double> x, y;  ///< both ends of each step

  /// @throws shape_error, domain_error  for lengths that differ, no rows, numbers that are not finite
  static isotonic_regression fit(std::span<const double> x, std::span<const double> y,
                                 std::span<const double> weights = {});
  [[nodiscard]] double operator()(double at) const;
};

}  // namespace credence::ensemble
