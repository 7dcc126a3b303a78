// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/random/philox.hpp"

#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // false alarms inside GCC's own header (GCC bug 105593)
#include <immintrin.h>
#pragma GCC diagnostic pop
#endif

// Philox for many consecutive blocks. Each 64-bit lane holds one counter word in its low half: a 32 x 32 -> 64 product
// is then one instruction, its low word is the product itself (the upper half is ignored by the next multiplication)
// and its high word one shift: eight instructions a round for a whole vector of blocks.
namespace credence {
inline namespace CREDENCE_ISA {

#if defined(__AVX512F__)
struct u64_lanes {
  static constexpr int count = 8;
  __m512i v;
  static u64_lanes all(std::uint64_t x) { return {_mm512_set1_epi64(static_cast<long long>(x))}; }
  static u64_lanes from(std::uint64_t x) {
    return {_mm512_add_epi64(_mm512_set1_epi64(static_cast<long long>(x)), _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0))};
  }
  static u64_lanes product(u64_lanes a, u64_lanes b) { return {_mm512_mul_epu32(a.v, b.v)}; }
  static u64_lanes upper(u64_lanes a) { return {_mm512_srli_epi64(a.v, 32)}; }
  friend u64_lanes operator^(u64_lanes a, u64_lanes b) { return {_mm512_xor_si512(a.v, b.v)}; }
  /// Stores lane by lane: the low halves of a, b, c, d as four words.
  static void store(u64_lanes a, u64_lanes b, u64_lanes c, u64_lanes d, std::uint32_t* out) {
    const __m512i ab = _mm512_mask_blend_epi32(0xAAAA, a.v, _mm512_slli_epi64(b.v, 32));
    const __m512i cd = _mm512_mask_blend_epi32(0xAAAA, c.v, _mm512_slli_epi64(d.v, 32));
    const __m512i low = _mm512_set_epi64(11, 3, 10, 2, 9, 1, 8, 0), high = _mm512_set_epi64(15, 7, 14, 6, 13, 5, 12, 4);
    _mm512_storeu_si512(out, _mm512_permutex2var_epi64(ab, low, cd));
    _mm512_storeu_si512(out + 16, _mm512_permutex2var_epi64(ab, high, cd));
  }
};
#elif defined(__AVX2__)
struct u64_lanes {
  static constexpr int count = 4;
  __m256i v;
  static u64_lanes all(std::uint64_t x) { return {_mm256_set1_epi64x(static_cast<long long>(x))}; }
  static u64_lanes from(std::uint64_t x) {
    return {_mm256_add_epi64(_mm256_set1_epi64x(static_cast<long long>(x)), _mm256_set_epi64x(3, 2, 1, 0))};
  }
  static u64_lanes product(u64_lanes a, u64_lanes b) { return {_mm256_mul_epu32(a.v, b.v)}; }
  static u64_lanes upper(u64_lanes a) { return {_mm256_srli_epi64(a.v, 32)}; }
  friend u64_lanes operator^(u64_lanes a, u64_lanes b) { return {_mm256_xor_si256(a.v, b.v)}; }
  static void store(u64_lanes a, u64_lanes b, u64_lanes c, u64_lanes d, std::uint32_t* out) {
    const __m256i ab = _mm256_blend_epi32(a.v, _mm256_slli_epi64(b.v, 32), 0xAA);
    const __m256i cd = _mm256_blend_epi32(c.v, _mm256_slli_epi64(d.v, 32), 0xAA);
    const __m256i even = _mm256_unpacklo_epi64(ab, cd), odd = _mm256_unpackhi_epi64(ab, cd);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), _mm256_permute2x128_si256(even, odd, 0x20));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + 8), _mm256_permute2x128_si256(even, odd, 0x31));
  }
};
#elif defined(__x86_64__)
struct u64_lanes {
  static constexpr int count = 2;
  __m128i v;
  static u64_lanes all(std::uint64_t x) { return {_mm_set1_epi64x(static_cast<long long>(x))}; }
  static u64_lanes from(std::uint64_t x) {
    return {_mm_add_epi64(_mm_set1_epi64x(static_cast<long long>(x)), _mm_set_epi64x(1, 0))};
  }
  static u64_lanes product(u64_lanes a, u64_lanes b) { return {_mm_mul_epu32(a.v, b.v)}; }
  static u64_lanes upper(u64_lanes a) { return {_mm_srli_epi64(a.v, 32)}; }
  friend u64_lanes operator^(u64_lanes a, u64_lanes b) { return {_mm_xor_si128(a.v, b.v)}; }
  static void store(u64_lanes a, u64_lanes b, u64_lanes c, u64_lanes d, std::uint32_t* out) {
    const __m128i keep = _mm_set_epi32(0, -1, 0, -1);
    const __m128i ab = _mm_or_si128(_mm_and_si128(a.v, keep), _mm_slli_epi64(b.v, 32));
    const __m128i cd = _mm_or_si128(_mm_and_si128(c.v, keep), _mm_slli_epi64(d.v, 32));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm_unpacklo_epi64(ab, cd));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + 4), _mm_unpackhi_epi64(ab, cd));
  }
};
#else
struct u64_lanes {
  static constexpr int count = 1;
  std::uint64_t v;
  static u64_lanes all(std::uint64_t x) { return {x}; }
  static u64_lanes from(std::uint64_t x) { return {x}; }
  static u64_lanes product(u64_lanes a, u64_lanes b) { return {(a.v & 0xFFFFFFFFU) * (b.v & 0xFFFFFFFFU)}; }
  static u64_lanes upper(u64_lanes a) { return {a.v >> 32}; }
  friend u64_lanes operator^(u64_lanes a, u64_lanes b) { return {a.v ^ b.v}; }
  static void store(u64_lanes a, u64_lanes b, u64_lanes c, u64_lanes d, std::uint32_t* out) {
    out[0] = static_cast<std::uint32_t>(a.v);
    out[1] = static_cast<std::uint32_t>(b.v);
    out[2] = static_cast<std::uint32_t>(c.v);
    out[3] = static_cast<std::uint32_t>(d.v);
  }
};
#endif

