// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/contraction.hpp"

#include "tensor/contraction_simd.hpp"

#include "credence/base/check.hpp"
#include "credence/base/portable_math.hpp"
#include "credence/exec/for_each.hpp"

namespace credence {

template <>
double log_sum_product<double>::plus(const double& a, const double& b) {
  const double larger = a < b ? b : a, smaller = a < b ? a : b;
  if (larger == smaller && larger - larger != 0.0) return larger;  // both infinite alike
  return larger + math::log1p(math::exp(smaller - larger));
}
template <>
float log_sum_product<float>::plus(const float& a, const float& b) {
  const float larger = a < b ? b : a, smaller = a < b ? a : b;
  if (larger == smaller && larger - larger != 0.0F) return larger;
  return larger + math::log1p(math::exp(smaller - larger));
}

namespace detail {
namespace {

void kernel(const contraction_nest& nest, int what, double* out, const double* a, const double* b, const double* shift,
            std::int64_t begin, std::int64_t end) {
  CREDENCE_SIMD_PICK(contraction_f64)(nest, what, out, a, b, shift, begin, end);
}
void kernel(const contraction_nest& nest, int what, float* out, const float* a, const float* b, const float* shift,
            std::int64_t begin, std::int64_t end) {
  CREDENCE_SIMD_PICK(contraction_f32)(nest, what, out, a, b, shift, begin, end);
}
void finish(double* out, const double* shift, std::int64_t begin, std::int64_t end) {
  CREDENCE_SIMD_PICK(finish_log_sum_f64)(out, shift, begin, end);
}
void finish(float* out, const float* shift, std::int64_t begin, std::int64_t end) {
  CREDENCE_SIMD_PICK(finish_log_sum_f32)(out, shift, begin, end);
}

template <class T>
void run_kind(const exec::context& ctx, semiring_kind kind, const contraction_nest& nest, T* out, const T* a,
              const T* b, const T* shift) {
  std::int64_t tasks = nest.kept.size();
  std::int64_t cost = nest.reduced.size();  // steps of one task
  if (nest.inner_is_kept && nest.kept.rank > 0) {
    const std::int64_t width = nest.kept.extent[nest.kept.rank - 1];
    const std::int64_t chunks = (width + contraction_chunk - 1) / contraction_chunk;
    tasks = width == 0 ? 0 : tasks / width * chunks;
    cost *= std::min(width, contraction_chunk);
  }
  const std::int64_t grain = std::max<std::int64_t>(1, exec::serial_threshold / std::max<std::int64_t>(1, cost));
  exec::for_each_range(
      ctx, tasks,
      [&](std::int64_t begin, std::int64_t end) { kernel(nest, static_cast<int>(kind), out, a, b, shift, begin, end); },
      grain);
}

template <class T>
void run_any(const exec::context& ctx, semiring_kind kind, const contraction_nest& nest, T* out, const T* a,
             const T* b) {
  const bool logs = kind == semiring_kind::log_sum;
  const T one = kind == semiring_kind::sum_product || kind == semiring_kind::max_product ? T(1) : T(0);
  const T* const factor = b == nullptr ? &one : b;
  if (!logs || nest.reduced.rank == 0) {
    return run_kind<T>(ctx, logs ? semiring_kind::max_sum : kind, nest, out, a, factor, nullptr);
  }
  const std::int64_t n = nest.kept.size();
  auto largest = tensor<T>::uninitialized({}, {n});
  run_kind<T>(ctx, semiring_kind::max_sum, nest, largest.data(), a, factor, nullptr);
  run_kind<T>(ctx, semiring_kind::log_sum, nest, out, a, factor, largest.data());
  exec::for_each_range(ctx, n, [&](std::int64_t begin, std::int64_t end) { finish(out, largest.data(), begin, end); });
}

}  // namespace

void run_contraction(const exec::context& ctx, semiring_kind kind, const contraction_nest& nest, double* out,
                     const double* a, const double* b) {
  run_any(ctx, kind, nest, out, a, b);
}
void run_contraction(const exec::context& ctx, semiring_kind kind, const contraction_nest& nest, float* out,
                     const float* a, const float* b) {
  run_any(ctx, kind, nest, out, a, b);
}

namespace {

template <class T>
named_tensor<T> quotient_of(const exec::context& ctx, const named_tensor<T>& a, const named_tensor<T>& b) {
  const table_axes second{b.axes, b.values.shape()};
  const contraction_plan plan = plan_contraction("quotient", {a.axes, a.values.shape()}, &second, {});
  if (plan.axes.size() != a.axes.size()) {
    throw shape_error("quotient: the divisor has an axis that the dividend lacks, but must not");
  }
  named_tensor<T> out{plan.axes, tensor<T>::uninitialized({}, plan.shape)};
  const loop_nest<3>& nest = plan.nest.kept;
  exec::for_each_range(ctx, nest.size(), [&](std::int64_t begin, std::int64_t end) {
    auto at = nest_at(nest, nest.rank, begin);
    for (std::int64_t i = begin; i < end; ++i) {
      const T x = a.values[at.offset[1]], y = b.values[at.offset[2]];
      out.values[at.offset[0]] = x == 0 && y == 0 ? T(0) : x / y;
      nest_next(nest, nest.rank, at);
    }
  });
  return out;
}

}  // namespace
}  // namespace detail

named_tensor<double> quotient(const exec::context& ctx, const named_tensor<double>& a, const named_tensor<double>& b) {
  return detail::quotient_of(ctx, a, b);
}
named_tensor<float> quotient(const exec::context& ctx, const named_tensor<float>& a, const named_tensor<float>& b) {
  return detail::quotient_of(ctx, a, b);
}

}  // namespace credence
