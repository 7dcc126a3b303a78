// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/samplers/target.hpp"
#include "credence/samplers/windowed_adaptation.hpp"

#include <cstdint>
#include <span>
#include <vector>

/// Slice samplers: no acceptance rate to tune, no gradient.

/// Univariate slice sampling, one coordinate after the other: an interval around the position grows until it covers the
/// slice, then shrinks to a point of it.
/// @source Neal, "Slice sampling", Annals of Statistics 2003, figures 3 to 6
namespace credence::slice_sampling {

enum class growth : std::uint8_t {
  stepping_out,  ///< by its width at either end until both are outside the slice
  doubling,      ///< to twice its size at a time, for widths that are far too small
};

struct options {
  credence::metric metric{};  ///< its variances give the scales of the coordinates
  double width = 3.0;         ///< of the first interval, in standard deviations
  growth grow = growth::stepping_out;
  std::int64_t max_growth = 32;    ///< steps out in all, or doublings (then 32 at most)
  metric_adaptation adaptation{};  ///< of the scales, in warm-up
};

using state = chain_state;
struct info {
  double acceptance_rate = 1.0;  ///< always
  std::int64_t evaluations = 0;
};

/// @throws shape_error   when the position has not the dimension of the target
/// @throws domain_error  when options are outside their range, or the log density is not finite there
state init(const density_ref& target, const options& opt, std::span<const double> position);
/// Updates every coordinate once.
info step(const step_address& at, const density_ref& target, const options& opt, state& now);

}  // namespace credence::slice_sampling

/// Elliptical slice sampling: points on an ellipse through the position and a draw of a normal reference distribution.
/// With the prior as reference this is the sampler of Murray et al.; any other normal distribution leaves the target
/// invariant too, and warm-up learns one that is like the target.
/// @source Murray, Adams and MacKay, "Elliptical slice sampling", AISTATS 2010; Nishihara, Murray and Adams, "Parallel
///         MCMC with generalized elliptical slice sampling", JMLR 2014
namespace credence::elliptical_slice {

struct options {
  std::vector<double> location{};                               ///< mean of the reference; empty is 0
  credence::metric metric{};                                    ///< covariance of the reference
  metric_adaptation adaptation{.shape = metric::shape::dense};  ///< of both, in warm-up
};

using state = chain_state;
struct info {
  double acceptance_rate = 1.0;  ///< always
  std::int64_t evaluations = 0;
};

/// @throws as slice_sampling::init
state init(const density_ref& target, const options& opt, std::span<const double> position);
info step(const step_address& at, const density_ref& target, const options& opt, state& now);

}  // namespace credence::elliptical_slice
