// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/tensor/array_view.hpp"
#include "credence/tensor/tensor.hpp"

#include <vector>

/// Moving elements without changing them. Every result is row-major: the last axis varies fastest. Works for the six
/// dtypes; on the CPU. All throw shape_error.
namespace credence {

namespace detail {
/// out[...] = in[...] for arrays of one shape and elements of 1, 2, 4 or 8 bytes; they must not overlap.
void copy_elements(const exec::context& ctx, std::int64_t element_bytes, const tensor_shape& shape, void* out,
                   const std::int64_t* out_strides, const void* in, const std::int64_t* in_strides);
void cast_elements(const exec::context& ctx, dtype from, const void* in, dtype to, void* out, std::int64_t n);
}  // namespace detail

/// Copies the elements of one view to another of the same shape; the two must not overlap.
template <array_like A, class T>
requires(std::is_same_v<typename A::value_type, T>) void copy_into(const exec::context& ctx, const A& from,
                                                                   const array_view<T>& to) {
  const array_view<const T> source(from);
  check::same_shape("copy_into", "the source", source.shape(), "the target", to.shape());
  detail::copy_elements(ctx, sizeof(T), to.shape(), to.data(), to.strides(), source.data(), source.strides());
}

/// A row-major copy of any view: element (i, j, ..) of the result is element (i, j, ..) of `from`.
template <array_like A>
tensor<typename A::value_type> to_tensor(const exec::context& ctx, const A& from) {
  using T = typename A::value_type;
  const array_view<const T> source(from);
  auto out = tensor<T>::uninitialized({}, source.shape());
  copy_into(ctx, source, out.array());
  return out;
}

/// The elements in the row-major order of `from` under another shape of the same size.
template <array_like A>
tensor<typename A::value_type> reshape(const exec::context& ctx, const A& from, const tensor_shape& shape) {
  return to_tensor(ctx, from).reshaped(shape);
}

/// Axis d of the result is axis order[d] of `from`: out(i0, i1, ..) has i_d as the index of axis order[d].
template <array_like A>
tensor<typename A::value_type> permute(const exec::context& ctx, const A& from, std::initializer_list<int> order) {
  return to_tensor(ctx, array_view<const typename A::value_type>(from).permuted(order));
}
template <array_like A>
tensor<typename A::value_type> permute(const exec::context& ctx, const A& from, std::span<const int> order) {
  return to_tensor(ctx, array_view<const typename A::value_type>(from).permuted(order));
}

/// The parts one after the other along an axis; the other sizes are equal.
template <class T>
tensor<T> concatenate(const exec::context& ctx, const std::vector<array_view<const T>>& parts, int axis) {
  if (parts.empty()) check::fail_shape("concatenate", "the list is empty, but must have a part");
  const int d = check::axis_of("concatenate", parts[0].shape(), axis);
  std::int64_t total = 0;
  for (const auto& part : parts) {
    check::rank_is("concatenate", "a part", part.shape(), parts[0].rank());
    check::same_shape("concatenate", "a part, without the axis,", part.shape().without(d), "the first",
                      parts[0].shape().without(d));
    total += part.extent(d);
  }
  auto out = tensor<T>::uninitialized({}, parts[0].shape().with(d, total));
  std::int64_t begin = 0;
  for (const auto& part : parts) {
    copy_into(ctx, part, out.array().slice(d, begin, begin + part.extent(d)));
    begin += part.extent(d);
  }
  return out;
}

/// Every element along the axis `times` times in a row: a, b becomes a, a, b, b.
template <array_like A>
tensor<typename A::value_type> repeat_interleave(const exec::context& ctx, const A& from, int axis,
                                                 std::int64_t times) {
  using T = typename A::value_type;
  const array_view<const T> source(from);
  const int d = check::axis_of("repeat_interleave", source.shape(), axis);
  check::at_least("repeat_interleave", "times", times, 0);
  tensor_shape split;  // one more axis, inside the repeated one, with stride 0
  std::int64_t strides[tensor_shape::max_rank + 1];
  for (int k = 0; k < source.rank(); ++k) {
    strides[split.rank()] = source.stride(k);
    split.push_back(source.extent(k));
    if (k != d) continue;
    strides[split.rank()] = 0;
    split.push_back(times);
  }
  return to_tensor(ctx, array_view<const T>(source.data(), split, strides))
      .reshaped(source.shape().with(d, source.extent(d) * times));
}

/// Element k along the axis times[k] times in a row.
template <array_like A>
tensor<typename A::value_type> repeat_interleave(const exec::context& ctx, const A& from, int axis,
                                                 std::span<const std::int64_t> times) {
  using T = typename A::value_type;
  const array_view<const T> source(from);
  const int d = check::axis_of("repeat_interleave", source.shape(), axis);
  check::same_size("repeat_interleave", "the axis", source.extent(d), "times", static_cast<std::int64_t>(times.size()));
  std::int64_t total = 0;
  for (const std::int64_t count : times) {
    check::at_least("repeat_interleave", "times", count, 0);
    total += count;
  }
  auto out = tensor<T>::uninitialized({}, source.shape().with(d, total));
  std::int64_t begin = 0;
  for (std::int64_t k = 0; k < source.extent(d); ++k) {
    const std::int64_t end = begin + times[static_cast<std::size_t>(k)];
    const auto target = out.array().slice(d, begin, end);
    copy_into(ctx, source.slice(d, k, k + 1).broadcast_to(target.shape()), target);
    begin = end;
  }
  return out;
}

/// Elements converted to another dtype, row-major. To a floating type: nearest, ties to even, exact where it can be; to
/// an integer type: towards zero, kept within its range, NaN to 0.
template <class To, array_like A>
tensor<To> cast(const exec::context& ctx, const A& from) {
  using T = typename A::value_type;
  const array_view<const T> source(from);
  auto out = tensor<To>::uninitialized({}, source.shape());
  if (source.contiguous()) {
    detail::cast_elements(ctx, dtype_of<T>, source.data(), dtype_of<To>, out.data(), out.size());
  } else {
    const tensor<T> rows = to_tensor(ctx, source);
    detail::cast_elements(ctx, dtype_of<T>, rows.data(), dtype_of<To>, out.data(), out.size());
  }
  return out;
}

}  // namespace credence
