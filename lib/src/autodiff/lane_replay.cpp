// SPDX-License-Identifier: BSD-3-Clause
#include "credence/autodiff/lane_replay.hpp"

#include "compile.hpp"
#include "lane_interpreter.hpp"
#include "replay_cuda.hpp"

#include "credence/base/check.hpp"
#include "credence/exec/buffer.hpp"
#include "credence/exec/copy.hpp"

#include <algorithm>
#include <mutex>

namespace credence {

using detail::compiled_program;

std::string device_obstacle(const program& p) {
  const compiled_program& c = p.compiled();
  if (!c.density.noise.empty()) return "it draws noise";
  for (const detail::instruction& i : c.density.list.forward) {
    if (i.code == detail::opcode::lane_function) {
      return "it has a matrix factorisation or a constrained vector or matrix";
    }
  }
  return {};
}

namespace {

void check_device(const char* where, const program& p) {
  if (const std::string obstacle = device_obstacle(p); !obstacle.empty()) {
    throw not_built_error(std::string(where) + ": the program is not replayed on devices, because " + obstacle);
  }
}

unsigned skipped_parts(const evaluation_options& options) {
  unsigned parts = 0;
  if (!options.prior) parts |= 1U << static_cast<unsigned>(detail::part::prior);
  if (!options.jacobian) parts |= 1U << static_cast<unsigned>(detail::part::jacobian);
  return parts;
}

}  // namespace

void evaluate_lane_by_lane(const program& p, lanes_view<const double> x, std::span<double> log_density,
                           lanes_view<double> gradient, const evaluation_options& options) {
  check_device("evaluate_lane_by_lane", p);
  const compiled_program& c = p.compiled();
  check::same_size("evaluate_lane_by_lane", "x", x.dimension, "the program's dimension", c.dimension);
  check::same_size("evaluate_lane_by_lane", "log_density", static_cast<std::int64_t>(log_density.size()), "x", x.lanes);
  const detail::instruction_list& list = c.density.list;
  std::vector<double> memory(static_cast<std::size_t>(2 * list.arena + list.scratch));
  const std::span<const double> weights[3] = {options.prior_weight, options.likelihood_weight, options.jacobian_weight};
  for (std::int64_t lane = 0; lane < x.lanes; ++lane) {
    std::fill(memory.begin(), memory.end(), 0.0);
    lane_frame<double> f;
    f.values = memory.data();
    f.adjoints = memory.data() + list.arena;
    f.scratch = memory.data() + 2 * list.arena;
    f.data = p.bound().values.data();
    f.single_data = p.bound().single.data();
    f.indices = list.indices.data();
    f.bodies = list.bodies.data();
    f.skipped_parts = skipped_parts(options);
    for (int k = 0; k < 3; ++k) {
      if (!weights[k].empty()) f.weights[k] = weights[k][static_cast<std::size_t>(lane)];
    }
    for (std::int64_t d = 0; d < x.dimension; ++d) f.values[d] = x(d, lane);
    log_density[static_cast<std::size_t>(lane)] =
        lanewise::replay(list.forward.data(), static_cast<std::int64_t>(list.forward.size()), list.sinks.data(),
                         static_cast<std::int64_t>(list.sinks.size()), f, !gradient.empty());
    if (gradient.empty()) continue;
    for (std::int64_t d = 0; d < x.dimension; ++d) gradient(d, lane) = f.adjoints[d];
  }
}

namespace detail {

#ifdef CREDENCE_HAVE_CUDA

/// A program's device copy, and its arena for the largest number of lanes so far.
struct device_copy {
  int device = -1;
  exec::buffer<instruction> forward, bodies;
  exec::buffer<sink> sinks;
  exec::buffer<std::int64_t> indices;
  exec::buffer<double> data, arena;
  exec::buffer<float> single_data;
  device_program view;
};

namespace {

template <class T>
exec::buffer<T> upload(const exec::context& ctx, const std::vector<T>& from) {
  exec::buffer<T> to(ctx, static_cast<std::int64_t>(from.size()));
  exec::copy(std::span<const T>(from), to);
  return to;
}

std::shared_ptr<device_copy> make_copy(const exec::context& ctx, const program& p) {
  const compiled_program& c = p.compiled();
  const instruction_list& list = c.density.list;
  auto copy = std::make_shared<device_copy>();
  copy->device = ctx.device;
  copy->forward = upload(ctx, list.forward);
  copy->bodies = upload(ctx, list.bodies);
  copy->sinks = upload(ctx, list.sinks);
  copy->indices = upload(ctx, list.indices);
  copy->data = upload(ctx, p.bound().values);
  copy->single_data = upload(ctx, p.bound().single);
  copy->view = {copy->forward.data(), copy->bodies.data(), copy->sinks.data(),
                copy->indices.data(), copy->data.data(),   copy->single_data.data(),
                copy->forward.size(), copy->sinks.size(),  c.dimension,
                list.arena,           list.scratch};
  return copy;
}

}  // namespace

void evaluate_on_device(const exec::context& ctx, const program& p, std::shared_ptr<device_copy>& cache,
                        lanes_view<const double> x, std::span<double> log_density, lanes_view<double> gradient,
                        const evaluation_options& options) {
  check_device("program::evaluate", p);
  static std::mutex guard;  // of the cache: programs are shared between threads
  const std::lock_guard<std::mutex> lock(guard);
  if (!cache || cache->device != ctx.device) cache = make_copy(ctx, p);
  const std::int64_t elements = (2 * cache->view.arena + cache->view.scratch) * x.lanes;
  if (cache->arena.size() < elements) cache->arena = exec::buffer<double>(ctx, elements);
  device_evaluation e;
  e.x = x.data;
  e.log_density = log_density.data();
  e.gradient = gradient.data;
  e.arena = cache->arena.data();
  e.lanes = x.lanes;
  e.weights[0] = options.prior_weight.data();
  e.weights[1] = options.likelihood_weight.data();
  e.weights[2] = options.jacobian_weight.data();
  e.skipped_parts = skipped_parts(options);
  launch_replay(cache->view, e, ctx.stream);
}

#else

struct device_copy {};

void evaluate_on_device(const exec::context&, const program&, std::shared_ptr<device_copy>&, lanes_view<const double>,
                        std::span<double>, lanes_view<double>, const evaluation_options&) {
  throw not_built_error("program::evaluate: this build has no CUDA (configure with -DCREDENCE_CUDA=ON)");
}

#endif

}  // namespace detail
}  // namespace credence
