// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/optim/result.hpp"
#include "credence/tensor/view.hpp"

#include <span>
#include <vector>

namespace credence {

struct elastic_net_options {
  double tolerance = 1e-13;  ///< largest change of a coefficient in a sweep, in units of its curvature, relative
  int max_sweeps = 100000;
};
struct elastic_net_result {
  std::vector<double> coefficients;
  double largest_violation = 0.0;  ///< of the optimality conditions, absolute
  stop_reason why = stop_reason::max_iterations;
  int sweeps = 0;
};

/// Minimises b'Gb/2 - q'b + sum_j (l1[j] |b_j| + l2[j] b_j^2 / 2) by cyclic coordinate descent over the coefficients
/// that are not zero, with full sweeps in between: a least-squares problem in covariance form has G = X'WX / n, q =
/// X'Wy / n.
/// @param g      (p, p), symmetric positive semidefinite
/// @param l1,l2  a penalty for each coefficient, not negative; 0 leaves it free
/// @param start  (p) or empty: warm start of a path
/// @source Friedman, Hastie, Tibshirani, "Regularization paths for generalized linear models via coordinate descent",
///         J. Stat. Software 33, 2010
/// @throws shape_error, domain_error
elastic_net_result elastic_net_minimize(view<const double, 2> g, std::span<const double> q, std::span<const double> l1,
                                        std::span<const double> l2, std::span<const double> start = {},
                                        const elastic_net_options& options = {});

}  // namespace credence
