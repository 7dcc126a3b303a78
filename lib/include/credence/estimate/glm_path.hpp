// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/estimate/glm.hpp"

#include <span>
#include <vector>

namespace credence::glm {

struct path_options {
  double mix = 1.0;  ///< 1: lasso, 0: ridge, between: elastic net
  /// Penalties, in any order; empty: `count` of them, evenly spaced on the log scale down from the least that leaves
  /// every coefficient zero.
  std::vector<double> penalties{};
  int count = 100;
  double smallest_ratio = 1e-4;  ///< last over first of the penalties that are made
  bool standardise = true;       ///< penalise coefficients of columns scaled to standard deviation 1 (divisor n)
  double tolerance = 1e-12;      ///< on the coefficients, relative
};

struct path_step {
  double penalty = 0.0;
  std::vector<double> coefficients;  ///< one for each column of x, on its own scale; the intercept is not penalised
  double deviance = 0.0;
  double deviance_ratio = 0.0;  ///< share of the null deviance that is explained
  std::int64_t nonzero = 0;     ///< coefficients besides the intercept
  bool converged = false;
};

/// Minimises -log likelihood / n + penalty * (mix |b|_1 + (1 - mix) |b|^2 / 2) for a falling series of penalties, each
/// from the solution before; weights are scaled to mean 1. For a gaussian response the first term is RSS / (2 n).
///
/// The constant column (the intercept) is found by itself and left free. Fisher's weights change between rounds of
/// coordinate descent on X'WX, so a round costs O(p^2) however many rows there are.
/// @source Friedman, Hastie, Tibshirani, J. Stat. Software 33, 2010; the objective is that of glmnet
/// @throws domain_error  when mix is not between 0 and 1 or a penalty is negative
std::vector<path_step> regularisation_path(const problem& data, const options& how, const path_options& path = {});

}  // namespace credence::glm
