// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/check.hpp"
#include "credence/base/portable_math.hpp"
#include "credence/samplers/dual_averaging.hpp"
#include "credence/samplers/windowed_adaptation.hpp"

#include "metric_estimate.hpp"

#include <algorithm>
#include <cmath>

namespace credence {

dual_averaging::state dual_averaging::init(double step_size) { return {.centre = math::log(10.0 * step_size)}; }

double dual_averaging::update(const options& opt, state& now, double acceptance_rate) {
  const double rate = acceptance_rate > 0.0 ? std::min(1.0, acceptance_rate) : 0.0;
  const auto t = static_cast<double>(++now.count);
  const double share = 1.0 / (t + opt.stabilisation);
  now.error_sum = (1.0 - share) * now.error_sum + share * (opt.target_acceptance - rate);
  const double log_step = now.centre - now.error_sum * std::sqrt(t) / opt.shrinkage;
  const double weight = math::pow(t, -opt.averaging_decay);
  now.log_average = (1.0 - weight) * now.log_average + weight * log_step;
  return math::exp(log_step);
}

double dual_averaging::final(const state& now) { return math::exp(now.log_average); }

windowed_adaptation::schedule windowed_adaptation::plan(const options& opt, std::int64_t iterations) {
  check::at_least("windowed_adaptation", "iterations", iterations, 0);
  check::at_least("windowed_adaptation", "start", opt.start, 0);
  check::at_least("windowed_adaptation", "window", opt.window, 1);
  check::at_least("windowed_adaptation", "finish", opt.finish, 0);
  schedule when{iterations, opt.start, opt.finish, {}};
  std::int64_t window = opt.window;
  if (iterations < 20) return {iterations, iterations, 0, {}};
  if (opt.start + opt.window + opt.finish > iterations) {
    when.start = static_cast<std::int64_t>(0.15 * static_cast<double>(iterations));
    when.finish = static_cast<std::int64_t>(0.10 * static_cast<double>(iterations));
    window = iterations - when.start - when.finish;
  }
  // A window takes the rest when twice its length would not fit behind it.
  const std::int64_t last = iterations - when.finish - 1;
  std::int64_t end = when.start + window - 1;
  while (end < last) {
    when.window_ends.push_back(end);
    window *= 2;
    end += window;
    if (end + 2 * window > last) end = last;
  }
  when.window_ends.push_back(last);
  return when;
}

windowed_adaptation::state windowed_adaptation::init(const options& opt, std::int64_t iterations,
                                                     std::int64_t dimension, double step_size, const metric& first) {
  if (opt.adapt_metric && opt.shape == metric::shape::low_rank && opt.estimator != metric_estimator::fisher) {
    throw domain_error("windowed_adaptation: estimator is variance, but must be fisher for a low-rank metric");
  }
  if (opt.adapt_metric && opt.shape == metric::shape::unit) {
    throw domain_error("windowed_adaptation: shape is unit, but must be another one to be adapted");
  }
  check_metric("windowed_adaptation", first, dimension);
  state now;
  now.when = plan(opt, iterations);
  now.estimate = first;
  now.mean.assign(static_cast<std::size_t>(dimension), 0.0);
  now.squared_deviations.assign(static_cast<std::size_t>(dimension), 0.0);
  restart(now, step_size);
  return now;
}

void windowed_adaptation::restart(state& now, double step_size) {
  now.step_size = step_size;
  now.step = dual_averaging::init(step_size);
}

namespace {

void add_to_window(windowed_adaptation::state& now, std::span<const double> position) {
  const auto n = static_cast<double>(++now.samples);
  for (std::size_t d = 0; d < position.size(); ++d) {
    const double before = position[d] - now.mean[d];
    now.mean[d] += before / n;
    now.squared_deviations[d] += before * (position[d] - now.mean[d]);
  }
}

/// The variances of the window, shrunk towards 1e-3 with the weight of five draws.
metric diagonal_from_window(const windowed_adaptation::state& now) {
  const auto n = static_cast<double>(now.samples);
  std::vector<double> shrunken;
  for (const double squares : now.squared_deviations) {
    const double variance = now.samples > 1 ? squares / (n - 1.0) : 0.0;
    shrunken.push_back(n / (n + 5.0) * variance + 1e-3 * (5.0 / (n + 5.0)));
  }
  return diagonal_metric(shrunken);
}

void take_metric(const windowed_adaptation::options& opt, windowed_adaptation::state& now) {
  const detail::window_draws window{now.draws, now.gradients, static_cast<std::int64_t>(now.mean.size())};
  if (opt.estimator == metric_estimator::fisher) {
    now.estimate = detail::from_gradients(opt.shape, window);
  } else if (opt.shape == metric::shape::dense) {
    now.estimate = detail::dense_from_draws(window, opt.diagonal_weight);
  } else {
    now.estimate = diagonal_from_window(now);
  }
  now.location = now.mean;
  now.samples = 0;
  now.draws.clear();
  now.gradients.clear();
  std::fill(now.mean.begin(), now.mean.end(), 0.0);
  std::fill(now.squared_deviations.begin(), now.squared_deviations.end(), 0.0);
}

}  // namespace

bool windowed_adaptation::update(const options& opt, state& now, double acceptance_rate,
                                 std::span<const double> position, std::span<const double> gradient) {
  const std::int64_t iteration = now.iteration++;
  if (opt.adapt_step_size) now.step_size = dual_averaging::update(opt.step_size, now.step, acceptance_rate);
  if (!opt.adapt_metric || now.window >= now.when.window_ends.size() || iteration < now.when.start) return false;
  add_to_window(now, position);
  const bool fisher = opt.estimator == metric_estimator::fisher;
  if (fisher || opt.shape == metric::shape::dense) now.draws.insert(now.draws.end(), position.begin(), position.end());
  if (fisher) now.gradients.insert(now.gradients.end(), gradient.begin(), gradient.end());
  if (iteration != now.when.window_ends[now.window]) return false;
  ++now.window;
  take_metric(opt, now);
  return true;
}

double windowed_adaptation::final(const options& opt, const state& now) {
  return opt.adapt_step_size && now.step.count > 0 ? dual_averaging::final(now.step) : now.step_size;
}

}  // namespace credence
