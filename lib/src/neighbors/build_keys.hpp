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
  friend bool operator<(const wide_item& a, const wide_item& b) { return a.bits < b.bits; }
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

/// Reorders so that the items before `rank` are not above those from it on, and item `rank` is the least of these.
/// Passes over memory without a branch on the data: three parts around two items of a sample that most likely enclose
/// the rank, then the part that holds it.
template <class Item>
void select_rank(Item* items, std::int64_t n, std::int64_t rank, Item* scratch, Item* middle) {
  std::int64_t begin = 0, end = n;
  constexpr std::int64_t sample_size = 64;
  for (int round = 0; end - begin > 384 && round < 8; ++round) {
    const std::int64_t size = end - begin;
    Item* part = items + begin;
    Item sample[sample_size];
    for (std::int64_t i = 0; i < sample_size; ++i) sample[i] = part[size * i / sample_size];
    std::sort(sample, sample + sample_size);
    const std::int64_t guess = sample_size * (rank - begin) / size;
    const Item low = sample[std::max<std::int64_t>(0, guess - 7)];
    const Item high = sample[std::min(sample_size - 1, guess + 7)];
    std::int64_t below = 0, above = 0, between = 0;
    for (std::int64_t i = 0; i < size; ++i) {
      const Item x = part[i];
      const bool is_below = x < low, is_above = high < x;
      scratch[below] = x;
      scratch[size - 1 - above] = x;
      middle[between] = x;
      below += is_below ? 1 : 0;
      above += is_above ? 1 : 0;
      between += is_below || is_above ? 0 : 1;
    }
    std::memcpy(static_cast<void*>(part), scratch, static_cast<std::size_t>(below) * sizeof(Item));
    std::memcpy(static_cast<void*>(part + below), middle, static_cast<std::size_t>(between) * sizeof(Item));
    std::memcpy(static_cast<void*>(part + below + between), scratch + below + between,
                static_cast<std::size_t>(above) * sizeof(Item));
    if (rank < begin + below) {
      end = begin + below;
    } else if (rank < begin + below + between) {
      end = begin + below + between;
      begin += below;
      if (!(low < high)) return;  // all equal
    } else {
      begin += below + between;
    }
  }
  std::nth_element(items + begin, items + rank, items + end);
}

}  // namespace credence::detail
