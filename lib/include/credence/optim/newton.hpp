// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/progress.hpp"
#include "credence/optim/objective.hpp"
#include "credence/optim/result.hpp"

#include <span>

namespace credence {

struct newton_options {
  int max_iterations = 200;
  double gradient_tolerance = 1e-10;  ///< on the largest component
  double first_radius = 1.0;          ///< of the trust region, in the units of x
  const interrupt_flag* interrupt = nullptr;
};

/// Newton's method in a trust region: each step minimises the quadratic model within a ball exactly (eigenvalues), so
/// indefinite Hessians, saddles and flat directions are no obstacle.
/// @source Conn, Gould, Toint, "Trust-Region Methods", 2000, chapter 7
/// @complexity one eigenvalue decomposition of the (n, n) Hessian an iteration: for n up to a few hundred
/// @throws domain_error  when the start is empty or not finite
optim_result newton_minimize(const objective& f, const hessian_function& hessian, std::span<const double> start,
                             const newton_options& options = {});

/// The same with the Hessian from differences of gradients.
optim_result newton_minimize(const objective& f, std::span<const double> start, const newton_options& options = {});

}  // namespace credence
