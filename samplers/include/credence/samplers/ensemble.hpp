// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/autodiff/lanes.hpp"
#include "credence/exec/context.hpp"
#include "credence/samplers/target.hpp"

#include <cstdint>
#include <vector>

/// The affine-invariant ensemble sampler: walkers propose along the line through another walker. No gradient, nothing
/// to tune, indifferent to linear correlations; good up to some tens of dimensions.
/// @source Goodman and Weare, "Ensemble samplers with affine invariance", CAMCoS 2010; Foreman-Mackey et al., "emcee",
///         PASP 2013, algorithm 3
namespace credence::ensemble {

struct options {
  double stretch = 2.0;  ///< a: distances are multiplied by a factor from 1/a to a
};

/// All walkers of one ensemble.
struct state {
  lanes<double> positions;  ///< (dimension, walkers)
  std::vector<double> log_densities;
  std::int64_t accepted = 0;  ///< in the last step
};

/// @param positions  must span the space: not all on one hyperplane
/// @throws shape_error   when the positions have not the dimension of the target
/// @throws domain_error  when there are fewer walkers than twice the dimension or an odd number of them, a log density
/// is
///                       not finite, or the stretch is not above 1
state init(const exec::context& ctx, const density_ref& target, const options& opt, const lanes<double>& positions);

/// Moves every walker once, half of them at a time.
void step(const exec::context& ctx, const step_address& at, const density_ref& target, const options& opt, state& now);

}  // namespace credence::ensemble
