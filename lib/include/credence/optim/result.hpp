// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

namespace credence {

/// Why an iteration ended. Not converging is a value here, never an exception.
enum class stop_reason : std::uint8_t {
  gradient_small,  ///< every component of the (projected) gradient is below its tolerance
  step_small,      ///< steps no longer change the point
  value_settled,   ///< the value no longer changes by more than its rounding
  max_iterations,
  no_descent,  ///< no lower value was found along a descent direction: rounding rules, or the gradient is wrong
  not_finite,  ///< the value or its gradient is NaN or infinite at the start
  unbounded,   ///< the value falls without end: a direction is reported where the method has one
  indefinite,  ///< a matrix that had to be positive definite is not
  interrupted,
};
/// The name of the enumerator: "gradient_small".
const char* to_string(stop_reason why);
/// Whether the reason says that a stationary point was reached as well as double precision allows.
bool converged(stop_reason why);

/// The end of a minimisation.
struct optim_result {
  std::vector<double> x;
  double value = 0.0;
  std::vector<double> gradient;  ///< at x; empty for methods without gradients
  double gradient_norm = 0.0;    ///< largest component (of the projected gradient where there are bounds)
  stop_reason why = stop_reason::max_iterations;
  int iterations = 0;
  std::int64_t evaluations = 0;  ///< calls of the objective, with or without gradient
};

}  // namespace credence
