// SPDX-License-Identifier: BSD-3-Clause
#include "credence/autodiff/program.hpp"

#include "compile.hpp"
#include "noise.hpp"
#include "replay_entry.hpp"
#include "tile_memory.hpp"

#include "credence/base/check.hpp"
#include "credence/base/dual.hpp"
#include "credence/exec/for_each.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace credence {

namespace detail {
/// In lane_replay.cpp.
void evaluate_on_device(const exec::context& ctx, const program& p, std::shared_ptr<device_copy>& cache,
                        lanes_view<const double> x, std::span<double> log_density, lanes_view<double> gradient,
                        const evaluation_options& options);
}  // namespace detail

using detail::compiled_list;
using detail::compiled_program;
using detail::frame;
using detail::operand;
using detail::tile;
using detail::tiling;

namespace {

using pair = dual<double>;

void check_cpu(const char* where, const exec::context& ctx) {
  if (ctx.where != exec::backend::cpu) {
    throw not_built_error(std::string(where) + ": programs are not replayed on CUDA in this build");
  }
}

[[noreturn]] void fail_lanes(const char* where, const char* name, lanes_view<const double> x, std::int64_t dimension,
                             std::int64_t lanes) {
  check::fail_shape(where, std::string(name) + " is (" + std::to_string(x.dimension) + ", " + std::to_string(x.lanes) +
                               "), but must be (" + std::to_string(dimension) + ", " + std::to_string(lanes) + ")");
}

inline void check_lanes(const char* where, const char* name, lanes_view<const double> x, std::int64_t dimension,
                        std::int64_t lanes) {
  if (x.dimension != dimension || x.lanes != lanes) fail_lanes(where, name, x, dimension, lanes);
}

void check_weights(const char* where, const evaluation_options& options, std::int64_t lanes) {
  if (options.prior_weight.empty() && options.likelihood_weight.empty() && options.jacobian_weight.empty()) return;
  for (const auto& given : {options.prior_weight, options.likelihood_weight, options.jacobian_weight}) {
    if (!given.empty()) check::same_size(where, "weights", static_cast<std::int64_t>(given.size()), "lanes", lanes);
  }
}

}  // namespace

program::program(const recorder& recorded, const compile_options& options)
    : program(detail::compile(recorded.recording(), options), recorded.recording().data) {
  if (options.precision != dtype::f64 && options.precision != dtype::f32) {
    throw domain_error("program: precision is " + std::string(to_text(options.precision)) + ", but must be f64 or f32");
  }
}

program::program(std::shared_ptr<const compiled_program> compiled, const named_data& data)
    : compiled_(std::move(compiled)) {
  std::int64_t row = 0;
  for (const detail::output_slot& slot : compiled_->outputs.outputs) {
    output_info info;
    info.name = slot.name;
    info.shape = slot.shape;
    info.first = row;
    info.size = detail::size_of(slot.shape);
    info.is_parameter = outputs_.size() < compiled_->parameters.size();
    row += info.size;
    outputs_.push_back(std::move(info));
  }
  bind(data);
}

program program::rebind(const named_data& data) const { return program(compiled_, data); }

void program::bind(const named_data& data) {
  const compiled_program& c = *compiled_;
  std::vector<double> memory = c.initial_data;
  for (const detail::data_slot& slot : c.slots) {
    const data_array& array = data.at(slot.name);
    if (array.shape != slot.shape) {
      throw shape_error("program: data " + slot.name + " has shape " + detail::to_text(array.shape) +
                        ", but the program was recorded for " + detail::to_text(slot.shape));
    }
    std::copy(array.values.begin(), array.values.end(), memory.begin() + slot.offset);
  }
  // What depends on data only is computed now, as a tile of one lane over the data memory.
  frame<double> f{};
  f.width = 1;
  f.values = memory.data();
  f.indices = c.bind_indices.data();
  f.functions = c.functions.data();
  std::vector<double> scratch(static_cast<std::size_t>(c.bind_scratch));
  f.scratch = scratch.data();
  const detail::list_view list{c.bind.data(), static_cast<std::int64_t>(c.bind.size()), nullptr, 0};
  CREDENCE_SIMD_PICK(replay_values)(list, f);
  std::vector<float> single(static_cast<std::size_t>(c.single_size), 0.0F);
  for (const detail::packed_matrix& p : c.packed) {
    const std::int64_t pitch = (p.columns + 7) / 8 * 8;
    for (std::int64_t r = 0; r < p.rows; ++r) {
      for (std::int64_t k = 0; k < p.columns; ++k) {
        const double value = memory[static_cast<std::size_t>(p.source + r * p.columns + k)];
        memory[static_cast<std::size_t>(p.transposed + k * p.rows + r)] = value;
        memory[static_cast<std::size_t>(p.padded + r * pitch + k)] = value;
        if (!c.single_precision) continue;
        single[static_cast<std::size_t>(p.single_transposed + k * p.rows + r)] = static_cast<float>(value);
        single[static_cast<std::size_t>(p.single_padded + r * pitch + k)] = static_cast<float>(value);
      }
    }
  }
  data_ = std::make_shared<const detail::bound_data>(detail::bound_data{std::move(memory), std::move(single)});
}

