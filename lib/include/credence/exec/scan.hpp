// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/reduce.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <thread>
#include <vector>

namespace credence::exec {

namespace detail {

inline constexpr std::int64_t scan_chunk = 2048;  ///< elements of one chain
inline constexpr int scan_chains = 4;             ///< chains computed side by side, to hide the latency of the join
inline constexpr std::int64_t scan_group = scan_chunk * scan_chains;

/// Scans up to scan_chains chunks, each by itself, side by side. Inclusive: out[i] joins the chunk's elements up to i;
/// exclusive: those before i, and the first is left unwritten. totals[c] joins all of chunk c.
template <bool Exclusive, class T, class Join>
void scan_chunks(const T* in, T* out, std::int64_t n, T* totals, const Join& join) {
  if (n == scan_group) {
    std::array<T, scan_chains> sum;
    for (int c = 0; c < scan_chains; ++c) {
      sum[static_cast<std::size_t>(c)] = in[c * scan_chunk];
      if constexpr (!Exclusive) out[c * scan_chunk] = sum[static_cast<std::size_t>(c)];
    }
    for (std::int64_t i = 1; i < scan_chunk; ++i) {
      for (int c = 0; c < scan_chains; ++c) {
        T& s = sum[static_cast<std::size_t>(c)];
        const T next = join(s, in[c * scan_chunk + i]);
        out[c * scan_chunk + i] = Exclusive ? s : next;
        s = next;
      }
    }
    for (int c = 0; c < scan_chains; ++c) totals[c] = sum[static_cast<std::size_t>(c)];
    return;
  }
  for (std::int64_t begin = 0, c = 0; begin < n; begin += scan_chunk, ++c) {
    T sum = in[begin];
    if constexpr (!Exclusive) out[begin] = sum;
    for (std::int64_t i = begin + 1; i < std::min(n, begin + scan_chunk); ++i) {
      const T next = join(sum, in[i]);
      out[i] = Exclusive ? sum : next;
      sum = next;
    }
    totals[c] = sum;
  }
}

/// One pass over memory: a task scans its chunks while they are in cache, waits for the total of what lies before
/// (tasks are handed out in order, so somebody is at work on it), passes its own total on and joins it to its elements.
template <bool Exclusive, class T, class Join>
void scan(const context& ctx, const T* in, T* out, std::int64_t n, const T* initial, const Join& join) {
  if (n <= 0) return;
  const std::int64_t groups = (n + scan_group - 1) / scan_group;
  std::vector<T> before(static_cast<std::size_t>(groups) + 1, initial != nullptr ? *initial : in[0]);
  std::atomic<std::int64_t> ready{0};  // before[0..ready] are known
  std::atomic<bool> failed{false};
  for_each_task(ctx, groups, [&](std::int64_t g) {
    try {
      const std::int64_t begin = g * scan_group, size = std::min(n - begin, scan_group);
      T totals[scan_chains] = {in[begin], in[begin], in[begin], in[begin]};
      scan_chunks<Exclusive>(in + begin, out + begin, size, totals, join);
      for (int spins = 0; ready.load(std::memory_order_acquire) < g; ++spins) {
        if (failed.load()) return;
        if (spins > 256) std::this_thread::yield();
      }
      T offset = before[static_cast<std::size_t>(g)];
      bool has_offset = g > 0 || initial != nullptr;
      const std::int64_t chunks = (size + scan_chunk - 1) / scan_chunk;
      T offsets[scan_chains] = {offset, offset, offset, offset};
      for (std::int64_t c = 0; c < chunks; ++c) {
        offsets[c] = offset;
        offset = has_offset || c > 0 ? join(offset, totals[c]) : totals[c];
      }
      before[static_cast<std::size_t>(g) + 1] = offset;
      ready.store(g + 1, std::memory_order_release);
      for (std::int64_t c = 0; c < chunks; ++c, has_offset = true) {
        if (!has_offset) continue;
        const T o = offsets[c];
        T* to = out + begin + c * scan_chunk;
        const std::int64_t m = std::min(size - c * scan_chunk, scan_chunk);
        if constexpr (Exclusive) to[0] = o;
        for (std::int64_t i = Exclusive ? 1 : 0; i < m; ++i) to[i] = join(o, to[i]);
      }
    } catch (...) {
      failed.store(true);
      throw;
    }
  });
}

}  // namespace detail

/// out[i] = x[0] . x[1] . ... . x[i] for any associative `join` (it need not be commutative). `out` may be `x`.
/// The grouping depends on the length only: the same bits for any number of threads. CPU only.
/// @throws shape_error  when the lengths differ
template <class T, class Join>
void inclusive_scan(const context& ctx, std::span<const T> x, std::span<T> out, const Join& join) {
  detail::require_cpu(ctx, "exec::inclusive_scan");
  detail::require_same_length("exec::inclusive_scan", x.size(), out.size());
  detail::scan<false, T>(ctx, x.data(), out.data(), static_cast<std::int64_t>(x.size()), nullptr, join);
}

/// out[i] = initial . x[0] . ... . x[i-1], as above.
template <class T, class Join>
void exclusive_scan(const context& ctx, std::span<const T> x, std::span<T> out, T initial, const Join& join) {
  detail::require_cpu(ctx, "exec::exclusive_scan");
  detail::require_same_length("exec::exclusive_scan", x.size(), out.size());
  detail::scan<true, T>(ctx, x.data(), out.data(), static_cast<std::int64_t>(x.size()), &initial, join);
}

/// Running sums: inclusive, or of what lies before each element. The elements live on `ctx`. T is double, float,
/// std::int32_t or std::int64_t; float sums are kept in float.
/// @throws shape_error  when the lengths differ
template <class T>
void cumulative_sum(const context& ctx, std::span<const T> x, std::span<T> out);
template <class T>
void cumulative_sum_before(const context& ctx, std::span<const T> x, std::span<T> out);

}  // namespace credence::exec
