// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/reduce.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <span>
#include <thread>
#include <vector>

namespace credence::exec {

namespace detail {

/// Elements scanned by themselves before what lies before them is joined to them: 64 KiB of doubles, so that reading
/// and writing them again comes from the second-level cache.
inline constexpr std::int64_t scan_chunk = 8192;

/// Scans one chunk by itself and returns its total. Inclusive: out[i] joins the elements up to i; exclusive: those
/// before i, and the first is left unwritten.
template <bool Exclusive, class T, class Join>
T scan_alone(const T* in, T* out, std::int64_t n, const Join& join) {
  T sum = in[0];
  if constexpr (!Exclusive) out[0] = sum;
  for (std::int64_t i = 1; i < n; ++i) {
    const T next = join(sum, in[i]);
    out[i] = Exclusive ? sum : next;
    sum = next;
  }
  return sum;
}

/// Joins `before` to what scan_alone left.
template <bool Exclusive, class T, class Join>
void scan_finish(T* out, std::int64_t n, const T& before, const Join& join) {
  if constexpr (Exclusive) out[0] = before;
  for (std::int64_t i = Exclusive ? 1 : 0; i < n; ++i) out[i] = join(before, out[i]);
}

/// Both in one go.
template <bool Exclusive, class T, class Join>
T scan_after(const T* in, T* out, std::int64_t n, const T& before, const Join& join) {
  T sum = in[0];
  out[0] = Exclusive ? before : join(before, sum);
  for (std::int64_t i = 1; i < n; ++i) {
    const T next = join(sum, in[i]);
    out[i] = join(before, Exclusive ? sum : next);
    sum = next;
  }
  return sum;
}

/// One pass over memory: a task scans its chunk while it is in cache, waits for the total of all chunks before (tasks
/// are handed out in order, so somebody is at work on it), passes the new total on and joins the old one to its
/// elements. Where that total is there already, as always on one thread, the two steps are one.
template <bool Exclusive, class T, class Join>
void scan(const context& ctx, const T* in, T* out, std::int64_t n, const T* initial, const Join& join) {
  if (n <= 0) return;
  const std::int64_t chunks = (n + scan_chunk - 1) / scan_chunk;
  std::vector<T> before(static_cast<std::size_t>(chunks) + 1, initial != nullptr ? *initial : in[0]);
  std::atomic<std::int64_t> known{0};  // before[0..known] are final
  std::atomic<bool> failed{false};
  for_each_task(ctx, chunks, [&](std::int64_t c) {
    try {
      const std::int64_t begin = c * scan_chunk, size = std::min(n - begin, scan_chunk);
      const std::size_t k = static_cast<std::size_t>(c);
      if (c == 0 && initial == nullptr) {
        before[1] = scan_alone<Exclusive>(in, out, size, join);
        known.store(1, std::memory_order_release);
        return;
      }
      if (known.load(std::memory_order_acquire) == c) {
        before[k + 1] = join(before[k], scan_after<Exclusive>(in + begin, out + begin, size, before[k], join));
        known.store(c + 1, std::memory_order_release);
        return;
      }
      const T total = scan_alone<Exclusive>(in + begin, out + begin, size, join);
      for (int spins = 0; known.load(std::memory_order_acquire) < c; ++spins) {
        if (failed.load()) return;
        if (spins > 256) std::this_thread::yield();
      }
      before[k + 1] = join(before[k], total);
      known.store(c + 1, std::memory_order_release);
      scan_finish<Exclusive>(out + begin, size, before[k], join);
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
