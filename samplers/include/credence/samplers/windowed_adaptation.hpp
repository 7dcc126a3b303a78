// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/samplers/dual_averaging.hpp"

#include <cstdint>
#include <span>
#include <vector>

/// Warm-up as in Stan: the step size is learnt throughout, the diagonal metric in windows of doubling length between a
/// fast start and a fast end. A metric is the variance of its window, shrunk towards 1e-3; each new one restarts the
/// search for the step size.
namespace credence::windowed_adaptation {

struct options {
  std::int64_t start = 75;   ///< iterations before the first window
  std::int64_t window = 25;  ///< length of the first window
  std::int64_t finish = 50;  ///< iterations after the last window
  bool adapt_metric = true;  ///< false: the step size alone
  bool adapt_step_size = true;
  dual_averaging::options step_size{};
};

/// When the windows end. Where start, one window and finish do not fit, they get 15, 75 and 10 per cent of the
/// iterations; below 20 iterations there is no window at all.
struct schedule {
  std::int64_t iterations = 0;
  std::int64_t start = 0;
  std::int64_t finish = 0;
  std::vector<std::int64_t> window_ends;  ///< the last iteration of each window, counted from 0
};
schedule plan(const options& opt, std::int64_t iterations);

struct state {
  schedule when;
  dual_averaging::state step{};
  double step_size = 1.0;              ///< to use for the next iteration
  std::vector<double> inverse_metric;  ///< estimated variances, the diagonal of the inverse metric
  std::int64_t iteration = 0;
  std::size_t window = 0;
  std::int64_t samples = 0;                      ///< in this window
  std::vector<double> mean, squared_deviations;  ///< of this window, by Welford's recursion
};

/// @param inverse_metric  the start: its size is the dimension
state init(const options& opt, std::int64_t iterations, double step_size, std::span<const double> inverse_metric);

/// Takes the result of one iteration. True when the metric changed: then search a step size and call `restart`.
bool update(const options& opt, state& now, double acceptance_rate, std::span<const double> position);

/// Begins the search for the step size anew, from this one.
void restart(state& now, double step_size);

/// The step size to sample with.
double final(const options& opt, const state& now);

}  // namespace credence::windowed_adaptation
