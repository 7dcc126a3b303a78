// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/samplers/dual_averaging.hpp"
#include "credence/samplers/metric.hpp"

#include <cstdint>
#include <span>
#include <vector>

/// Warm-up as in Stan: the step size is learnt throughout, the metric in windows of doubling length between a fast
/// start and a fast end; each new metric restarts the search for the step size.
namespace credence {

/// What a metric is computed from.
enum class metric_estimator : std::uint8_t {
  variance,  ///< the draws: their (co)variance, shrunk towards 1e-3 with the weight of five draws, as in Stan
  fisher,    ///< the draws and the gradients there: good after a tenth of the draws
};

/// How warm-up learns the metric of a sampler.
struct metric_adaptation {
  metric::shape shape = metric::shape::diagonal;  ///< unit: keep the metric of the options
  metric_estimator estimator = metric_estimator::variance;
};

}  // namespace credence

namespace credence::windowed_adaptation {

struct options {
  std::int64_t start = 75;                        ///< iterations before the first window
  std::int64_t window = 25;                       ///< length of the first window
  std::int64_t finish = 50;                       ///< iterations after the last window
  bool adapt_metric = true;                       ///< false: the step size alone
  metric::shape shape = metric::shape::diagonal;  ///< of the metric learnt; low_rank needs the estimator fisher
  metric_estimator estimator = metric_estimator::variance;
  bool adapt_step_size = true;
  /// Of a dense metric from variances: how many draws its diagonal counts for. Above 0 for samplers whose draws are so
  /// alike that a window spans few directions; the others would be lost for good.
  double diagonal_weight = 0.0;
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
  double step_size = 1.0;        ///< to use for the next iteration
  metric estimate;               ///< the metric to use
  std::vector<double> location;  ///< mean of the last full window; empty before
  std::int64_t iteration = 0;
  std::size_t window = 0;
  std::int64_t samples = 0;                      ///< in this window
  std::vector<double> mean, squared_deviations;  ///< of this window, by Welford's recursion
  std::vector<double> draws, gradients;          ///< of this window, where the estimate needs them
};

/// @throws domain_error  for a low-rank metric from variances, or a unit one that shall be adapted
state init(const options& opt, std::int64_t iterations, std::int64_t dimension, double step_size, const metric& first);

/// Takes the result of one iteration. True when the metric changed: then search a step size and call `restart`.
/// @param gradient  of the log density at the position; may be empty for the estimator `variance`
bool update(const options& opt, state& now, double acceptance_rate, std::span<const double> position,
            std::span<const double> gradient = {});

/// Begins the search for the step size anew, from this one.
void restart(state& now, double step_size);

/// The step size to sample with.
double final(const options& opt, const state& now);

}  // namespace credence::windowed_adaptation
