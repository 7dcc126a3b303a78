// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/autodiff/program.hpp"
#include "credence/optim/lbfgs.hpp"

#include <span>
#include <vector>

namespace credence {

/// Minus the log density of a recorded program: what optimisers minimise to find its mode. Holds references.
class program_objective {
 public:
  /// @param options  which parts count: `.prior = false, .jacobian = false` is maximum likelihood; `.jacobian = false`
  ///                 the mode on the natural scale; the default the mode on the unconstrained scale
  explicit program_objective(const program& of, const exec::context& ctx = {}, const evaluation_options& options = {})
      : program_(&of), ctx_(ctx), options_(options) {}

  double operator()(std::span<const double> x, std::span<double> gradient) const;
  /// Row-major second derivatives: exact where all parts count, else from differences of gradients.
  void hessian(std::span<const double> x, std::span<double> out) const;

 private:
  const program* program_;
  exec::context ctx_;
  evaluation_options options_;
};

/// L-BFGS from many starts at once, each start in a lane of one batched evaluation: far cheaper than one after the
/// other. A start whose density is not finite ends as `not_finite` and disturbs no other.
/// @param starts  (dimension, lanes)
/// @return one result a start, in their order; `value` is minus the log density
std::vector<optim_result> lbfgs_minimize_lanes(const program& of, lanes_view<const double> starts,
                                               const lbfgs_options& options = {}, const exec::context& ctx = {},
                                               const evaluation_options& parts = {});

}  // namespace credence
