// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/progress.hpp"
#include "credence/optim/objective.hpp"
#include "credence/optim/result.hpp"

#include <memory>
#include <span>

namespace credence {

struct lbfgs_options {
  int history = 10;  ///< stored (s, y) pairs; 3 to 20 are sensible
  int max_iterations = 1000;
  double gradient_tolerance = 1e-8;  ///< on the largest component
  double value_tolerance = 1e-15;    ///< relative; three steps in a row below it end the search
  const interrupt_flag* interrupt = nullptr;
};

/// The limited-memory BFGS method as a machine that asks for one point at a time: many of them can share one batched
/// evaluation, each in its own lane.
///
///     while (machine.active()) machine.tell(value_and_gradient_at(machine.ask()), gradient);
///
/// Steps satisfy the strong Wolfe conditions, or near the minimum, where values no longer differ, the approximate ones
/// of Hager and Zhang, which look at slopes only. Whatever fails, the result is the best point seen, with the reason.
/// @source Nocedal, "Updating quasi-Newton matrices with limited storage", Math. Comp. 35, 1980; Nocedal and Wright,
///         "Numerical Optimization", 2006, chapters 3 and 7
class lbfgs {
 public:
  /// @throws domain_error  when the start is empty or not finite, or history is below 1
  explicit lbfgs(std::span<const double> start, const lbfgs_options& options = {});
  ~lbfgs();
  lbfgs(lbfgs&&) noexcept;
  lbfgs& operator=(lbfgs&&) noexcept;

  [[nodiscard]] bool active() const;
  [[nodiscard]] std::span<const double> ask() const;
  void tell(double value, std::span<const double> gradient);
  /// The best point so far; final when no longer active.
  [[nodiscard]] const optim_result& result() const;

 private:
  struct machine;
  std::unique_ptr<machine> machine_;
};

/// Minimises a smooth function.
/// @throws domain_error  when the start is empty or not finite
optim_result lbfgs_minimize(const objective& f, std::span<const double> start, const lbfgs_options& options = {});

/// Minimises within a box: lower[i] <= x[i] <= upper[i], bounds may be infinite, a start outside is moved to the box.
/// Quasi-Newton steps in the variables that are free, along the projected path; variables at a bound that the gradient
/// pushes outwards are held.
/// @source Bertsekas, "Projected Newton methods for optimization problems with simple constraints", SIAM J. Control
///         Optim. 20, 1982, with the inverse Hessian of L-BFGS
/// @throws domain_error  when a lower bound is above its upper one
/// @throws shape_error   when the sizes differ
optim_result lbfgs_minimize(const objective& f, std::span<const double> start, std::span<const double> lower,
                            std::span<const double> upper, const lbfgs_options& options = {});

}  // namespace credence