std::int64_t program::dimension() const { return compiled_->dimension; }
const std::vector<output_info>& program::outputs() const { return outputs_; }
std::int64_t program::observations() const { return compiled_->pointwise_size; }

std::int64_t program::output_size() const {
  return outputs_.empty() ? 0 : outputs_.back().first + outputs_.back().size;
}

std::vector<std::string> program::output_names() const {
  std::vector<std::string> names;
  for (const output_info& info : outputs_) {
    if (info.shape.empty()) {
      names.push_back(info.name);
      continue;
    }
    for (std::int64_t flat = 0; flat < info.size; ++flat) {
      std::string index;
      std::int64_t rest = flat;
      for (std::size_t k = info.shape.size(); k-- > 0;) {
        index = std::to_string(rest % info.shape[k] + 1) + (index.empty() ? "" : ",") + index;
        rest /= info.shape[k];
      }
      names.push_back(info.name + "[" + index + "]");
    }
  }
  return names;
}

program::cost program::predicted_cost(std::int64_t lanes) const {
  const detail::instruction_list& list = compiled_->density.list;
  cost c;
  c.operations = static_cast<std::int64_t>(list.forward.size() + list.sinks.size() + list.bodies.size());
  c.arena_elements = list.arena;
  c.tile_width = tiling(list.arena, lanes).width();
  return c;
}

void program::evaluate(const exec::context& ctx, lanes_view<const double> x, std::span<double> log_density,
                       lanes_view<double> gradient) const {
  evaluate(ctx, x, log_density, gradient, evaluation_options{});
}

void program::evaluate(const exec::context& ctx, lanes_view<const double> x, std::span<double> log_density,
                       lanes_view<double> gradient, const evaluation_options& options) const {
  const std::int64_t dimension = compiled_->dimension;
  check_lanes("program::evaluate", "x", x, dimension, x.lanes);
  check::same_size("program::evaluate", "log_density", static_cast<std::int64_t>(log_density.size()), "x", x.lanes);
  if (!gradient.empty()) check_lanes("program::evaluate", "gradient", gradient, dimension, x.lanes);
  check_weights("program::evaluate", options, x.lanes);
  if (ctx.where == exec::backend::cuda) {
    return detail::evaluate_on_device(ctx, *this, device_, x, log_density, gradient, options);
  }
  const compiled_list& c = compiled_->density;
  const auto replay = CREDENCE_SIMD_PICK(replay_log_density);
  const tiling tiles(c.list.arena, x.lanes);
  exec::for_each_task(ctx, tiles.count(), [&](std::int64_t number) {
    const tile t = tiles[number];
    detail::tile_memory<double> m(*compiled_, c, data_->values.data(), data_->single.data(), t, 0);
    detail::tile_weights weights;
    weights.set(m.f, t, options);
    detail::load(t, x, m.f.values);
    detail::fill_noise(c.noise, t, options, m.f);
    const bool with_gradient = !gradient.empty();
    if (with_gradient) {
      std::memset(m.f.adjoints, 0, static_cast<std::size_t>(c.list.arena * t.width) * sizeof(double));
    }
    replay(m.instructions, m.f, m.value, with_gradient);
    std::copy(m.value, m.value + t.lanes, log_density.begin() + t.first);
    if (with_gradient) detail::store(t, m.f.adjoints, gradient);
  });
}

void program::pointwise_log_likelihood(const exec::context& ctx, lanes_view<const double> x,
                                       lanes_view<double> out) const {
  check_cpu("program::pointwise_log_likelihood", ctx);
  check_lanes("program::pointwise_log_likelihood", "x", x, dimension(), x.lanes);
  check_lanes("program::pointwise_log_likelihood", "out", out, observations(), x.lanes);
  const compiled_list& c = compiled_->density;
  const tiling tiles(c.list.arena, x.lanes);
  exec::for_each_task(ctx, tiles.count(), [&](std::int64_t number) {
    const tile t = tiles[number];
    detail::tile_memory<double> m(*compiled_, c, data_->values.data(), data_->single.data(), t, observations());
    detail::load(t, x, m.f.values);
    detail::fill_noise(c.noise, t, {}, m.f);
    CREDENCE_SIMD_PICK(replay_log_density)(m.instructions, m.f, m.value, false);
    detail::store(t, m.pointwise, out);
  });
}

