// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/tensor/array_view.hpp"
#include "credence/tensor/tensor.hpp"

/// Where the largest elements are. Equal elements are told apart by their index: the smallest one first. NaN counts as
/// larger than every number for argmax and top_k, and as smaller than every number for argmin, so that it is seen.
namespace credence {

/// The index of the largest (smallest) element along an axis; that axis is dropped.
/// @throws shape_error  when the axis is absent or empty
tensor<std::int64_t> argmax(const exec::context& ctx, array_view<const double> x, int axis);
tensor<std::int64_t> argmax(const exec::context& ctx, array_view<const float> x, int axis);
tensor<std::int64_t> argmin(const exec::context& ctx, array_view<const double> x, int axis);
tensor<std::int64_t> argmin(const exec::context& ctx, array_view<const float> x, int axis);

template <class T>
struct top_elements {
  tensor<T> values;
  tensor<std::int64_t> indices;
};
/// The k largest elements along an axis, descending, and where they are; the axis has size k in the results.
/// @throws shape_error   when the axis is absent
/// @throws domain_error  unless 0 <= k <= its size
/// @complexity O(n + k log k) for each slice of n
top_elements<double> top_k(const exec::context& ctx, array_view<const double> x, std::int64_t k, int axis);
top_elements<float> top_k(const exec::context& ctx, array_view<const float> x, std::int64_t k, int axis);

}  // namespace credence
