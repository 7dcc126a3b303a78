// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

/// Adapts a step size until the mean acceptance rate is what was asked for.
/// @source Hoffman and Gelman, "The No-U-Turn Sampler", JMLR 2014, section 3.2; the constants are Stan's
namespace credence::dual_averaging {

struct options {
  double target_acceptance = 0.8;
  double shrinkage = 0.05;        ///< gamma: how strongly iterates are pulled to `log(10 * first step size)`
  double averaging_decay = 0.75;  ///< kappa: weight of iteration t in the average is t^-kappa
  double stabilisation = 10.0;    ///< t0: damps the first iterations
};

struct state {
  double centre = 0.0;       ///< log of ten times the step size it started from
  double error_sum = 0.0;    ///< running mean of target minus acceptance rate
  double log_average = 0.0;  ///< what `final` gives, as a logarithm
  std::int64_t count = 0;
};

state init(double step_size);

/// Takes one acceptance rate in [0, 1] (NaN counts as 0) and returns the step size to try next.
double update(const options& opt, state& now, double acceptance_rate);

/// The averaged step size; meaningful after at least one update.
double final(const state& now);

}  // namespace credence::dual_averaging
