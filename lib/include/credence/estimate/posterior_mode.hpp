// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/autodiff/program.hpp"
#include "credence/base/progress.hpp"
#include "credence/optim/result.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// Modes of recorded models, and the normal approximation around them.
namespace credence {

enum class mode_target : std::uint8_t {
  likelihood,               ///< no prior, no Jacobian: maximum likelihood
  posterior_natural,        ///< prior, no Jacobian: the mode of the parameters as they are
  posterior_unconstrained,  ///< prior and Jacobian: the mode in the space that samplers move in; Laplace's is around
                            ///< this one
};
enum class mode_method : std::uint8_t { lbfgs, newton, conjugate_gradient, nelder_mead };

struct mode_options {
  mode_target target = mode_target::posterior_natural;
  mode_method method = mode_method::lbfgs;
  int starts = 1;  ///< further starts are uniform in (-2, 2), unconstrained
  std::uint64_t seed = 0;
  int max_iterations = 2000;
  std::vector<double> start{};  ///< unconstrained; empty: zeros
  const interrupt_flag* interrupt = nullptr;
  exec::context context{};
};

struct mode_result {
  std::vector<double> unconstrained;
  std::vector<std::string> names;  ///< of the outputs: parameters, then generated quantities
  std::vector<double> values;
  double log_density = 0.0;    ///< of the target
  double gradient_norm = 0.0;  ///< largest component, unconstrained
  stop_reason why = stop_reason::max_iterations;
  int iterations = 0;
  std::int64_t distinct = 1;  ///< different places that the starts led to
  /// From the curvature at the mode: of the unconstrained vector, and by the delta method of the outputs. Empty when
  /// the curvature is not positive definite (a ridge, a boundary, or no mode).
  std::vector<double> covariance;  ///< row-major, unconstrained
  std::vector<double> std_errors;  ///< of the outputs
};

/// Climbs to a mode.
/// @throws domain_error  when the start has another length or the density is not finite at any start
mode_result find_mode(const program& of, const mode_options& options = {});

/// The normal approximation N(mode, curvature^-1) in unconstrained space, with what follows from it.
struct laplace_result {
  double log_evidence = 0.0;        ///< log p(mode) + d/2 log(2 pi) - log|H| / 2
  std::vector<double> draws;        ///< (outputs, draws), draws contiguous: mapped to the parameters
  std::vector<double> log_weights;  ///< log target - log approximation at each draw, for importance checks
};
/// @param mode  found with posterior_unconstrained
/// @throws domain_error  when the mode has no covariance
laplace_result laplace_approximation(const program& of, const mode_result& mode, std::int64_t draws, std::uint64_t seed,
                                     const exec::context& ctx = {});

}  // namespace credence
