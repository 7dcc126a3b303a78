// SPDX-License-Identifier: BSD-3-Clause
// Metrics from the draws of a window, and from the gradients there.
#pragma once

#include "credence/samplers/metric.hpp"

#include <cstdint>
#include <span>

namespace credence::detail {

/// Draws of a window and the gradients of the log density there, (draws, dimension) each.
struct window_draws {
  std::span<const double> positions;
  std::span<const double> gradients;
  std::int64_t dimension = 0;
};

/// The sample covariance, shrunk towards 1e-3 with the weight of five draws, as Stan does, and towards its diagonal with
/// the weight of `diagonal_weight` draws.
metric dense_from_draws(const window_draws& window, double diagonal_weight);

/// The covariance that minimises the Fisher divergence to a normal distribution: of all C the one for which the
/// gradients look like -C^-1 (x - mean), which is the geometric mean of the covariance of the draws and the inverse
/// covariance of the gradients. `low_rank` keeps the directions in which, in units of the diagonal estimate, its
/// eigenvalues are beyond a factor of two from 1.
/// @source Seyboldt, Carlson, Carpenter, "Preconditioning Hamiltonian Monte Carlo by minimizing Fisher divergence",
/// 2026
metric from_gradients(metric::shape shape, const window_draws& window);

/// The same for one coordinate: sqrt(variance of the draws / variance of the gradients), kept within 1e-20 and 1e20.
double variance_from_gradients(double draw_variance, double gradient_variance);

}  // namespace credence::detail
