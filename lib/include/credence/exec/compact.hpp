// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/reduce.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace credence::exec {

/// The indices i in 0..n-1 for which keep(i) is true, ascending. `keep` is called twice for each. CPU only.
template <class Keep>
std::vector<std::int64_t> indices_where(const context& ctx, std::int64_t n, const Keep& keep) {
  detail::require_cpu(ctx, "exec::indices_where");
  if (n <= 0) return {};
  const std::int64_t chunks = (n + reduce_chunk - 1) / reduce_chunk;
  std::vector<std::int64_t> place(static_cast<std::size_t>(chunks) + 1, 0);
  for_each_range(
      ctx, n,
      [&](std::int64_t begin, std::int64_t end) {
        std::int64_t count = 0;
        for (std::int64_t i = begin; i < end; ++i) count += keep(i) ? 1 : 0;
        place[static_cast<std::size_t>(begin / reduce_chunk) + 1] = count;
      },
      reduce_chunk);
  for (std::size_t c = 1; c < place.size(); ++c) place[c] += place[c - 1];
  std::vector<std::int64_t> indices(static_cast<std::size_t>(place.back()));
  for_each_range(
      ctx, n,
      [&](std::int64_t begin, std::int64_t end) {
        std::int64_t next = place[static_cast<std::size_t>(begin / reduce_chunk)];
        for (std::int64_t i = begin; i < end; ++i) {
          if (keep(i)) indices[static_cast<std::size_t>(next++)] = i;
        }
      },
      reduce_chunk);
  return indices;
}

/// The first element of each run of equal neighbours; of sorted elements, the distinct ones. CPU only.
template <class T>
std::vector<T> unique(const context& ctx, std::span<const T> x) {
  const T* p = x.data();
  const std::vector<std::int64_t> first = indices_where(ctx, static_cast<std::int64_t>(x.size()),
                                                        [p](std::int64_t i) { return i == 0 || !(p[i - 1] == p[i]); });
  std::vector<T> result(first.size());
  for_each(ctx, static_cast<std::int64_t>(first.size()),
           [&](std::int64_t i) { result[static_cast<std::size_t>(i)] = p[first[static_cast<std::size_t>(i)]]; });
  return result;
}

}  // namespace credence::exec
