// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/progress.hpp"
#include "credence/optim/objective.hpp"
#include "credence/optim/result.hpp"

#include <span>

namespace credence {

struct nelder_mead_options {
  int max_iterations = 0;          ///< 0: 1000 for each dimension
  double value_tolerance = 1e-12;  ///< spread of the values over the simplex, relative
  double step_tolerance = 1e-9;    ///< size of the simplex, relative
  double initial_step = 0.05;      ///< relative to each coordinate (0.00025 where it is 0)
  int restarts = 1;                ///< fresh simplices at the best point, which free a collapsed one
  const interrupt_flag* interrupt = nullptr;
};

/// The simplex method of Nelder and Mead with coefficients that fit the dimension: for functions without derivatives.
/// Values are all it needs; NaN and infinities count as infinitely bad.
/// @source Gao and Han, "Implementing the Nelder-Mead simplex algorithm with adaptive parameters", Comput. Optim. Appl.
///         51, 2012
/// @throws domain_error  when the start is empty or not finite
optim_result nelder_mead_minimize(const objective& f, std::span<const double> start,
                                  const nelder_mead_options& options = {});

}  // namespace credence
