// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/optim/function_reference.hpp"

#include "credence/base/progress.hpp"
#include "credence/optim/objective.hpp"
#include "credence/optim/result.hpp"

#include <concepts>
#include <span>
#include <vector>

namespace credence {

struct conjugate_gradient_options {
  int max_iterations = 10000;
  double gradient_tolerance = 1e-8;  ///< on the largest component
  const interrupt_flag* interrupt = nullptr;
};

/// Nonlinear conjugate gradients (Polak, Ribiere, Polyak, restarted where the direction does not descend): for so many
/// variables that even the history of L-BFGS is too much.
/// @throws domain_error  when the start is empty or not finite
optim_result conjugate_gradient_minimize(const objective& f, std::span<const double> start,
                                         const conjugate_gradient_options& options = {});

/// A symmetric linear map, given by its product: refers to a callable `void a(std::span<const double> v,
/// std::span<double> product)`.
class linear_map {
 public:
  template <class F>
  requires std::invocable<const F&, std::span<const double>, std::span<double>> linear_map(const F& f)
      : state_(f),
        call_([](const detail::callable_address& state, std::span<const double> v, std::span<double> product) {
          state.as<F>()(v, product);
        }) {}
  void operator()(std::span<const double> v, std::span<double> product) const { call_(state_, v, product); }

 private:
  detail::callable_address state_;
  void (*call_)(const detail::callable_address&, std::span<const double>, std::span<double>);
};

struct linear_cg_options {
  int max_iterations = 0;              ///< 0: ten times the dimension
  double relative_tolerance = 1e-12;   ///< on the length of the residual, relative to that of b
  std::span<const double> diagonal{};  ///< Jacobi preconditioner: the positive diagonal of the matrix; empty: none
};
struct linear_cg_result {
  std::vector<double> x;
  double residual_norm = 0.0;
  stop_reason why = stop_reason::max_iterations;
  int iterations = 0;
  std::vector<double> direction;  ///< when `indefinite`: one with v'Av <= 0
};

/// Solves A x = b for symmetric positive definite A by conjugate gradients. Where A turns out not to be, the end is
/// `indefinite` with the direction that proves it.
/// @source Hestenes and Stiefel, 1952
linear_cg_result conjugate_gradient_solve(const linear_map& a, std::span<const double> b,
                                          const linear_cg_options& options = {});

}  // namespace credence