/// Writes the 4 * blocks words of consecutive blocks.
inline void philox_blocks(std::uint64_t first, std::uint64_t stream, std::uint64_t seed, std::int64_t blocks,
                          std::uint32_t* out) {
  constexpr int together = 3;  // independent vectors hide the latency of the multiplications
  constexpr std::int64_t step = together * u64_lanes::count;
  std::int64_t b = 0;
  for (; b + step <= blocks; b += step) {
    u64_lanes c0[together], c1[together], c2[together], c3[together];
    for (int t = 0; t < together; ++t) {
      c0[t] = u64_lanes::from(first + static_cast<std::uint64_t>(b + t * u64_lanes::count));
      c1[t] = u64_lanes::upper(c0[t]);
      c2[t] = u64_lanes::all(stream);
      c3[t] = u64_lanes::all(stream >> 32);
    }
    std::uint32_t k0 = static_cast<std::uint32_t>(seed), k1 = static_cast<std::uint32_t>(seed >> 32);
#pragma GCC unroll 10
    for (int round = 0; round < 10; ++round) {
      const u64_lanes key0 = u64_lanes::all(k0), key1 = u64_lanes::all(k1);
#pragma GCC unroll 3
      for (int t = 0; t < together; ++t) {
        const u64_lanes p0 = u64_lanes::product(c0[t], u64_lanes::all(0xD2511F53U));
        const u64_lanes p1 = u64_lanes::product(c2[t], u64_lanes::all(0xCD9E8D57U));
        c0[t] = u64_lanes::upper(p1) ^ (c1[t] ^ key0);
        c1[t] = p1;
        c2[t] = u64_lanes::upper(p0) ^ (c3[t] ^ key1);
        c3[t] = p0;
      }
      k0 += 0x9E3779B9U;
      k1 += 0xBB67AE85U;
    }
    for (int t = 0; t < together; ++t) {
      u64_lanes::store(c0[t], c1[t], c2[t], c3[t], out + 4 * (b + t * u64_lanes::count));
    }
  }
  for (; b < blocks; ++b) {
    const philox_words w = philox4x32(first + static_cast<std::uint64_t>(b), stream, seed);
    std::memcpy(out + 4 * b, w.word, sizeof w.word);
  }
}

}  // namespace CREDENCE_ISA
}  // namespace credence
