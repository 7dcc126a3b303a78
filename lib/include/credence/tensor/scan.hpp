// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/tensor/run_rows.hpp"
#include "credence/tensor/slices.hpp"
#include "credence/tensor/tensor.hpp"

#include <vector>

namespace credence {

namespace detail {

/// Elements of a slice that are combined one after the other; longer slices are cut into such blocks.
inline constexpr std::int64_t scan_block = 16384;

/// Prefixes of one block alone, then joined behind `carry` (null for the first block). Returns the carry of the next.
template <class T, class Op>
T scan_one_block(const T* in, std::int64_t in_stride, T* out, std::int64_t out_stride, std::int64_t n, const T* carry,
                 const Op& op) {
  T local = in[0], last = carry == nullptr ? local : op(*carry, local);
  out[0] = last;
  for (std::int64_t i = 1; i < n; ++i) {
    local = op(local, in[i * in_stride]);
    last = carry == nullptr ? local : op(*carry, local);
    out[i * out_stride] = last;
  }
  return last;
}

/// One long slice: blocks are folded in parallel, their carries joined in order, then scanned in parallel.
template <class T, class Op>
void scan_long_slice(const exec::context& ctx, const T* in, std::int64_t in_stride, T* out, std::int64_t out_stride,
                     std::int64_t n, const Op& op) {
  const std::int64_t blocks = (n + scan_block - 1) / scan_block;
  const auto length = [&](std::int64_t b) { return std::min(scan_block, n - b * scan_block); };
  std::vector<T> carry(static_cast<std::size_t>(blocks), in[0]);
  exec::for_each_task(ctx, blocks, [&](std::int64_t b) {
    const T* from = in + b * scan_block * in_stride;
    T fold = from[0];
    for (std::int64_t i = 1; i < length(b); ++i) fold = op(fold, from[i * in_stride]);
    carry[static_cast<std::size_t>(b)] = fold;
  });
  for (std::size_t b = 1; b < carry.size(); ++b) carry[b] = op(carry[b - 1], carry[b]);
  exec::for_each_task(ctx, blocks, [&](std::int64_t b) {
    scan_one_block(in + b * scan_block * in_stride, in_stride, out + b * scan_block * out_stride, out_stride, length(b),
                   b == 0 ? nullptr : &carry[static_cast<std::size_t>(b - 1)], op);
  });
}

}  // namespace detail

/// Inclusive prefixes along an axis: out[i] = in[0] op in[1] op .. op in[i].
///
/// `op` is any associative function of two elements (left, right), commutative or not; T any copyable type, as a pair
/// for linear recurrences. Slices are cut into blocks of 16384 elements; a prefix is op(everything before the block,
/// prefix within the block), so rounding is the same on any number of threads. `in` may be `out`.
/// @throws shape_error
template <class T, class Op>
void associative_scan_into(const exec::context& ctx, array_view<const T> in, int axis, array_view<T> out,
                           const Op& op) {
  detail::require_cpu("associative_scan", ctx);
  check::same_shape("associative_scan", "in", in.shape(), "out", out.shape());
  const int d = check::axis_of("associative_scan", in.shape(), axis);
  if (in.empty()) return;
  const std::int64_t n = in.extent(d), in_stride = in.stride(d), out_stride = out.stride(d);
  const bool long_slices = in.size() / n < ctx.threads && n > detail::scan_block;
  const exec::context across = long_slices ? exec::context{} : ctx;
  const auto scan_slice = [&](std::int64_t, const std::int64_t* offset) {
    const T* from = in.data() + offset[0];
    T* to = out.data() + offset[1];
    if (long_slices && from != to) {
      detail::scan_long_slice(ctx, from, in_stride, to, out_stride, n, op);
      return;
    }
    T carry = from[0];
    for (std::int64_t begin = 0; begin < n; begin += detail::scan_block) {
      carry = detail::scan_one_block(from + begin * in_stride, in_stride, to + begin * out_stride, out_stride,
                                     std::min(detail::scan_block, n - begin), begin == 0 ? nullptr : &carry, op);
    }
  };
  detail::for_each_slice<2>(across, in.shape(), d, {in.strides(), out.strides()}, scan_slice);
}

template <array_like A, class Op>
tensor<typename A::value_type> associative_scan(const exec::context& ctx, const A& in, int axis, const Op& op) {
  using T = typename A::value_type;
  const array_view<const T> source(in);
  auto out = tensor<T>::uninitialized({}, source.shape());
  associative_scan_into(ctx, source, axis, out.array(), op);
  return out;
}

enum class cumulative_op : std::uint8_t { sum, product, maximum, minimum, log_sum_exp };

/// Running sums (products, ..) along an axis. float is accumulated in double. NaN stays from where it appears.
/// @throws shape_error
tensor<double> cumulative(const exec::context& ctx, cumulative_op op, array_view<const double> x, int axis);
tensor<float> cumulative(const exec::context& ctx, cumulative_op op, array_view<const float> x, int axis);

}  // namespace credence
