// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <vector>

/// Coordinates along one dimension with the points they belong to, to be split by rank.
namespace credence::detail {

/// Four bytes of coordinate and four of point, compared as one integer.
struct narrow_item {
  std::uint64_t bits;
  [[nodiscard]] std::uint32_t key() const { return static_cast<std::uint32_t>(bits >> 32); }
  [[nodiscard]] std::uint32_t point() const { return static_cast<std::uint32_t>(bits); }
  friend bool operator<(const narrow_item& a, const narrow_item& b) { return a.bits < b.bits; }
};
struct wide_item {
  std::uint64_t bits;
  std::uint32_t at;
  std::uint32_t unused;
  [[nodiscard]] std::uint64_t key() const { return bits; }
  [[nodiscard]] std::uint32_t point() const { return at; }
  friend bool operator<(const wide_item& a, const wide_item& b) {
    return (a.bits < b.bits) | ((a.bits == b.bits) & (a.at < b.at));
  }
};

/// Unsigned integers in the order of the coordinates; -0 is 0.
inline std::uint32_t ordered(float x) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(x + 0.0F);
  return bits ^ ((bits >> 31) != 0 ? 0xFFFFFFFFU : 0x80000000U);
}
inline std::uint64_t ordered(double x) {
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(x + 0.0);
  return bits ^ ((bits >> 63) != 0 ? ~std::uint64_t{0} : std::uint64_t{1} << 63);
}
inline std::uint32_t ordered(std::uint8_t x) { return x; }
inline std::uint32_t ordered(std::int8_t x) { return static_cast<std::uint32_t>(x + 128); }

inline void make_item(narrow_item& item, std::uint32_t key, std::uint32_t point) {
  item.bits = std::uint64_t{key} << 32 | point;
}
inline void make_item(wide_item& item, std::uint64_t key, std::uint32_t point) { item = {key, point, 0}; }

template <class T>
struct item_of {
  using type = narrow_item;
};
template <>
struct item_of<double> {
  using type = wide_item;
};

/// Puts the items below `pivot` first, in no branch that depends on the data. @returns how many they are
template <class Item>
std::int64_t part_at(Item* items, std::int64_t n, const Item& pivot, Item* scratch) {
  std::int64_t below = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const Item x = items[i];
    const std::int64_t is_below = x < pivot ? 1 : 0;
    items[below] = x;
    scratch[i - below] = x;
    below += is_below;
  }
  std::memcpy(static_cast<void*>(items + below), scratch, static_cast<std::size_t>(n - below) * sizeof(Item));
  return below;
}

/// About the item of that rank: out of a sample of nine, or of 63.
template <class Item>
Item guess_rank(const Item* items, std::int64_t n, std::int64_t rank) {
  constexpr std::int64_t most = 63;
  Item sample[most];
  const std::int64_t size = n > 1024 ? most : 9;
  for (std::int64_t i = 0; i < size; ++i) {
    const Item x = items[n * i / size];
    std::int64_t at = i;
    for (; at > 0 && x < sample[at - 1]; --at) sample[at] = sample[at - 1];
    sample[at] = x;
  }
  return sample[std::clamp<std::int64_t>((size * rank + n / 2) / n, 0, size - 1)];
}

/// Reorders so that the items before `rank` are below those from it on, and item `rank` is the least of these. Items
/// are all different.
template <class Item>
void select_rank(Item* items, std::int64_t n, std::int64_t rank, Item* scratch) {
  std::int64_t begin = 0, end = n;
  for (int round = 0; end - begin > 12 && round < 64; ++round) {
    const Item pivot = guess_rank(items + begin, end - begin, rank - begin);
    const std::int64_t below = part_at(items + begin, end - begin, pivot, scratch);
    if (rank < begin + below) {
      end = begin + below;
    } else if (below > 0) {
      begin += below;
    } else {  // the pivot is the least: it goes first, and is done with
      std::swap(items[begin], *std::min_element(items + begin, items + end));
      if (rank == begin) return;
      ++begin;
    }
  }
  std::nth_element(items + begin, items + rank, items + end);
}

}  // namespace credence::detail
