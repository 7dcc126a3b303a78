// SPDX-License-Identifier: BSD-3-Clause
#include "credence/samplers/hmc.hpp"

#include "sampler_parts.hpp"

#include "credence/base/check.hpp"
#include "credence/base/portable_math.hpp"
#include "credence/random/fill.hpp"
#include "credence/random/uniform.hpp"
#include "credence/samplers/langevin.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace credence {

namespace {

void check_between_0_and_1(const char* where, const char* name, double value) {
  if (!(value > 0.0 && value < 1.0)) check::fail_domain(where, name, value, "between 0 and 1");
}

/// log(1 + exp(x)) without overflow.
double softplus(double x) { return std::max(x, 0.0) + math::log1p(math::exp(-std::abs(x))); }

}  // namespace

hmc::state hmc::init(const density_ref& target, const options& opt, std::span<const double> position) {
  check::positive("hmc", "step_size", opt.step_size);
  check::positive("hmc", "integration_time", opt.integration_time);
  if (!(opt.jitter >= 0.0 && opt.jitter <= 1.0)) check::fail_domain("hmc", "jitter", opt.jitter, "from 0 to 1");
  check::at_least("hmc", "max_steps", opt.max_steps, 1);
  check::positive("hmc", "max_energy_error", opt.max_energy_error);
  check_between_0_and_1("hmc", "target_acceptance", opt.target_acceptance);
  check_metric("hmc", opt.metric, target.dimension());
  return detail::chain_at("hmc::init", target, position, detail::derivatives::gradient);
}

hmc::info hmc::step(const step_address& at, const density_ref& target, const options& opt, state& now) {
  double time = opt.integration_time;
  if (opt.jitter > 0.0) {
    const double u = random::uniform<double>(at.key.split(purpose::trajectory, at.chain, at.iteration), 0);
    time *= 1.0 + opt.jitter * (2.0 * u - 1.0);
  }
  const double wanted = std::round(time / opt.step_size);
  const std::int64_t steps =
      wanted < static_cast<double>(opt.max_steps) ? std::max<std::int64_t>(1, std::llround(wanted)) : opt.max_steps;
  const detail::hamiltonian_move moved =
      detail::move_by_leapfrogs(at, target, opt.metric, opt.step_size, steps, opt.max_energy_error, now);
  return {moved.acceptance_rate, moved.energy, steps, moved.accepted, moved.divergent};
}

mala::state mala::init(const density_ref& target, const options& opt, std::span<const double> position) {
  check::positive("mala", "step_size", opt.step_size);
  check_between_0_and_1("mala", "target_acceptance", opt.target_acceptance);
  check_metric("mala", opt.metric, target.dimension());
  return detail::chain_at("mala::init", target, position, detail::derivatives::gradient);
}

mala::info mala::step(const step_address& at, const density_ref& target, const options& opt, state& now) {
  const detail::hamiltonian_move moved =
      detail::move_by_leapfrogs(at, target, opt.metric, opt.step_size, 1, std::numeric_limits<double>::infinity(), now);
  return {moved.acceptance_rate, 1, moved.accepted};
}

barker::state barker::init(const density_ref& target, const options& opt, std::span<const double> position) {
  check::positive("barker", "step_size", opt.step_size);
  check_between_0_and_1("barker", "target_acceptance", opt.target_acceptance);
  check_metric("barker", opt.metric, target.dimension());
  return detail::chain_at("barker::init", target, position, detail::derivatives::gradient);
}

barker::info barker::step(const step_address& at, const density_ref& target, const options& opt, state& now) {
  enum vector : std::int64_t { jump, sign, slope, position, gradient, count };
  const std::int64_t d = target.dimension();
  const auto size = static_cast<std::size_t>(d);
  const detail::scratch_vectors memory(now, count, d);
  random::fill_normal(at.key.split(purpose::proposal, at.chain, at.iteration), {memory[jump], size});
  random::fill_uniform(at.key.split(purpose::trajectory, at.chain, at.iteration), {memory[sign], size});
  detail::apply_transposed(opt.metric, now.gradient.data(), memory[slope], d);
  double log_ratio = 0.0;  // of the probabilities of the signs, there and back
  for (std::int64_t i = 0; i < d; ++i) {
    double& by = memory[jump][i];
    by *= opt.step_size;
    const double along = by * memory[slope][i];
    if (memory[sign][i] >= 1.0 / (1.0 + math::exp(-along))) by = -by;
    log_ratio += softplus(-by * memory[slope][i]);
  }
  detail::apply(opt.metric, memory[jump], memory[position], d);
  for (std::int64_t i = 0; i < d; ++i) memory[position][i] += now.position[static_cast<std::size_t>(i)];
  const double log_density = target(memory[position], memory[gradient]);
  detail::apply_transposed(opt.metric, memory[gradient], memory[slope], d);
  for (std::int64_t i = 0; i < d; ++i) log_ratio -= softplus(memory[jump][i] * memory[slope][i]);
  const detail::decision taken = detail::decide(at, log_density - now.log_density + log_ratio);
  if (taken.accepted) {
    std::copy_n(memory[position], size, now.position.begin());
    std::copy_n(memory[gradient], size, now.gradient.begin());
    now.log_density = log_density;
  }
  return {taken.rate, 1, taken.accepted};
}

}  // namespace credence