void program::evaluate_outputs(const exec::context& ctx, lanes_view<const double> x, lanes_view<double> out,
                               const evaluation_options& options) const {
  check_cpu("program::evaluate_outputs", ctx);
  check_lanes("program::evaluate_outputs", "x", x, dimension(), x.lanes);
  check_lanes("program::evaluate_outputs", "out", out, output_size(), x.lanes);
  const compiled_list& c = compiled_->outputs;
  const tiling tiles(c.list.arena, x.lanes);
  exec::for_each_task(ctx, tiles.count(), [&](std::int64_t number) {
    const tile t = tiles[number];
    detail::tile_memory<double> m(*compiled_, c, data_->values.data(), data_->single.data(), t, 0);
    detail::load(t, x, m.f.values);
    detail::fill_noise(c.noise, t, options, m.f);
    CREDENCE_SIMD_PICK(replay_values)(m.instructions, m.f);
    for (std::size_t k = 0; k < outputs_.size(); ++k) {
      const operand& from = c.outputs[k].from;
      const double* values = m.f.locate(from);
      const std::int64_t row = from.lane ? t.width : 1, stride = from.lane ? 1 : 0;
      for (std::int64_t e = 0; e < from.size; ++e) {
        for (std::int64_t l = 0; l < t.lanes; ++l)
          out(outputs_[k].first + e, t.first + l) = values[e * row + l * stride];
      }
    }
  });
}

namespace {

/// Runs the density on duals for every tile; `after` takes what is wanted from the frame.
template <class After>
void replay_duals(const exec::context& ctx, const compiled_program& whole, const std::vector<double>& data,
                  lanes_view<const double> x, lanes_view<const double> direction, bool gradient, const After& after) {
  const compiled_list& c = whole.density;
  const std::vector<pair> dual_data(data.begin(), data.end());
  const tiling tiles(2 * c.list.arena, x.lanes);
  exec::for_each_task(ctx, tiles.count(), [&](std::int64_t number) {
    const tile t = tiles[number];
    detail::tile_memory<pair> m(whole, c, dual_data.data(), nullptr, t, 0);
    detail::load(t, x, m.f.values, [&](std::int64_t d, std::int64_t lane) {
      return pair{x(d, lane), direction(d, lane)};
    });
    if (gradient) std::fill(m.f.adjoints, m.f.adjoints + c.list.arena * t.width, pair{});
    detail::replay_log_density_dual(m.instructions, m.f, m.value, gradient);
    after(t, m);
  });
}

}  // namespace

void program::hessian_vector_product(const exec::context& ctx, lanes_view<const double> x,
                                     lanes_view<const double> direction, std::span<double> log_density,
                                     lanes_view<double> gradient, lanes_view<double> product) const {
  constexpr const char* where = "program::hessian_vector_product";
  check_cpu(where, ctx);
  check_lanes(where, "x", x, dimension(), x.lanes);
  check_lanes(where, "direction", direction, dimension(), x.lanes);
  check_lanes(where, "product", product, dimension(), x.lanes);
  if (!gradient.empty()) check_lanes(where, "gradient", gradient, dimension(), x.lanes);
  detail::refuse_noise(where, compiled_->density.noise);
  replay_duals(ctx, *compiled_, data_->values, x, direction, true, [&](const tile& t, detail::tile_memory<pair>& m) {
    for (std::int64_t l = 0; l < t.lanes; ++l) {
      if (!log_density.empty()) log_density[static_cast<std::size_t>(t.first + l)] = m.value[l].value;
      for (std::int64_t d = 0; d < dimension(); ++d) {
        const pair& adjoint = m.f.adjoints[d * t.width + l];
        if (!gradient.empty()) gradient(d, t.first + l) = adjoint.value;
        product(d, t.first + l) = adjoint.tangent;
      }
    }
  });
}

