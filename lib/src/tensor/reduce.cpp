// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/reduce.hpp"

#include "tensor/cuda_kernels.hpp"
#include "tensor/reduce_host.hpp"
#include "tensor/reduce_terms.hpp"

#include "credence/exec/for_each.hpp"
#include "credence/tensor/layout.hpp"
#include "credence/tensor/run_rows.hpp"

#include <cmath>

namespace credence {

std::uint64_t axis_list::mask(const char* where, const tensor_shape& shape) const {
  if (all_) return ~std::uint64_t{0};
  std::uint64_t seen = 0;
  for (const int axis : axes_) check::axis_once(where, check::axis_of(where, shape, axis), seen);
  return seen;
}

namespace detail {

reduction plan_reduction(const tensor_shape& shape, const std::int64_t* strides, std::uint64_t mask) {
  reduction plan;
  std::int64_t kept_strides[tensor_shape::max_rank];
  std::int64_t stride = 1;
  for (int d = shape.rank() - 1; d >= 0; --d) {
    kept_strides[d] = stride;
    if (((mask >> d) & 1U) == 0) stride *= shape[d];
  }
  for (int d = 0; d < shape.rank(); ++d) {
    if ((mask >> d) & 1U) {
      plan.kept_shape.push_back(1);
      plan.nest.reduced.add(shape[d], {strides[d]});
    } else {
      plan.shape.push_back(shape[d]);
      plan.kept_shape.push_back(shape[d]);
      plan.nest.kept.add(shape[d], {kept_strides[d], strides[d]});
    }
  }
  plan.nest.results = plan.shape.size();
  plan.terms = plan.nest.reduced.size();
  // Both ways give the same bits; rows of results are faster when they are long enough for a vector and unit-strided.
  const loop_nest<2>& kept = plan.nest.kept;
  const loop_nest<1>& reduced = plan.nest.reduced;
  const bool run_is_good = reduced.rank > 0 && reduced.stride[reduced.rank - 1][0] == 1;
  plan.nest.inner_is_kept = kept.rank > 0 && !(run_is_good && reduced.extent[reduced.rank - 1] >= 8) &&
                            (kept.stride[kept.rank - 1][1] == 1 || !run_is_good);
  return plan;
}

namespace {

void kernel(const reduce_nest& nest, term_kind kind, std::int64_t block, double* out, const double* in,
            const double* centre, std::int64_t begin, std::int64_t end) {
  CREDENCE_SIMD_PICK(reduce_f64)(nest, kind, block, out, in, centre, begin, end);
}
void kernel(const reduce_nest& nest, term_kind kind, std::int64_t block, double* out, const float* in,
            const double* centre, std::int64_t begin, std::int64_t end) {
  CREDENCE_SIMD_PICK(reduce_f32)(nest, kind, block, out, in, centre, begin, end);
}

/// What joins the partial results of blocks.
term_kind join_of(term_kind kind) {
  switch (kind) {
    case term_kind::product:
      return term_kind::product;
    case term_kind::maximum:
    case term_kind::absolute_maximum:
      return term_kind::maximum;
    case term_kind::minimum:
      return term_kind::minimum;
    default:
      return term_kind::sum;
  }
}

/// The partial results of every block, to[block][result].
template <class T>
void run_each_block(const exec::context& ctx, const reduction& plan, term_kind kind, std::int64_t blocks, double* to,
                    const T* in, const double* centre) {
  const reduce_nest& nest = plan.nest;
  std::int64_t tasks = nest.results, width = 1;
  if (nest.inner_is_kept) {
    const std::int64_t row = nest.kept.extent[nest.kept.rank - 1];
    tasks = tasks / row * ((row + reduce_chunk - 1) / reduce_chunk);
    width = std::min(row, reduce_chunk);
  }
  const std::int64_t cost = std::max<std::int64_t>(1, std::min(plan.terms, reduce_block) * width);
  const std::int64_t grain = std::max<std::int64_t>(1, exec::serial_threshold / cost);
  const std::int64_t ranges = (tasks + grain - 1) / grain;
  exec::for_each_task(ctx, ranges * blocks, [&](std::int64_t task) {
    const std::int64_t block = task / ranges, range = task % ranges;
    kernel(nest, kind, block, to + block * nest.results, in, centre, range * grain,
           std::min(tasks, (range + 1) * grain));
  });
}

template <class T>
void run_blocks(const exec::context& ctx, const reduction& plan, term_kind kind, double* out, const T* in,
                const double* centre) {
  const reduce_nest& nest = plan.nest;
  if (nest.results == 0) return;
  const std::int64_t blocks = std::max<std::int64_t>(1, (plan.terms + reduce_block - 1) / reduce_block);
  tensor<double> partial;
  if (blocks > 1) partial = tensor<double>::uninitialized(ctx, {blocks, nest.results});
  double* const to = blocks == 1 ? out : partial.data();
  if (ctx.where == exec::backend::cuda) {
    cuda::reduce(ctx, nest, kind, plan.terms, blocks, to, in, centre);
  } else {
    run_each_block(ctx, plan, kind, blocks, to, in, centre);
  }
  if (blocks == 1) return;
  const reduction joined = plan_reduction(partial.shape(), partial.array().strides(), 1);
  run_blocks<double>(ctx, joined, join_of(kind), out, partial.data(), nullptr);
}

}  // namespace

void run_reduction(const exec::context& ctx, const reduction& plan, term_kind kind, double* out, const double* in,
                   const double* centre) {
  run_blocks(ctx, plan, kind, out, in, centre);
}
void run_reduction(const exec::context& ctx, const reduction& plan, term_kind kind, double* out, const float* in,
                   const double* centre) {
  run_blocks(ctx, plan, kind, out, in, centre);
}

}  // namespace detail

namespace {

using detail::reduction;
using detail::term_kind;

template <class T>
reduction plan_of(const char* where, const array_view<const T>& x, const axis_list& axes) {
  return detail::plan_reduction(x.shape(), x.strides(), axes.mask(where, x.shape()));
}

/// On the CPU wherever the input is; `centre` is there too.
template <class T>
tensor<double> reduced(const exec::context& ctx, const reduction& plan, term_kind kind, const array_view<const T>& x,
                       const double* centre = nullptr) {
  auto out = tensor<double>::uninitialized(ctx, plan.shape);
  if (ctx.where == exec::backend::cpu) {
    detail::run_reduction(ctx, plan, kind, out.data(), x.data(), centre);
    return out;
  }
  tensor<double> there;
  if (centre != nullptr) {
    const auto n = static_cast<std::size_t>(plan.shape.size());
    there = tensor<double>(plan.shape, std::span<const double>(centre, n)).copy_to(ctx);
  }
  detail::run_reduction(ctx, plan, kind, out.data(), x.data(), centre == nullptr ? nullptr : there.data());
  return out.copy_to({});
}

/// Rounds once to the element type, under the shape asked for.
template <class T>
tensor<T> finished(const exec::context& ctx, tensor<double> values, const reduction& plan, reduced_axes rule) {
  values = std::move(values).reshaped(rule == reduced_axes::kept ? plan.kept_shape : plan.shape);
  const exec::context host;
  if constexpr (std::is_same_v<T, double>) {
    return ctx.where == exec::backend::cpu ? std::move(values) : values.copy_to(ctx);
  } else {
    return ctx.where == exec::backend::cpu ? cast<T>(host, values) : cast<T>(host, values).copy_to(ctx);
  }
}

template <class T>
tensor<T> reduce_any(const exec::context& ctx, reduce_op op, const array_view<const T>& x, const axis_list& axes,
                     reduced_axes rule) {
  static_assert(static_cast<int>(reduce_op::absolute_maximum) == static_cast<int>(term_kind::absolute_maximum));
  const reduction plan = plan_of("reduce", x, axes);
  return finished<T>(ctx, reduced(ctx, plan, static_cast<term_kind>(op), x), plan, rule);
}

template <class T>
tensor<double> means(const exec::context& ctx, const reduction& plan, const array_view<const T>& x) {
  tensor<double> values = reduced(ctx, plan, term_kind::sum, x);
  for (double& v : values) v /= static_cast<double>(plan.terms);
  return values;
}

template <class T>
tensor<T> mean_any(const exec::context& ctx, const array_view<const T>& x, const axis_list& axes, reduced_axes rule) {
  const reduction plan = plan_of("mean", x, axes);
  return finished<T>(ctx, means(ctx, plan, x), plan, rule);
}

template <class T>
tensor<T> variance_any(const exec::context& ctx, const array_view<const T>& x, const axis_list& axes,
                       const variance_options& options) {
  check::at_least("variance", "lost_degrees", options.lost_degrees, 0);
  const reduction plan = plan_of("variance", x, axes);
  const tensor<double> centre = means(ctx, plan, x);
  tensor<double> values = reduced(ctx, plan, term_kind::squared_deviation, x, centre.data());
  const double divisor = static_cast<double>(plan.terms - options.lost_degrees);
  for (double& v : values) v = divisor > 0.0 ? v / divisor : std::nan("");
  return finished<T>(ctx, std::move(values), plan, options.shape_rule);
}

template <class T>
tensor<T> norm_any(const exec::context& ctx, norm_kind kind, const array_view<const T>& x, const axis_list& axes,
                   reduced_axes rule) {
  const reduction plan = plan_of("norm", x, axes);
  if (kind == norm_kind::one) return finished<T>(ctx, reduced(ctx, plan, term_kind::absolute_sum, x), plan, rule);
  tensor<double> largest = reduced(ctx, plan, term_kind::absolute_maximum, x);
  if (kind == norm_kind::infinity) return finished<T>(ctx, std::move(largest), plan, rule);
  // A power of two near 1 / largest scales without rounding.
  tensor<double> scale(plan.shape);
  for (std::int64_t i = 0; i < scale.size(); ++i) {
    const bool usable = largest[i] > 0.0 && largest[i] - largest[i] == 0.0;
    scale[i] = usable ? std::ldexp(1.0, -std::max(-1000, std::min(1000, std::ilogb(largest[i])))) : 1.0;
  }
  tensor<double> values = reduced(ctx, plan, term_kind::scaled_square, x, scale.data());
  for (std::int64_t i = 0; i < values.size(); ++i) values[i] = std::sqrt(values[i]) / scale[i];
  return finished<T>(ctx, std::move(values), plan, rule);
}

template <class T>
tensor<T> log_sum_exp_any(const exec::context& ctx, const array_view<const T>& x, const axis_list& axes,
                          reduced_axes rule) {
  const reduction plan = plan_of("log_sum_exp", x, axes);
  const tensor<double> largest = reduced(ctx, plan, term_kind::maximum, x);
  tensor<double> values = reduced(ctx, plan, term_kind::shifted_exp, x, largest.data());
  for (std::int64_t i = 0; i < values.size(); ++i) {
    values[i] = reduce_terms::usable_shift(largest[i]) + math::log(values[i]);
  }
  return finished<T>(ctx, std::move(values), plan, rule);
}

}  // namespace

tensor<double> reduce(const exec::context& ctx, reduce_op op, array_view<const double> x, const axis_list& axes,
                      reduced_axes shape_rule) {
  return reduce_any(ctx, op, x, axes, shape_rule);
}
tensor<float> reduce(const exec::context& ctx, reduce_op op, array_view<const float> x, const axis_list& axes,
                     reduced_axes shape_rule) {
  return reduce_any(ctx, op, x, axes, shape_rule);
}
tensor<double> mean(const exec::context& ctx, array_view<const double> x, const axis_list& axes,
                    reduced_axes shape_rule) {
  return mean_any(ctx, x, axes, shape_rule);
}
tensor<float> mean(const exec::context& ctx, array_view<const float> x, const axis_list& axes,
                   reduced_axes shape_rule) {
  return mean_any(ctx, x, axes, shape_rule);
}
tensor<double> variance(const exec::context& ctx, array_view<const double> x, const axis_list& axes,
                        const variance_options& options) {
  return variance_any(ctx, x, axes, options);
}
tensor<float> variance(const exec::context& ctx, array_view<const float> x, const axis_list& axes,
                       const variance_options& options) {
  return variance_any(ctx, x, axes, options);
}
tensor<double> norm(const exec::context& ctx, norm_kind kind, array_view<const double> x, const axis_list& axes,
                    reduced_axes shape_rule) {
  return norm_any(ctx, kind, x, axes, shape_rule);
}
tensor<float> norm(const exec::context& ctx, norm_kind kind, array_view<const float> x, const axis_list& axes,
                   reduced_axes shape_rule) {
  return norm_any(ctx, kind, x, axes, shape_rule);
}
tensor<double> log_sum_exp(const exec::context& ctx, array_view<const double> x, const axis_list& axes,
                           reduced_axes shape_rule) {
  return log_sum_exp_any(ctx, x, axes, shape_rule);
}
tensor<float> log_sum_exp(const exec::context& ctx, array_view<const float> x, const axis_list& axes,
                          reduced_axes shape_rule) {
  return log_sum_exp_any(ctx, x, axes, shape_rule);
}

}  // namespace credence
