// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "neighbors/tree_view.hpp"

#include <cstdint>
#include <type_traits>

/// The nearest neighbours found so far, for both compilers. A key is (power distance, index) in the order of results.
namespace credence::detail::CREDENCE_ISA {

/// Distances of 32 bits and indices below 2^32 in one integer: power distances are not negative, so that their bits are
/// in the order of the numbers.
template <class D>
struct packed_key {
  using distance = D;
  std::uint64_t bits;
  static CREDENCE_HD packed_key make(D d, std::int64_t index) {
    return {std::uint64_t{__builtin_bit_cast(std::uint32_t, d)} << 32 | static_cast<std::uint32_t>(index)};
  }
  CREDENCE_HD D power_distance() const { return __builtin_bit_cast(D, static_cast<std::uint32_t>(bits >> 32)); }
  CREDENCE_HD std::int64_t index() const { return static_cast<std::int64_t>(bits & 0xFFFFFFFFU); }
  friend CREDENCE_HD bool operator<(const packed_key& a, const packed_key& b) { return a.bits < b.bits; }
};

template <class D>
struct wide_key {
  using distance = D;
  D far;
  std::int64_t at;
  static CREDENCE_HD wide_key make(D d, std::int64_t index) { return {d, index}; }
  CREDENCE_HD D power_distance() const { return far; }
  CREDENCE_HD std::int64_t index() const { return at; }
  friend CREDENCE_HD bool operator<(const wide_key& a, const wide_key& b) {
    return a.far < b.far || (a.far == b.far && a.at < b.at);
  }
};

/// How far nodes may be to matter when the worst neighbour kept is `worst`: farther by what rounding may take from a
/// bound, nearer by the slack that the caller grants.
template <class D>
struct search_limit {
  using real = std::conditional_t<std::is_floating_point_v<D>, D, double>;
  real scale = 1;
  real add = 0;
  CREDENCE_HD D of(D worst) const {
    if constexpr (std::is_floating_point_v<D>) {
      return worst * scale + add;
    } else {
      return scale == 1 ? worst : static_cast<D>(worst * scale);
    }
  }
};

/// The k smallest keys: a sorted list while k is small, then a heap with the largest on top.
template <class Key>
struct nearest_sink {
  using distance = typename Key::distance;
  static constexpr std::int64_t list_limit = 48;

  Key* keys;
  std::int64_t k;
  std::int64_t count = 0;
  distance worst;  ///< points farther than this do not matter
  distance node_limit;
  Key border;  ///< only keys below are kept
  search_limit<distance> limit;

  CREDENCE_HD nearest_sink(Key* memory, std::int64_t wanted, distance start, const search_limit<distance>& how)
      : keys(memory),
        k(wanted),
        worst(start),
        node_limit(how.of(start)),
        border(Key::make(start, std::is_same_v<Key, packed_key<distance>> ? std::int64_t{0xFFFFFFFF}
                                                                          : std::int64_t{0x7FFFFFFFFFFFFFFF})),
        limit(how) {}

  CREDENCE_HD bool wants(distance d, std::int64_t index) const { return Key::make(d, index) < border; }

  CREDENCE_HD void offer(distance d, std::int64_t index) {
    const Key key = Key::make(d, index);
    if (!(key < border)) return;
    if (k <= list_limit) {
      insert(key);
    } else {
      push(key);
    }
  }

  CREDENCE_HD void tighten(const Key& largest) {
    border = largest;
    worst = largest.power_distance();
    node_limit = limit.of(worst);
  }

  CREDENCE_HD void insert(const Key& key) {
    std::int64_t at = count < k ? count++ : k - 1;
    for (; at > 0 && key < keys[at - 1]; --at) keys[at] = keys[at - 1];
    keys[at] = key;
    if (count == k) tighten(keys[k - 1]);
  }

  CREDENCE_HD void sink_down(std::int64_t at, std::int64_t size, const Key& key) {
    for (std::int64_t child = 2 * at + 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && keys[child] < keys[child + 1]) ++child;
      if (!(key < keys[child])) break;
      keys[at] = keys[child];
      at = child;
    }
    keys[at] = key;
  }

  CREDENCE_HD void push(const Key& key) {
    if (count < k) {
      std::int64_t at = count++;
      for (; at > 0 && keys[(at - 1) / 2] < key; at = (at - 1) / 2) keys[at] = keys[(at - 1) / 2];
      keys[at] = key;
      if (count < k) return;
    } else {
      sink_down(0, k, key);
    }
    tighten(keys[0]);
  }

  /// Puts the keys in ascending order.
  CREDENCE_HD void finish() {
    if (k <= list_limit) return;
    for (std::int64_t size = count - 1; size > 0; --size) {
      const Key last = keys[size];
      keys[size] = keys[0];
      sink_down(0, size, last);
    }
  }
};

/// The nearest one alone.
template <class Key>
struct one_sink {
  using distance = typename Key::distance;
  Key border;
  bool found = false;
  distance worst;
  distance node_limit;
  search_limit<distance> limit;

  CREDENCE_HD one_sink(distance start, const search_limit<distance>& how)
      : border(nearest_sink<Key>(nullptr, 1, start, how).border), worst(start), node_limit(how.of(start)), limit(how) {}

  CREDENCE_HD bool wants(distance d, std::int64_t index) const { return Key::make(d, index) < border; }

  CREDENCE_HD void offer(distance d, std::int64_t index) {
    const Key key = Key::make(d, index);
    if (!(key < border)) return;
    border = key;
    found = true;
    worst = d;
    node_limit = limit.of(d);
  }
};

}  // namespace credence::detail::CREDENCE_ISA
