// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/window.hpp"

#include "tensor/window_simd.hpp"

#include "credence/exec/for_each.hpp"
#include "credence/tensor/run_rows.hpp"
#include "credence/tensor/slices.hpp"

#include <algorithm>
#include <vector>

namespace credence {

namespace {

template <class T>
T larger_or_nan(T a, T b) {
  return (a < b) | (b != b) ? b : a;
}
void pairwise(double* out, const double* a, const double* b, std::int64_t n) {
  CREDENCE_SIMD_PICK(pairwise_maximum_f64)(out, a, b, n);
}
void pairwise(float* out, const float* a, const float* b, std::int64_t n) {
  CREDENCE_SIMD_PICK(pairwise_maximum_f32)(out, a, b, n);
}
void add_scaled(double* acc, const double* x, std::int64_t stride, double weight, std::int64_t n) {
  CREDENCE_SIMD_PICK(add_scaled_f64)(acc, x, stride, weight, n);
}
void add_scaled(double* acc, const float* x, std::int64_t stride, double weight, std::int64_t n) {
  CREDENCE_SIMD_PICK(add_scaled_f32)(acc, x, stride, weight, n);
}

/// The slice is cut into pieces of `width`: with running maxima forwards (prefix) and backwards (suffix) within pieces,
/// a window is the suffix where it begins joined with the prefix where it ends.
template <class T>
void slide(const T* x, std::int64_t stride, std::int64_t n, std::int64_t width, T* out, std::int64_t out_stride,
           std::vector<T>& room) {
  room.resize(static_cast<std::size_t>(3 * n));
  T* const prefix = room.data();
  T* const suffix = prefix + n;
  T* const joined = suffix + n;
  for (std::int64_t piece = 0; piece < n; piece += width) {
    const std::int64_t end = std::min(n, piece + width);
    prefix[piece] = x[piece * stride];
    for (std::int64_t i = piece + 1; i < end; ++i) prefix[i] = larger_or_nan(prefix[i - 1], x[i * stride]);
    suffix[end - 1] = x[(end - 1) * stride];
    for (std::int64_t i = end - 2; i >= piece; --i) suffix[i] = larger_or_nan(suffix[i + 1], x[i * stride]);
  }
  const std::int64_t results = n - width + 1;
  pairwise(joined, suffix, prefix + width - 1, results);
  for (std::int64_t i = 0; i < results; ++i) out[i * out_stride] = joined[i];
}

template <class T>
tensor<T> sliding(const exec::context& ctx, const array_view<const T>& x, std::int64_t width, int axis) {
  detail::require_cpu("sliding_maximum", ctx);
  check::at_least("sliding_maximum", "width", width, 1);
  const int d = check::axis_of("sliding_maximum", x.shape(), axis);
  const std::int64_t n = x.extent(d);
  tensor<T> out(x.shape().with(d, std::max<std::int64_t>(0, n - width + 1)));
  if (out.empty()) return out;
  const auto to = out.array();
  detail::for_each_slice<2>(
      ctx, x.shape(), d, {x.strides(), to.strides()}, [&](std::int64_t, const std::int64_t* offset) {
        thread_local std::vector<T> room;
        slide(x.data() + offset[0], x.stride(d), n, width, to.data() + offset[1], to.stride(d), room);
      });
  return out;
}

template <class T>
tensor<T> correlate(const exec::context& ctx, const array_view<const T>& x, const array_view<const T>& kernel,
                    std::span<const std::int64_t> strides) {
  const char* const where = "cross_correlate";
  detail::require_cpu(where, ctx);
  if (x.rank() == 0) check::fail_shape(where, "x has shape (), but must have an axis");
  check::rank_is(where, "kernel", kernel.shape(), x.rank());
  if (!strides.empty()) {
    check::same_size(where, "strides", static_cast<std::int64_t>(strides.size()), "the shape", x.rank());
  }
  tensor_shape shape;
  detail::loop_nest<2> outer;   // operands: result, x; all axes but the innermost
  detail::loop_nest<2> window;  // operands: kernel, x
  const int last = x.rank() - 1;
  std::int64_t step = 1;
  for (int d = 0; d <= last; ++d) {
    step = strides.empty() ? 1 : strides[static_cast<std::size_t>(d)];
    check::at_least(where, "a stride", step, 1);
    if (kernel.extent(d) < 1)
      check::fail_shape(where, "kernel has shape " + to_text(kernel.shape()) + ", but must not be empty");
    const bool fits = kernel.extent(d) <= x.extent(d);
    shape.push_back(fits ? (x.extent(d) - kernel.extent(d)) / step + 1 : 0);
    window.add(kernel.extent(d), {kernel.stride(d), x.stride(d)});
  }
  tensor<T> out(shape);
  if (out.empty()) return out;
  const auto to = out.array();
  for (int d = 0; d < last; ++d) {
    outer.add(shape[d], {to.stride(d), x.stride(d) * (strides.empty() ? 1 : strides[static_cast<std::size_t>(d)])});
  }
  const std::int64_t steps = window.size(), width = shape[last], along = x.stride(last) * step;
  constexpr std::int64_t chunk = 512;
  const std::int64_t chunks = (width + chunk - 1) / chunk;
  const std::int64_t cost = std::max<std::int64_t>(1, steps * std::min(width, chunk));
  exec::for_each_range(
      ctx, outer.size() * chunks,
      [&](std::int64_t begin, std::int64_t end) {
        double acc[chunk];
        for (std::int64_t task = begin; task < end; ++task) {
          const auto at = nest_at(outer, outer.rank, task / chunks);
          const std::int64_t first = task % chunks * chunk, n = std::min(chunk, width - first);
          std::fill_n(acc, n, 0.0);
          auto in_window = nest_at(window, window.rank, 0);
          for (std::int64_t s = 0; s < steps; ++s) {
            add_scaled(acc, x.data() + at.offset[1] + in_window.offset[1] + first * along, along,
                       static_cast<double>(kernel.data()[in_window.offset[0]]), n);
            nest_next(window, window.rank, in_window);
          }
          for (std::int64_t i = 0; i < n; ++i) to.data()[at.offset[0] + first + i] = static_cast<T>(acc[i]);
        }
      },
      std::max<std::int64_t>(1, exec::serial_threshold / cost));
  return out;
}

}  // namespace

tensor<double> sliding_maximum(const exec::context& ctx, array_view<const double> x, std::int64_t width, int axis) {
  return sliding(ctx, x, width, axis);
}
tensor<float> sliding_maximum(const exec::context& ctx, array_view<const float> x, std::int64_t width, int axis) {
  return sliding(ctx, x, width, axis);
}
tensor<double> cross_correlate(const exec::context& ctx, array_view<const double> x, array_view<const double> kernel,
                               std::span<const std::int64_t> strides) {
  return correlate(ctx, x, kernel, strides);
}
tensor<float> cross_correlate(const exec::context& ctx, array_view<const float> x, array_view<const float> kernel,
                              std::span<const std::int64_t> strides) {
  return correlate(ctx, x, kernel, strides);
}

}  // namespace credence
