// SPDX-License-Identifier: BSD-3-Clause
// Stable radix sort, least significant byte first. A pass counts the digits of each block of elements, places the
// blocks of a digit one after the other, and moves the elements. Passes in which all digits agree are left out.
#include "credence/exec/sort.hpp"

#include "credence/exec/copy.hpp"
#include "exec/cuda_backend.hpp"

#include <array>
#include <bit>
#include <limits>
#include <memory>

namespace credence::exec {

namespace {

constexpr std::int64_t small = 512;  ///< up to here comparisons are faster than passes

template <class T>
using bits_of = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;

/// Numbers to unsigned integers of the same order, and back. `ties` makes -0 and +0 equal.
template <class T>
bits_of<T> to_ordered(T x, bool ties) {
  using U = bits_of<T>;
  constexpr U sign = U{1} << (8 * sizeof(T) - 1);
  if constexpr (std::is_floating_point_v<T>) {
    if (x != x) return ~U{0};
    if (ties) x += T(0);
    const U bits = std::bit_cast<U>(x);
    return (bits & sign) != 0 ? ~bits : bits | sign;
  } else if constexpr (std::is_signed_v<T>) {
    return static_cast<U>(x) ^ sign;
  } else {
    return x;
  }
}
template <class T>
T from_ordered(bits_of<T> bits) {
  using U = bits_of<T>;
  constexpr U sign = U{1} << (8 * sizeof(T) - 1);
  if constexpr (std::is_floating_point_v<T>) {
    if (bits == ~U{0}) return std::numeric_limits<T>::quiet_NaN();
    return std::bit_cast<T>((bits & sign) != 0 ? bits & ~sign : ~bits);
  } else if constexpr (std::is_signed_v<T>) {
    return static_cast<T>(bits ^ sign);
  } else {
    return bits;
  }
}

struct nothing {};  ///< in place of values

template <class Key, class Value>
struct pair_arrays {
  Key* keys;
  Value* values;
};

using digit_counts = std::array<std::int64_t, 256>;

template <class Key, class Value>
void radix_sort(const context& ctx, Key* keys, Value* values, std::int64_t n) {
  constexpr bool with_values = !std::is_same_v<Value, nothing>;
  const auto key_memory = std::make_unique_for_overwrite<Key[]>(static_cast<std::size_t>(n));
  std::unique_ptr<Value[]> value_memory;
  if constexpr (with_values) value_memory = std::make_unique_for_overwrite<Value[]>(static_cast<std::size_t>(n));
  pair_arrays<Key, Value> from{keys, values}, to{key_memory.get(), value_memory.get()};

  // The result does not depend on the number of blocks, for every pass is stable.
  const std::int64_t block = std::max<std::int64_t>(serial_threshold, (n + ctx.threads - 1) / ctx.threads);
  const std::int64_t blocks = (n + block - 1) / block;
  std::vector<digit_counts> place(static_cast<std::size_t>(blocks));
  for (int shift = 0; shift < static_cast<int>(8 * sizeof(Key)); shift += 8) {
    for_each_range(
        ctx, n,
        [&](std::int64_t begin, std::int64_t end) {
          digit_counts counts{};
          for (std::int64_t i = begin; i < end; ++i) ++counts[(from.keys[i] >> shift) & 255U];
          place[static_cast<std::size_t>(begin / block)] = counts;
        },
        block);
    std::int64_t sum = 0;
    bool one_digit = false;
    for (std::size_t digit = 0; digit < 256; ++digit) {
      const std::int64_t before = sum;
      for (digit_counts& counts : place) {
        const std::int64_t count = counts[digit];
        counts[digit] = sum;
        sum += count;
      }
      one_digit = one_digit || sum - before == n;
    }
    if (one_digit) continue;
    for_each_range(
        ctx, n,
        [&](std::int64_t begin, std::int64_t end) {
          digit_counts next = place[static_cast<std::size_t>(begin / block)];
          for (std::int64_t i = begin; i < end; ++i) {
            const Key key = from.keys[i];
            const std::int64_t at = next[(key >> shift) & 255U]++;
            to.keys[at] = key;
            if constexpr (with_values) to.values[at] = from.values[i];
          }
        },
        block);
    std::swap(from, to);
  }
  if (from.keys != keys) {
    for_each(ctx, n, [&](std::int64_t i) {
      keys[i] = from.keys[i];
      if constexpr (with_values) values[i] = from.values[i];
    });
  }
}

template <class T>
bool before(T a, T b) {
  return to_ordered(a, true) < to_ordered(b, true);
}

template <class T>
void cpu_sort(const context& ctx, T* x, std::int64_t n) {
  using U = bits_of<T>;
  if (n <= small) {
    std::sort(x, x + n, [](T a, T b) { return to_ordered(a, false) < to_ordered(b, false); });
    return;
  }
  const auto keys = std::make_unique_for_overwrite<U[]>(static_cast<std::size_t>(n));
  for_each(ctx, n, [&](std::int64_t i) { keys[static_cast<std::size_t>(i)] = to_ordered(x[i], false); });
  radix_sort<U, nothing>(ctx, keys.get(), nullptr, n);
  for_each(ctx, n, [&](std::int64_t i) { x[i] = from_ordered<T>(keys[static_cast<std::size_t>(i)]); });
}

/// Puts the places in ascending order of x. Up to 2^32 elements the places take half the memory on the way.
template <class Index, class T>
void order_of(const context& ctx, const T* x, std::int64_t n, std::int64_t* order) {
  using U = bits_of<T>;
  const auto keys = std::make_unique_for_overwrite<U[]>(static_cast<std::size_t>(n));
  const auto places = std::make_unique_for_overwrite<Index[]>(static_cast<std::size_t>(n));
  for_each(ctx, n, [&](std::int64_t i) {
    keys[static_cast<std::size_t>(i)] = to_ordered(x[i], true);
    places[static_cast<std::size_t>(i)] = static_cast<Index>(i);
  });
  radix_sort(ctx, keys.get(), places.get(), n);
  for_each(ctx, n, [&](std::int64_t i) { order[i] = static_cast<std::int64_t>(places[static_cast<std::size_t>(i)]); });
}

template <class T>
void cpu_argsort(const context& ctx, const T* x, std::int64_t n, std::int64_t* order) {
  if (n <= small) {
    for (std::int64_t i = 0; i < n; ++i) order[i] = i;
    std::stable_sort(order, order + n, [x](std::int64_t a, std::int64_t b) { return before(x[a], x[b]); });
  } else if (n <= std::int64_t{1} << 32) {
    order_of<std::uint32_t>(ctx, x, n, order);
  } else {
    order_of<std::int64_t>(ctx, x, n, order);
  }
}

template <class T>
void gather(const context& ctx, T* x, const std::int64_t* order, std::int64_t n) {
  const auto copy_of = std::make_unique_for_overwrite<T[]>(static_cast<std::size_t>(n));
  for_each(ctx, n, [&](std::int64_t i) { copy_of[static_cast<std::size_t>(i)] = x[order[i]]; });
  for_each(ctx, n, [&](std::int64_t i) { x[i] = copy_of[static_cast<std::size_t>(i)]; });
}

}  // namespace

template <class T>
void sort(const context& ctx, std::span<T> x) {
  const std::int64_t n = static_cast<std::int64_t>(x.size());
#ifdef CREDENCE_HAVE_CUDA
  if (ctx.where == backend::cuda) return cuda_backend::sort(ctx, x.data(), n);
#endif
  detail::require_cpu(ctx, "exec::sort");
  cpu_sort(ctx, x.data(), n);
}

template <class T>
void argsort(const context& ctx, std::span<const T> x, std::span<std::int64_t> order) {
  detail::require_same_length("exec::argsort", x.size(), order.size());
  const std::int64_t n = static_cast<std::int64_t>(x.size());
#ifdef CREDENCE_HAVE_CUDA
  if (ctx.where == backend::cuda) return cuda_backend::argsort(ctx, x.data(), n, order.data());
#endif
  detail::require_cpu(ctx, "exec::argsort");
  cpu_argsort(ctx, x.data(), n, order.data());
}

template <class T>
void sort_by_key(const context& ctx, std::span<T> keys, std::span<std::int64_t> values) {
  detail::require_same_length("exec::sort_by_key", keys.size(), values.size());
  const std::int64_t n = static_cast<std::int64_t>(keys.size());
#ifdef CREDENCE_HAVE_CUDA
  if (ctx.where == backend::cuda) return cuda_backend::sort_by_key(ctx, keys.data(), values.data(), n);
#endif
  detail::require_cpu(ctx, "exec::sort_by_key");
  if constexpr (std::is_integral_v<T>) {
    if (n > small) {
      using U = bits_of<T>;
      const auto ordered = std::make_unique_for_overwrite<U[]>(static_cast<std::size_t>(n));
      for_each(ctx, n, [&](std::int64_t i) {
        ordered[static_cast<std::size_t>(i)] = to_ordered(keys[static_cast<std::size_t>(i)], true);
      });
      radix_sort(ctx, ordered.get(), values.data(), n);
      for_each(ctx, n, [&](std::int64_t i) {
        keys[static_cast<std::size_t>(i)] = from_ordered<T>(ordered[static_cast<std::size_t>(i)]);
      });
      return;
    }
  }
  // Floating point: the bits of -0, +0 and NaN are to be kept, so the elements themselves are moved.
  const auto order = std::make_unique_for_overwrite<std::int64_t[]>(static_cast<std::size_t>(n));
  cpu_argsort(ctx, keys.data(), n, order.get());
  gather(ctx, keys.data(), order.get(), n);
  gather(ctx, values.data(), order.get(), n);
}

#define CREDENCE_SORT(T)                                                                 \
  template void sort<T>(const context&, std::span<T>);                                   \
  template void argsort<T>(const context&, std::span<const T>, std::span<std::int64_t>); \
  template void sort_by_key<T>(const context&, std::span<T>, std::span<std::int64_t>);
CREDENCE_SORT(double)
CREDENCE_SORT(float)
CREDENCE_SORT(std::int32_t)
CREDENCE_SORT(std::int64_t)
CREDENCE_SORT(std::uint32_t)
CREDENCE_SORT(std::uint64_t)
#undef CREDENCE_SORT

}  // namespace credence::exec
