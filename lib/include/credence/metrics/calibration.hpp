// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>
#include <vector>

/// Do predicted probabilities come true? Weights and errors as in classification.hpp.
namespace credence::metrics {

enum class calibration_bins : std::uint8_t {
  equal_width,  ///< [0, 1/bins), ..., the last one closed
  equal_count,  ///< about as much weight in each; equal probabilities stay together
};

struct calibration_points {
  std::vector<double> mean_probability;  ///< of each bin that is not empty, rising
  std::vector<double> observed;          ///< the part of positives among its rows
  std::vector<double> weight;            ///< of its rows
};

/// @throws domain_error  also for bins < 1 or a probability outside [0, 1]
calibration_points calibration_curve(std::span<const double> probability, std::span<const std::int32_t> truth,
                                     std::int64_t bins = 10, calibration_bins how = calibration_bins::equal_width,
                                     std::span<const double> weights = {});

/// The mean of |observed - mean probability| over the bins, by their weight.
double expected_calibration_error(const calibration_points& points);

}  // namespace credence::metrics
