// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/order.hpp"

#include "credence/tensor/run_rows.hpp"
#include "credence/tensor/slices.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace credence {

namespace {

/// The order of the k largest: NaN first, then descending.
template <class T>
bool larger(T a, T b) {
  return a > b || (a != a && b == b);
}
template <class T>
bool smaller_or_nan(T a, T b) {
  return a < b || (a != a && b == b);
}

template <class T, class Better>
tensor<std::int64_t> arg_best(const char* where, const exec::context& ctx, const array_view<const T>& x, int axis,
                              const Better& better) {
  detail::require_cpu(where, ctx);
  const int d = check::axis_of(where, x.shape(), axis);
  if (x.extent(d) == 0) check::fail_shape(where, "the axis is empty, but must have an element");
  tensor<std::int64_t> out(x.shape().without(d));
  const std::int64_t n = x.extent(d), stride = x.stride(d);
  detail::for_each_slice<1>(ctx, x.shape(), d, {x.strides()}, [&](std::int64_t slice, const std::int64_t* offset) {
    const T* from = x.data() + offset[0];
    std::int64_t best = 0;
    T value = from[0];
    for (std::int64_t i = 1; i < n; ++i) {
      if (better(from[i * stride], value)) best = i, value = from[i * stride];
    }
    out[slice] = best;
  });
  return out;
}

template <class T>
top_elements<T> top(const exec::context& ctx, const array_view<const T>& x, std::int64_t k, int axis) {
  detail::require_cpu("top_k", ctx);
  const int d = check::axis_of("top_k", x.shape(), axis);
  if (k < 0 || k > x.extent(d)) {
    check::fail_domain("top_k", "k", k, "from 0 to the size of the axis, " + std::to_string(x.extent(d)));
  }
  const tensor_shape shape = x.shape().with(d, k);
  top_elements<T> out{tensor<T>(shape), tensor<std::int64_t>(shape)};
  if (shape.size() == 0) return out;
  const auto values = out.values.array();
  const auto indices = out.indices.array();
  const std::int64_t n = x.extent(d), stride = x.stride(d);
  detail::for_each_slice<2>(ctx, x.shape(), d, {x.strides(), values.strides()},
                            [&](std::int64_t, const std::int64_t* offset) {
                              const T* from = x.data() + offset[0];
                              std::vector<std::int64_t> candidates(static_cast<std::size_t>(n));
                              std::iota(candidates.begin(), candidates.end(), 0);
                              const auto before = [&](std::int64_t i, std::int64_t j) {
                                const T a = from[i * stride], b = from[j * stride];
                                return larger(a, b) || (!larger(b, a) && i < j);
                              };
                              if (k < n)
                                std::nth_element(candidates.begin(), candidates.begin() + k, candidates.end(), before);
                              std::sort(candidates.begin(), candidates.begin() + k, before);
                              for (std::int64_t r = 0; r < k; ++r) {
                                const std::int64_t best = candidates[static_cast<std::size_t>(r)];
                                values.data()[offset[1] + r * values.stride(d)] = from[best * stride];
                                indices.data()[offset[1] + r * indices.stride(d)] = best;
                              }
                            });
  return out;
}

}  // namespace

tensor<std::int64_t> argmax(const exec::context& ctx, array_view<const double> x, int axis) {
  return arg_best("argmax", ctx, x, axis, larger<double>);
}
tensor<std::int64_t> argmax(const exec::context& ctx, array_view<const float> x, int axis) {
  return arg_best("argmax", ctx, x, axis, larger<float>);
}
tensor<std::int64_t> argmin(const exec::context& ctx, array_view<const double> x, int axis) {
  return arg_best("argmin", ctx, x, axis, smaller_or_nan<double>);
}
tensor<std::int64_t> argmin(const exec::context& ctx, array_view<const float> x, int axis) {
  return arg_best("argmin", ctx, x, axis, smaller_or_nan<float>);
}
top_elements<double> top_k(const exec::context& ctx, array_view<const double> x, std::int64_t k, int axis) {
  return top(ctx, x, k, axis);
}
top_elements<float> top_k(const exec::context& ctx, array_view<const float> x, std::int64_t k, int axis) {
  return top(ctx, x, k, axis);
}

}  // namespace credence