void program::directional_derivative(const exec::context& ctx, lanes_view<const double> x,
                                     lanes_view<const double> direction, std::span<double> log_density,
                                     std::span<double> derivative) const {
  constexpr const char* where = "program::directional_derivative";
  check_cpu(where, ctx);
  check_lanes(where, "x", x, dimension(), x.lanes);
  check_lanes(where, "direction", direction, dimension(), x.lanes);
  check::same_size(where, "derivative", static_cast<std::int64_t>(derivative.size()), "x", x.lanes);
  detail::refuse_noise(where, compiled_->density.noise);
  replay_duals(ctx, *compiled_, data_->values, x, direction, false, [&](const tile& t, detail::tile_memory<pair>& m) {
    for (std::int64_t l = 0; l < t.lanes; ++l) {
      if (!log_density.empty()) log_density[static_cast<std::size_t>(t.first + l)] = m.value[l].value;
      derivative[static_cast<std::size_t>(t.first + l)] = m.value[l].tangent;
    }
  });
}

std::vector<double> program::hessian(const exec::context& ctx, std::span<const double> x) const {
  const std::int64_t n = dimension();
  check::same_size("program::hessian", "x", static_cast<std::int64_t>(x.size()), "the program's dimension", n);
  // One lane for each column of the identity.
  lanes<double> points(n, n), directions(n, n), columns(n, n);
  for (std::int64_t d = 0; d < n; ++d) {
    for (std::int64_t lane = 0; lane < n; ++lane) points(d, lane) = x[static_cast<std::size_t>(d)];
    directions(d, d) = 1.0;
  }
  hessian_vector_product(ctx, points, directions, {}, {}, columns);
  std::vector<double> out(static_cast<std::size_t>(n * n));
  for (std::int64_t r = 0; r < n; ++r) {
    for (std::int64_t k = 0; k < n; ++k) {
      out[static_cast<std::size_t>(r * n + k)] = 0.5 * (columns(r, k) + columns(k, r));
    }
  }
  return out;
}

namespace {

double unconstrained_value(const detail::parameter_record& p, double value, double low, double high) {
  const auto refuse = [&](const std::string& must_be) {
    check::fail_domain("program::unconstrain", p.name, value, must_be);
  };
  switch (p.range.what) {
    case constraint::kind::lower:
      if (!(value > low)) refuse("greater than " + check::to_text(low));
      return std::log(value - low);
    case constraint::kind::upper:
      if (!(value < high)) refuse("less than " + check::to_text(high));
      return std::log(high - value);
    case constraint::kind::interval:
      if (!(value > low && value < high)) {
        refuse("between " + check::to_text(low) + " and " + check::to_text(high));
      }
      return std::log((value - low) / (high - value));
    default:
      check::finite("program::unconstrain", p.name, value);
      return value;
  }
}

}  // namespace

std::vector<double> program::unconstrain(const named_data& parameters) const {
  const compiled_program& c = *compiled_;
  std::vector<double> x(static_cast<std::size_t>(dimension()), 0.0);
  // A bound may be an earlier parameter: replay the outputs with what is known so far.
  for (std::size_t k = 0; k < c.parameters.size(); ++k) {
    const detail::parameter_record& p = c.parameters[k];
    const data_array& given = parameters.at(p.name);
    check::same_size("program::unconstrain", p.name, static_cast<std::int64_t>(given.values.size()), "the parameter",
                     detail::size_of(p.shape));
    if (p.range.what > constraint::kind::interval) {
      const detail::lane_call call{detail::lane_call::kind::constrain, p.range.what, p.shape[0]};
      try {
        call.unconstrain(given.values, std::span<double>(x).subspan(static_cast<std::size_t>(p.first),
                                                                    static_cast<std::size_t>(p.free_size)));
      } catch (const domain_error& problem) {
        throw domain_error("program::unconstrain: " + p.name + ": " + problem.what());
      }
      continue;
    }
    detail::tile_memory<double> m(c, c.outputs, data_->values.data(), data_->single.data(), {0, 1, 1}, 0);
    std::copy(x.begin(), x.end(), m.f.values);
    CREDENCE_SIMD_PICK(replay_values)(m.instructions, m.f);
    const operand &low = c.lower_bounds[k], &high = c.upper_bounds[k];
    for (std::int64_t e = 0; e < p.free_size; ++e) {
      const double lower = low.size == 0 ? p.range.low_value : m.f.locate(low)[low.size == 1 ? 0 : e];
      const double upper = high.size == 0 ? p.range.high_value : m.f.locate(high)[high.size == 1 ? 0 : e];
      x[static_cast<std::size_t>(p.first + e)] =
          unconstrained_value(p, given.values[static_cast<std::size_t>(e)], lower, upper);
    }
  }
  return x;
}

}  // namespace credence
