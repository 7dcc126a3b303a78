// SPDX-License-Identifier: BSD-3-Clause
#include "credence/samplers/nuts.hpp"

#include "nuts_kernel.hpp"
#include "padded.hpp"

#include "credence/base/check.hpp"
#include "credence/base/simd.hpp"
#include "credence/random/fill.hpp"

#include <algorithm>
#include <cmath>

namespace credence::nuts {

namespace {

using detail::nuts_work;

constexpr std::int64_t vectors_of(int max_depth) { return 14 + 3 * static_cast<std::int64_t>(max_depth); }

void check_options(const density_ref& target, const options& opt) {
  check::positive("nuts", "step_size", opt.step_size);
  check::positive("nuts", "max_energy_error", opt.max_energy_error);
  if (opt.max_depth < 1 || opt.max_depth > 30) {
    check::fail_domain("nuts", "max_depth", std::int64_t{opt.max_depth}, "from 1 to 30");
  }
  if (!(opt.target_acceptance > 0.0 && opt.target_acceptance < 1.0)) {
    check::fail_domain("nuts", "target_acceptance", opt.target_acceptance, "between 0 and 1");
  }
  if (opt.inverse_metric.empty()) return;
  check::same_size("nuts", "inverse_metric", static_cast<std::int64_t>(opt.inverse_metric.size()), "a position",
                   target.dimension());
  for (const double variance : opt.inverse_metric) check::positive("nuts", "inverse_metric", variance);
}

void reserve(state& now, std::int64_t dimension, int max_depth) {
  const auto size = static_cast<std::size_t>(vectors_of(max_depth) * detail::padded_size(dimension) + detail::block);
  if (now.memory.size() != size) now.memory.assign(size, 0.0);
}

/// Hands out the vectors of the work space; returns the one for the scale. What the sums run over is zero beyond the
/// dimension: a copied state may lie otherwise in its memory, so the zeros are written anew.
double* lay_out(nuts_work& w, state& now, int max_depth) {
  double* next = detail::aligned(now.memory.data());
  const auto take = [&] {
    double* const vector = next;
    next += w.padded;
    return vector;
  };
  for (auto& vector : w.forward) vector = take();
  for (auto& vector : w.backward) vector = take();
  for (auto& vector : w.chosen) vector = take();
  for (auto& vector : w.candidate) vector = take();
  w.rho = take();
  w.subtree_rho = take();
  w.old_end = take();
  for (int level = 0; level < max_depth; ++level) {
    for (auto& vector : w.waiting[level]) vector = take();
  }
  double* const scale = take();
  const std::size_t dimension = now.position.size();
  for (double* padded :
       {w.forward[0], w.forward[1], w.forward[2], w.backward[0], w.backward[1], w.backward[2], scale}) {
    std::fill(padded + dimension, padded + w.padded, 0.0);
  }
  return scale;
}

/// The square roots of the inverse metric.
void set_scale(nuts_work& w, double* scale, const options& opt, std::size_t dimension) {
  for (std::size_t d = 0; d < dimension; ++d) {
    scale[d] = opt.inverse_metric.empty() ? 1.0 : std::sqrt(opt.inverse_metric[d]);
  }
  w.scale = scale;
}

void refill(nuts_work& w) {
  random::fill_uniform(rng_key{w.seed, w.stream}, w.uniforms, w.next_uniform);
  w.next_uniform += detail::uniform_pool;
}

}  // namespace

state init(const density_ref& target, const options& opt, std::span<const double> position) {
  check_options(target, opt);
  check::same_size("nuts::init", "position", static_cast<std::int64_t>(position.size()), "the target's dimension",
                   target.dimension());
  state now;
  now.position.assign(position.begin(), position.end());
  now.gradient.assign(position.size(), 0.0);
  now.log_density = target(now.position.data(), now.gradient.data());
  check::finite("nuts::init", "the log density at the position", now.log_density);
  for (const double g : now.gradient) check::finite("nuts::init", "the gradient at the position", g);
  reserve(now, target.dimension(), opt.max_depth);
  return now;
}

info step(const step_address& at, const density_ref& target, const options& opt, state& now) {
  const std::size_t dimension = now.position.size();
  reserve(now, target.dimension(), opt.max_depth);
  nuts_work w;
  w.density_object = target.object();
  w.density_call = target.call();
  w.padded = detail::padded_size(target.dimension());
  w.step_size = opt.step_size;
  w.max_depth = opt.max_depth;
  w.max_energy_error = opt.max_energy_error;
  set_scale(w, lay_out(w, now, opt.max_depth), opt, dimension);

  random::fill_normal(at.key.split(purpose::momentum, at.chain, at.iteration), {w.forward[1], dimension});
  std::copy_n(w.forward[1], dimension, w.backward[1]);
  for (double* position : {w.forward[0], w.backward[0], w.chosen[0]}) {
    std::copy(now.position.begin(), now.position.end(), position);
  }
  for (double* gradient : {w.forward[2], w.backward[2], w.chosen[1]}) {
    std::copy(now.gradient.begin(), now.gradient.end(), gradient);
  }
  w.chosen_log_density = now.log_density;
  const rng_key choices = at.key.split(purpose::trajectory, at.chain, at.iteration);
  w.seed = choices.seed;
  w.stream = choices.stream;
  w.refill = refill;

  CREDENCE_SIMD_PICK(nuts_transition)(w);

  std::copy_n(w.chosen[0], dimension, now.position.begin());
  std::copy_n(w.chosen[1], dimension, now.gradient.begin());
  now.log_density = w.chosen_log_density;
  return {w.leapfrogs > 0 ? w.acceptance_sum / static_cast<double>(w.leapfrogs) : 0.0, w.chosen_energy, w.leapfrogs,
          w.depth, w.divergent};
}

}  // namespace credence::nuts
