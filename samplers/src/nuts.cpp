// SPDX-License-Identifier: BSD-3-Clause
#include "credence/samplers/nuts.hpp"

#include "nuts_kernel.hpp"
#include "sampler_parts.hpp"

#include "credence/base/check.hpp"
#include "credence/base/simd.hpp"
#include "credence/random/fill.hpp"

#include <algorithm>
#include <cmath>

namespace credence::nuts {

namespace {

using detail::nuts_work;

/// Of the work space: those of the kernel, and two for a density seen through a metric.
constexpr std::int64_t vectors_of(int max_depth) { return 16 + 3 * static_cast<std::int64_t>(max_depth); }

void check_options(const density_ref& target, const options& opt) {
  check::positive("nuts", "step_size", opt.step_size);
  check::positive("nuts", "max_energy_error", opt.max_energy_error);
  if (opt.max_depth < 1 || opt.max_depth > 30) {
    check::fail_domain("nuts", "max_depth", std::int64_t{opt.max_depth}, "from 1 to 30");
  }
  if (!(opt.target_acceptance > 0.0 && opt.target_acceptance < 1.0)) {
    check::fail_domain("nuts", "target_acceptance", opt.target_acceptance, "between 0 and 1");
  }
  check_metric("nuts", opt.metric, target.dimension());
}

void reserve(state& now, std::int64_t dimension, int max_depth) {
  const auto size = static_cast<std::size_t>(vectors_of(max_depth) * detail::padded_size(dimension) + detail::block);
  if (now.memory.size() != size) now.memory.assign(size, 0.0);
}

/// The vectors of the work space that are no part of the kernel's.
struct own_vectors {
  double* scale;
  double *mapped_position, *mapped_gradient;
};

/// Hands out the vectors of the work space. What the sums run over is zero beyond the dimension: a copied state may lie
/// otherwise in its memory, so the zeros are written anew.
own_vectors lay_out(nuts_work& w, state& now, int max_depth) {
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
  const own_vectors own{take(), take(), take()};
  const std::size_t dimension = now.position.size();
  for (double* padded :
       {w.forward[0], w.forward[1], w.forward[2], w.backward[0], w.backward[1], w.backward[2], own.scale}) {
    std::fill(padded + dimension, padded + w.padded, 0.0);
  }
  return own;
}

/// Both ends of the trajectory and the draw begin at one point.
void begin_at(nuts_work& w, const double* position, const double* gradient, std::size_t dimension) {
  for (double* to : {w.forward[0], w.backward[0], w.chosen[0]}) std::copy_n(position, dimension, to);
  for (double* to : {w.forward[2], w.backward[2], w.chosen[1]}) std::copy_n(gradient, dimension, to);
}

/// A transition in the coordinates of a metric that is no vector of scales: the point where it begins is their origin.
void transition_through(const metric& shape, const density_ref& target, const own_vectors& own, nuts_work& w,
                        state& now) {
  const std::size_t dimension = now.position.size();
  const std::int64_t d = target.dimension();
  const detail::mapped_density mapped{&target, &shape, now.position.data(), own.mapped_position, own.mapped_gradient};
  w.density_object = &mapped;
  w.density_call = &detail::mapped_density::call;
  std::fill_n(own.scale, dimension, 1.0);
  std::fill_n(own.mapped_position, dimension, 0.0);
  detail::apply_transposed(shape, now.gradient.data(), own.mapped_gradient, d);
  begin_at(w, own.mapped_position, own.mapped_gradient, dimension);
  CREDENCE_SIMD_PICK(nuts_transition)(w);
  if (std::all_of(w.chosen[0], w.chosen[0] + dimension, [](double y) { return y == 0.0; })) return;
  mapped.position(w.chosen[0], own.mapped_position);
  std::copy_n(own.mapped_position, dimension, now.position.begin());
  detail::solve_transposed(shape, w.chosen[1], now.gradient.data(), d);
}

void transition_scaled(const metric& shape, const density_ref& target, const own_vectors& own, nuts_work& w,
                       state& now) {
  const std::size_t dimension = now.position.size();
  w.density_object = target.object();
  w.density_call = target.call();
  if (shape.what == metric::shape::unit) {
    std::fill_n(own.scale, dimension, 1.0);
  } else {
    std::copy(shape.scale.begin(), shape.scale.end(), own.scale);
  }
  begin_at(w, now.position.data(), now.gradient.data(), dimension);
  CREDENCE_SIMD_PICK(nuts_transition)(w);
  std::copy_n(w.chosen[0], dimension, now.position.begin());
  std::copy_n(w.chosen[1], dimension, now.gradient.begin());
}

void refill(nuts_work& w) {
  random::fill_uniform(rng_key{w.seed, w.stream}, w.uniforms, w.next_uniform);
  w.next_uniform += detail::uniform_pool;
}

}  // namespace

state init(const density_ref& target, const options& opt, std::span<const double> position) {
  check_options(target, opt);
  state now = detail::chain_at("nuts::init", target, position, detail::derivatives::gradient);
  reserve(now, target.dimension(), opt.max_depth);
  return now;
}

info step(const step_address& at, const density_ref& target, const options& opt, state& now) {
  const std::size_t dimension = now.position.size();
  reserve(now, target.dimension(), opt.max_depth);
  nuts_work w;
  w.padded = detail::padded_size(target.dimension());
  w.step_size = opt.step_size;
  w.max_depth = opt.max_depth;
  w.max_energy_error = opt.max_energy_error;
  const own_vectors own = lay_out(w, now, opt.max_depth);
  w.scale = own.scale;
  random::fill_normal(at.key.split(purpose::momentum, at.chain, at.iteration), {w.forward[1], dimension});
  std::copy_n(w.forward[1], dimension, w.backward[1]);
  w.chosen_log_density = now.log_density;
  const rng_key choices = at.key.split(purpose::trajectory, at.chain, at.iteration);
  w.seed = choices.seed;
  w.stream = choices.stream;
  w.refill = refill;
  if (detail::is_diagonal(opt.metric)) {
    transition_scaled(opt.metric, target, own, w, now);
  } else {
    transition_through(opt.metric, target, own, w, now);
  }
  now.log_density = w.chosen_log_density;
  return {w.leapfrogs > 0 ? w.acceptance_sum / static_cast<double>(w.leapfrogs) : 0.0, w.chosen_energy, w.leapfrogs,
          w.depth, w.divergent};
}

}  // namespace credence::nuts
