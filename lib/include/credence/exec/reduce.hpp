// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/for_each.hpp"

#include <cstdint>
#include <span>
#include <vector>

/// Reductions whose result has the same bits for any number of threads and any instruction set: fixed chunks of
/// `reduce_chunk` elements; in a chunk element i goes to partial result i mod 8, and the eight are joined as
/// ((0+1)+(2+3))+((4+5)+(6+7)); then a fixed binary tree joins the chunks.
namespace credence::exec {

inline constexpr std::int64_t reduce_chunk = 16384;

namespace detail {

/// @throws device_error  when `ctx` is not the CPU: a functor compiled by the host compiler runs nowhere else
void require_cpu(const context& ctx, const char* where);

/// @throws shape_error  when they differ
void require_same_length(const char* where, std::size_t in, std::size_t out);

/// Joins values[0..n) as a binary tree over neighbours; n >= 1. Overwrites them.
template <class Result, class Join>
Result join_tree(Result* values, std::int64_t n, const Join& join) {
  for (std::int64_t width = 1; width < n; width *= 2) {
    for (std::int64_t i = 0; i + width < n; i += 2 * width) values[i] = join(values[i], values[i + width]);
  }
  return values[0];
}

/// reduce_chunk(begin, end) gives the result of a chunk; the tree joins them. n >= 1.
template <class Result, class Chunk, class Join>
Result reduce_chunks(const context& ctx, std::int64_t n, const Chunk& chunk, const Join& join) {
  const std::int64_t chunks = (n + reduce_chunk - 1) / reduce_chunk;
  if (chunks == 1) return chunk(std::int64_t{0}, n);
  // a byte-sized wrapper keeps vector<bool> away
  struct slot {
    Result value;
  };
  std::vector<slot> results(static_cast<std::size_t>(chunks));
  for_each_range(
      ctx, n,
      [&](std::int64_t begin, std::int64_t end) {
        results[static_cast<std::size_t>(begin / reduce_chunk)].value = chunk(begin, end);
      },
      reduce_chunk);
  return join_tree(results.data(), chunks, [&](const slot& a, const slot& b) { return slot{join(a.value, b.value)}; })
      .value;
}

}  // namespace detail

/// Joins f(0), f(1), ..., f(n-1); `identity` when n = 0. `join` is associative and commutative up to rounding, and
/// `identity` joined with anything changes nothing. CPU only.
/// @complexity n calls of each, in parallel over chunks
template <class Result, class F, class Join>
Result transform_reduce(const context& ctx, std::int64_t n, Result identity, const F& f, const Join& join) {
  detail::require_cpu(ctx, "exec::transform_reduce");
  if (n <= 0) return identity;
  return detail::reduce_chunks<Result>(
      ctx, n,
      [&](std::int64_t begin, std::int64_t end) {
        Result p[8] = {identity, identity, identity, identity, identity, identity, identity, identity};
        std::int64_t i = begin;
        for (; i + 8 <= end; i += 8) {
          for (int lane = 0; lane < 8; ++lane) p[lane] = join(p[lane], f(i + lane));
        }
        for (int lane = 0; i < end; ++i, ++lane) p[lane] = join(p[lane], f(i));
        return join(join(join(p[0], p[1]), join(p[2], p[3])), join(join(p[4], p[5]), join(p[6], p[7])));
      },
      join);
}

/// Joins the elements of x; `identity` when there are none. Requirements as for transform_reduce.
template <class T, class Join>
T reduce(const context& ctx, std::span<const T> x, T identity, const Join& join) {
  detail::require_cpu(ctx, "exec::reduce");
  return transform_reduce(
      ctx, static_cast<std::int64_t>(x.size()), identity, [p = x.data()](std::int64_t i) -> const T& { return p[i]; },
      join);
}

/// Joins f(0), f(1), ... strictly from left to right inside chunks and chunks in order: for joins that are associative
/// but not commutative (matrix products, affine maps). `identity` when n = 0.
template <class Result, class F, class Join>
Result transform_reduce_in_order(const context& ctx, std::int64_t n, Result identity, const F& f, const Join& join) {
  detail::require_cpu(ctx, "exec::transform_reduce_in_order");
  if (n <= 0) return identity;
  return detail::reduce_chunks<Result>(
      ctx, n,
      [&](std::int64_t begin, std::int64_t end) {
        Result result = f(begin);
        for (std::int64_t i = begin + 1; i < end; ++i) result = join(result, f(i));
        return result;
      },
      join);
}

/// The sum; floats are added in double, 32-bit integers in 64 bits (which wrap around). 0 for no elements. The elements
/// live on `ctx`. On the CPU the order is the one above; on CUDA it is CUB's, equal from run to run on one kind of
/// device.
double sum(const context& ctx, std::span<const double> x);
double sum(const context& ctx, std::span<const float> x);
std::int64_t sum(const context& ctx, std::span<const std::int64_t> x);
std::int64_t sum(const context& ctx, std::span<const std::int32_t> x);

/// An element and its place.
template <class T>
struct extremum {
  T value;
  std::int64_t index;
};

/// The smallest or largest element; of equal ones the first. The first NaN where there is one. The elements live on
/// `ctx`. T is double, float, std::int32_t or std::int64_t.
/// @throws domain_error  when there are no elements
template <class T>
extremum<T> min(const context& ctx, std::span<const T> x);
template <class T>
extremum<T> max(const context& ctx, std::span<const T> x);
template <class T>
std::int64_t argmin(const context& ctx, std::span<const T> x) {
  return min<T>(ctx, x).index;
}
template <class T>
std::int64_t argmax(const context& ctx, std::span<const T> x) {
  return max<T>(ctx, x).index;
}

}  // namespace credence::exec
