// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/reduce.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

/// Sorting. Everything here is stable, so that the result is unique: the same for any number of threads.
namespace credence::exec {

// Numbers: T is double, float, std::int32_t, std::int64_t, std::uint32_t or std::uint64_t. Ascending; NaN after all
// numbers. The elements live on `ctx`.

/// Sorts in place. -0 comes before +0.
template <class T>
void sort(const context& ctx, std::span<T> x);

/// The places of the elements in ascending order: x[order[0]] <= x[order[1]] <= ...; equal ones (-0 and +0, and NaN
/// among themselves) in the order they had.
/// @throws shape_error  when the lengths differ
template <class T>
void argsort(const context& ctx, std::span<const T> x, std::span<std::int64_t> order);

/// Sorts keys and moves one 64-bit value along with each.
/// @throws shape_error  when the lengths differ
template <class T>
void sort_by_key(const context& ctx, std::span<T> keys, std::span<std::int64_t> values);

/// Sorts keys and moves any values along; CPU only.
/// @throws shape_error  when the lengths differ
template <class T, class Value>
requires(!std::is_same_v<Value, std::int64_t>) void sort_by_key(const context& ctx, std::span<T> keys,
                                                                std::span<Value> values) {
  detail::require_cpu(ctx, "exec::sort_by_key");
  detail::require_same_length("exec::sort_by_key", keys.size(), values.size());
  std::vector<std::int64_t> order(keys.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::int64_t>(i);
  sort_by_key(ctx, keys, std::span<std::int64_t>(order));
  const std::vector<Value> before(values.begin(), values.end());
  for_each(ctx, static_cast<std::int64_t>(order.size()), [&](std::int64_t i) {
    values[static_cast<std::size_t>(i)] = before[static_cast<std::size_t>(order[static_cast<std::size_t>(i)])];
  });
}

namespace detail {

inline constexpr std::int64_t merge_part = 32768;  ///< elements one task merges

/// How many of the first `rank` merged elements come from a.
template <class T, class Less>
std::int64_t merge_split(const T* a, std::int64_t na, const T* b, std::int64_t nb, std::int64_t rank,
                         const Less& less) {
  std::int64_t low = std::max<std::int64_t>(0, rank - nb), high = std::min(rank, na);
  while (low < high) {
    const std::int64_t i = low + (high - low) / 2;
    if (less(b[rank - i - 1], a[i])) {
      high = i;
    } else {
      low = i + 1;
    }
  }
  return low;
}

/// Merges neighbouring runs of `run` elements of `from` into `to`, cut into parts of equal size.
template <class T, class Less>
void merge_runs(const context& ctx, const T* from, T* to, std::int64_t n, std::int64_t run, const Less& less) {
  const std::int64_t parts_of_pair = std::max<std::int64_t>(1, (2 * run + merge_part - 1) / merge_part);
  const std::int64_t pairs = (n + 2 * run - 1) / (2 * run);
  for_each_task(ctx, pairs * parts_of_pair, [&](std::int64_t task) {
    const std::int64_t begin = task / parts_of_pair * 2 * run, size = std::min(2 * run, n - begin);
    const std::int64_t na = std::min(run, size), nb = size - na;
    const T *a = from + begin, *b = a + na;
    const std::int64_t part = task % parts_of_pair;
    const std::int64_t r0 = std::min(size, part * merge_part);
    const std::int64_t r1 = part + 1 == parts_of_pair ? size : std::min(size, (part + 1) * merge_part);
    const std::int64_t i0 = merge_split(a, na, b, nb, r0, less), i1 = merge_split(a, na, b, nb, r1, less);
    std::merge(a + i0, a + i1, b + (r0 - i0), b + (r1 - i1), to + begin + r0, less);
  });
}

}  // namespace detail

/// Stable sort of anything copyable and default-constructible by a strict weak order; CPU only.
/// @complexity O(n log n) comparisons, memory for a second copy
template <class T, class Less>
void stable_sort(const context& ctx, std::span<T> x, const Less& less) {
  detail::require_cpu(ctx, "exec::stable_sort");
  const std::int64_t n = static_cast<std::int64_t>(x.size());
  std::int64_t run = detail::merge_part;
  while (run * 4 * ctx.threads < n) run *= 2;  // a few runs a thread; stability makes the result independent of this
  if (ctx.threads == 1 || n <= run) {
    std::stable_sort(x.begin(), x.end(), less);
    return;
  }
  for_each_range(
      ctx, n, [&](std::int64_t begin, std::int64_t end) { std::stable_sort(x.data() + begin, x.data() + end, less); },
      run);
  std::vector<T> scratch(x.size());
  T *from = x.data(), *to = scratch.data();
  for (; run < n; run *= 2) {
    detail::merge_runs(ctx, from, to, n, run, less);
    std::swap(from, to);
  }
  if (from != x.data()) {
    for_each(ctx, n, [&](std::int64_t i) { x[static_cast<std::size_t>(i)] = from[i]; });
  }
}

}  // namespace credence::exec
