// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/tensor/tensor.hpp"

namespace credence {

struct sinkhorn_options {
  int max_iterations = 1000;
  double tolerance = 1e-12;  ///< on the largest difference of a row sum from its target, relative to the target
};

enum class sinkhorn_stop : std::uint8_t { converged, max_iterations };

struct sinkhorn_result {
  tensor<double> log_plan;          ///< (m, n): log of the scaled matrix, log_kernel + row_scale + column_scale
  tensor<double> log_row_scale;     ///< (m)
  tensor<double> log_column_scale;  ///< (n)
  int iterations = 0;
  sinkhorn_stop why = sinkhorn_stop::max_iterations;
};

/// Scales rows and columns of exp(log_kernel) until they have the given sums: the doubly stochastic matrix of a square
/// one, or entropic optimal transport with log_kernel = -cost / temperature. All steps are in logarithms, so small
/// temperatures neither overflow nor underflow.
/// @param log_kernel         (m, n); -infinity forbids a cell
/// @param log_row_sums       (m): logarithms of the target row sums; empty for ones
/// @param log_column_sums    (n): likewise; both must have the same total
/// @throws shape_error
/// @throws domain_error  for NaN or +infinity, and totals that differ by more than 1e-9 relative
/// @source Sinkhorn and Knopp, Pacific Journal of Mathematics 21, 1967; Cuturi, NIPS 2013
sinkhorn_result sinkhorn(const exec::context& ctx, array_view<const double> log_kernel,
                         array_view<const double> log_row_sums = {}, array_view<const double> log_column_sums = {},
                         const sinkhorn_options& options = {});

}  // namespace credence
