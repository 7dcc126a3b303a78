// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/tensor/array_view.hpp"
#include "credence/tensor/tensor.hpp"

#include <span>

/// Reading and writing at places given by a list of indices along one axis. `gather` runs on the CPU
/// and on CUDA, the others on the CPU; the list of indices is in host memory.
/// All throw shape_error when shapes do not fit and domain_error when an index leaves the axis.
namespace credence {

namespace detail {
int check_gather(const char* where, const tensor_shape& shape, int axis, std::span<const std::int64_t> indices);
void gather_elements(const exec::context& ctx, std::int64_t element_bytes, const tensor_shape& shape, int axis,
                     const void* in, const std::int64_t* in_strides, const std::int64_t* indices, std::int64_t count,
                     void* out);
}  // namespace detail

/// The parts of x at the indices along an axis: out[.., r, ..] = x[.., indices[r], ..]. Works for the six dtypes.
template <array_like A>
tensor<typename A::value_type> gather(const exec::context& ctx, const A& x, int axis,
                                      std::span<const std::int64_t> indices) {
  using T = typename A::value_type;
  const array_view<const T> source(x);
  const int d = detail::check_gather("gather", source.shape(), axis, indices);
  const auto count = static_cast<std::int64_t>(indices.size());
  auto out = tensor<T>::uninitialized(ctx, source.shape().with(d, count));
  detail::gather_elements(ctx, sizeof(T), source.shape(), d, source.data(), source.strides(), indices.data(), count,
                          out.data());
  return out;
}

/// target[.., indices[r], ..] = values[.., r, ..]; where an index repeats, the last one stays.
void scatter(const exec::context& ctx, array_view<double> target, int axis, std::span<const std::int64_t> indices,
             array_view<const double> values);
void scatter(const exec::context& ctx, array_view<float> target, int axis, std::span<const std::int64_t> indices,
             array_view<const float> values);

/// target[.., indices[r], ..] += values[.., r, ..], in the order of r: the same bits on any number of threads.
void scatter_add(const exec::context& ctx, array_view<double> target, int axis, std::span<const std::int64_t> indices,
                 array_view<const double> values);
void scatter_add(const exec::context& ctx, array_view<float> target, int axis, std::span<const std::int64_t> indices,
                 array_view<const float> values);

}  // namespace credence
