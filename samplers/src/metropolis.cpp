// SPDX-License-Identifier: BSD-3-Clause
#include "credence/samplers/metropolis.hpp"

#include "sampler_parts.hpp"

#include "credence/base/check.hpp"
#include "credence/base/portable_math.hpp"
#include "credence/random/fill.hpp"
#include "credence/random/gamma.hpp"

#include <algorithm>
#include <cmath>

namespace credence {

namespace {

/// Stays at a proposed position with the probability that the log ratio gives.
detail::decision take_or_leave(const step_address& at, const double* proposed, double log_density, double log_ratio,
                               chain_state& now) {
  const detail::decision taken = detail::decide(at, log_ratio);
  if (taken.accepted) {
    std::copy_n(proposed, now.position.size(), now.position.begin());
    now.log_density = log_density;
  }
  return taken;
}

/// log(1 + |L^-1 (x - location)|^2 / df), which is what a t density depends on.
double t_distance(const independence_metropolis::options& opt, const double* x, double* difference, double* standard,
                  std::int64_t d) {
  for (std::int64_t i = 0; i < d; ++i) {
    difference[i] = x[i] - (opt.location.empty() ? 0.0 : opt.location[static_cast<std::size_t>(i)]);
  }
  detail::solve(opt.metric, difference, standard, d);
  double squares = 0.0;
  for (std::int64_t i = 0; i < d; ++i) squares += standard[i] * standard[i];
  return math::log1p(squares / opt.degrees_of_freedom);
}

}  // namespace

random_walk::state random_walk::init(const density_ref& target, const options& opt, std::span<const double> position) {
  check::non_negative("random_walk", "step_size", opt.step_size);
  if (!(opt.target_acceptance > 0.0 && opt.target_acceptance < 1.0)) {
    check::fail_domain("random_walk", "target_acceptance", opt.target_acceptance, "between 0 and 1");
  }
  check_metric("random_walk", opt.metric, target.dimension());
  return detail::chain_at("random_walk::init", target, position, detail::derivatives::none);
}

random_walk::info random_walk::step(const step_address& at, const density_ref& target, const options& opt, state& now) {
  enum vector : std::int64_t { jump, position, count };
  const std::int64_t d = target.dimension();
  const detail::scratch_vectors memory(now, count, d);
  random::fill_normal(at.key.split(purpose::proposal, at.chain, at.iteration),
                      {memory[jump], static_cast<std::size_t>(d)});
  const double size = opt.step_size > 0.0 ? opt.step_size : 2.38 / std::sqrt(static_cast<double>(d));
  detail::apply(opt.metric, memory[jump], memory[position], d);
  for (std::int64_t i = 0; i < d; ++i) {
    memory[position][i] = now.position[static_cast<std::size_t>(i)] + size * memory[position][i];
  }
  const double log_density = target(memory[position], nullptr);
  const auto taken = take_or_leave(at, memory[position], log_density, log_density - now.log_density, now);
  return {taken.rate, 1, taken.accepted};
}

independence_metropolis::state independence_metropolis::init(const density_ref& target, const options& opt,
                                                             std::span<const double> position) {
  check::positive("independence", "degrees_of_freedom", opt.degrees_of_freedom);
  check_metric("independence", opt.metric, target.dimension());
  if (!opt.location.empty()) {
    check::same_size("independence", "location", static_cast<std::int64_t>(opt.location.size()),
                     "the target's dimension", target.dimension());
  }
  return detail::chain_at("independence_metropolis::init", target, position, detail::derivatives::none);
}

independence_metropolis::info independence_metropolis::step(const step_address& at, const density_ref& target,
                                                            const options& opt, state& now) {
  enum vector : std::int64_t { jump, position, difference, standard, count };
  const std::int64_t d = target.dimension();
  const detail::scratch_vectors memory(now, count, d);
  random::fill_normal(at.key.split(purpose::proposal, at.chain, at.iteration),
                      {memory[jump], static_cast<std::size_t>(d)});
  // A t vector is a normal one over the root of an independent chi-squared / df.
  const double half = 0.5 * opt.degrees_of_freedom;
  const double chi = random::gamma(at.key.split(purpose::proposal, at.chain, at.iteration, 1), 0, half) / half;
  for (std::int64_t i = 0; i < d; ++i) memory[jump][i] /= std::sqrt(chi);
  detail::apply(opt.metric, memory[jump], memory[position], d);
  for (std::int64_t i = 0; i < d; ++i) {
    if (!opt.location.empty()) memory[position][i] += opt.location[static_cast<std::size_t>(i)];
  }
  const double log_density = target(memory[position], nullptr);
  const double power = half + 0.5 * static_cast<double>(d);
  const double log_ratio = log_density - now.log_density +
                           power * (t_distance(opt, memory[position], memory[difference], memory[standard], d) -
                                    t_distance(opt, now.position.data(), memory[difference], memory[standard], d));
  const auto taken = take_or_leave(at, memory[position], log_density, log_ratio, now);
  return {taken.rate, 1, taken.accepted};
}

}  // namespace credence
