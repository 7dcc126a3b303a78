// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/softmax.hpp"

#include "tensor/cuda_kernels.hpp"
#include "tensor/reduce_host.hpp"
#include "tensor/reduce_terms.hpp"
#include "tensor/softmax_simd.hpp"

#include "credence/exec/for_each.hpp"
#include "credence/tensor/run_rows.hpp"

namespace credence {

namespace {

using detail::reduction;
using detail::term_kind;

void finish(const detail::loop_nest<3>& nest, bool logs, double* out, const double* x, const double* largest,
            const double* sum, std::int64_t begin, std::int64_t end) {
  CREDENCE_SIMD_PICK(softmax_finish_f64)(nest, logs, out, x, largest, sum, begin, end);
}
void finish(const detail::loop_nest<3>& nest, bool logs, float* out, const float* x, const double* largest,
            const double* sum, std::int64_t begin, std::int64_t end) {
  CREDENCE_SIMD_PICK(softmax_finish_f32)(nest, logs, out, x, largest, sum, begin, end);
}

/// Maximum and sum of each slice, then every element; slices in tiles, so that the second and third reading of a tile
/// find it in the cache.
template <class T>
tensor<T> softmax_any(const char* where, const exec::context& ctx, const array_view<const T>& x, int axis, bool logs) {
  const int d = check::axis_of(where, x.shape(), axis);
  auto out = tensor<T>::uninitialized(ctx, x.shape());
  if (out.empty()) return out;
  const reduction plan = detail::plan_reduction(x.shape(), x.strides(), std::uint64_t{1} << d);
  auto largest = tensor<double>::uninitialized(ctx, plan.shape);
  auto sum = tensor<double>::uninitialized(ctx, plan.shape);
  detail::run_reduction(ctx, plan, term_kind::maximum, largest.data(), x.data(), nullptr);
  detail::run_reduction(ctx, plan, term_kind::shifted_exp, sum.data(), x.data(), largest.data());
  const array_view<const double> per_slice(largest.data(), plan.kept_shape);
  const auto nest = detail::nest_of(x.shape(), out.array(), x, per_slice.broadcast_to(x.shape()));
  if (ctx.where == exec::backend::cuda) {
    detail::cuda::softmax_finish(ctx, nest, logs, out.data(), x.data(), largest.data(), sum.data());
    return out;
  }
  detail::run_rows(ctx, nest, [&](std::int64_t begin, std::int64_t end) {
    finish(nest, logs, out.data(), x.data(), largest.data(), sum.data(), begin, end);
  });
  return out;
}

}  // namespace

tensor<double> softmax(const exec::context& ctx, array_view<const double> x, int axis) {
  return softmax_any("softmax", ctx, x, axis, false);
}
tensor<float> softmax(const exec::context& ctx, array_view<const float> x, int axis) {
  return softmax_any("softmax", ctx, x, axis, false);
}
tensor<double> log_softmax(const exec::context& ctx, array_view<const double> x, int axis) {
  return softmax_any("log_softmax", ctx, x, axis, true);
}
tensor<float> log_softmax(const exec::context& ctx, array_view<const float> x, int axis) {
  return softmax_any("log_softmax", ctx, x, axis, true);
}

void log_sum_exp_update(const exec::context& ctx, array_view<const double> block, int axis,
                        std::span<log_sum_exp_accumulator> running) {
  detail::require_cpu("log_sum_exp_update", ctx);
  const int d = check::axis_of("log_sum_exp_update", block.shape(), axis);
  const reduction plan = detail::plan_reduction(block.shape(), block.strides(), std::uint64_t{1} << d);
  check::same_size("log_sum_exp_update", "running", static_cast<std::int64_t>(running.size()),
                   "the slices of the block", plan.nest.results);
  if (plan.terms == 0) return;
  tensor<double> largest(plan.shape), sum(plan.shape);
  detail::run_reduction(ctx, plan, term_kind::maximum, largest.data(), block.data(), nullptr);
  detail::run_reduction(ctx, plan, term_kind::shifted_exp, sum.data(), block.data(), largest.data());
  for (std::size_t i = 0; i < running.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    running[i].merge({largest[at], sum[at]});
  }
}

}  // namespace credence
