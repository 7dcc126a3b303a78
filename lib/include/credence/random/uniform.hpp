// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/config.hpp"
#include "credence/random/key.hpp"
#include "credence/random/philox.hpp"

#include <cstdint>
#include <type_traits>

/// Random numbers of one element as functions of (key, element): equal bits on every backend, for every instruction
/// set, one at a time or in bulk (random/fill.hpp).
///
/// Two ways of addressing, written down in docs/design/randomness.md:
///  - packed: samplers that need a fixed amount of bits take word `element % 4` of block `element / 4` (float) or half
///    `element % 2` of block `element / 2` (double and integers);
///  - own block: rejection samplers take block `element`, with the attempt in the counter's top 16 bits.
/// So draws of two kinds must not share a key: split it (rng_key::split, the node argument is free for this).
namespace credence::random {
inline namespace CREDENCE_ISA {

/// The two 64-bit halves of a block: words 0 and 1, words 2 and 3, the first word low.
struct philox_halves {
  std::uint64_t half[2];
};

/// The Philox block with that index (see rng_index) in the key's stream.
CREDENCE_HD CREDENCE_INLINE philox_words block(rng_key key, std::uint64_t index) {
  return philox4x32(index, key.stream, key.seed);
}
CREDENCE_HD CREDENCE_INLINE philox_halves block_halves(rng_key key, std::uint64_t index) {
  const philox_words w = block(key, index);
  return {{w.word[0] | std::uint64_t{w.word[1]} << 32, w.word[2] | std::uint64_t{w.word[3]} << 32}};
}

/// Packed 32 and 64 random bits of one element.
CREDENCE_HD CREDENCE_INLINE std::uint32_t bits32(rng_key key, std::uint64_t element) {
  return block(key, element >> 2).word[element & 3];
}
CREDENCE_HD CREDENCE_INLINE std::uint64_t bits64(rng_key key, std::uint64_t element) {
  return block_halves(key, element >> 1).half[element & 1];
}

namespace detail {

CREDENCE_HD CREDENCE_INLINE double from_bits(std::uint64_t bits) {
  double value;
  __builtin_memcpy(&value, &bits, sizeof value);
  return value;
}

/// The upper 64 bits of a 128-bit product; the lower ones in `low`.
CREDENCE_HD CREDENCE_INLINE std::uint64_t multiply_high(std::uint64_t a, std::uint64_t b, std::uint64_t& low) {
  __extension__ using wide = unsigned __int128;
  const wide product = static_cast<wide>(a) * b;
  low = static_cast<std::uint64_t>(product);
  return static_cast<std::uint64_t>(product >> 64);
}

}  // namespace detail

/// (j + 1/2) 2^-52 with the upper 52 bits j: in the open interval (0, 1), exact, symmetric about 1/2.
CREDENCE_HD CREDENCE_INLINE double unit_f64(std::uint64_t bits) {
  // 1.j as a double needs no conversion of integers, which AVX2 lacks for 64 bits.
  return detail::from_bits((bits >> 12) | 0x3FF0000000000000ULL) - 0x1.fffffffffffffp-1;
}
/// (j + 1/2) 2^-23 with the upper 23 bits j: in the open interval (0, 1), exact, symmetric about 1/2.
CREDENCE_HD CREDENCE_INLINE float unit_f32(std::uint32_t bits) {
  return (static_cast<float>(static_cast<std::int32_t>(bits >> 9)) + 0.5F) * 0x1p-23F;
}

/// Uniform on the open interval (0, 1). T is double (52 bits) or float (23 bits).
template <class T = double>
CREDENCE_HD CREDENCE_INLINE T uniform(rng_key key, std::uint64_t element) {
  static_assert(std::is_same_v<T, double> || std::is_same_v<T, float>);
  if constexpr (std::is_same_v<T, double>) {
    return unit_f64(bits64(key, element));
  } else {
    return unit_f32(bits32(key, element));
  }
}

/// True with the given probability, rounded to a multiple of 2^-52; always false at 0 and true at 1.
CREDENCE_HD CREDENCE_INLINE bool bernoulli(rng_key key, std::uint64_t element, double probability) {
  return uniform(key, element) < probability;
}

/// Uniform on 0, 1, ..., n-1, without bias; n = 0 stands for 2^64.
/// @source Lemire, "Fast random integer generation in an interval", ACM TOMACS 29 (2019)
CREDENCE_HD CREDENCE_INLINE std::uint64_t integer_below(rng_key key, std::uint64_t element, std::uint64_t n) {
  const std::uint64_t bits = bits64(key, element);
  if (n == 0) return bits;
  std::uint64_t low = 0;
  std::uint64_t high = detail::multiply_high(bits, n, low);
  if (low < n) {
    const std::uint64_t reject_below = (0 - n) % n;  // 2^64 mod n
    for (std::uint64_t attempt = 1; low < reject_below && attempt < 0xFFFF; ++attempt) {
      high = detail::multiply_high(block_halves(key, rng_index(element >> 1, attempt)).half[element & 1], n, low);
    }
  }
  return high;
}

}  // namespace CREDENCE_ISA
}  // namespace credence::random
