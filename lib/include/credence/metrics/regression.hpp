// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>

/// Scores of predicted numbers. Weights as in classification.hpp.
///
/// Errors, everywhere: shape_error when lengths differ; domain_error for no rows, numbers that are not finite, bad
/// weights.
namespace credence::metrics {

double mean_squared_error(std::span<const double> truth, std::span<const double> predicted,
                          std::span<const double> weights = {});
/// Its root, in the units of the target.
double root_mean_squared_error(std::span<const double> truth, std::span<const double> predicted,
                               std::span<const double> weights = {});
double mean_absolute_error(std::span<const double> truth, std::span<const double> predicted,
                           std::span<const double> weights = {});
/// 1 - residual sum of squares / sum of squares about the mean. Where the truth is constant: 1 when all residuals are
/// 0, else -infinity.
double r2(std::span<const double> truth, std::span<const double> predicted, std::span<const double> weights = {});
/// Mean of max(q (y - p), (q - 1) (y - p)): least at the q-quantile.
/// @throws domain_error  unless 0 < q < 1
double pinball_loss(std::span<const double> truth, std::span<const double> predicted, double q,
                    std::span<const double> weights = {});
/// Mean of 2 (y ln(y / p) - y + p), with 0 ln 0 = 0.
/// @throws domain_error  for a negative truth or a prediction that is not positive
double poisson_deviance(std::span<const double> truth, std::span<const double> predicted,
                        std::span<const double> weights = {});

}  // namespace credence::metrics
