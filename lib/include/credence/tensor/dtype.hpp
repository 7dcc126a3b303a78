// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/config.hpp"

#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace credence {

/// Element types that the library's own kernels know.
enum class dtype : std::uint8_t { f64, f32, bf16, f16, i32, u8 };

/// The upper half of an IEEE single: 8 exponent bits, 8 significant bits. Stored, never computed with.
struct bfloat16 {
  std::uint16_t bits = 0;
  friend constexpr bool operator==(bfloat16, bfloat16) = default;  ///< compares bits: NaN equals itself, -0 is not +0
};

/// IEEE binary16: 5 exponent bits, 11 significant bits, largest finite number 65504. Stored, never computed with.
struct float16 {
  std::uint16_t bits = 0;
  friend constexpr bool operator==(float16, float16) = default;  ///< compares bits: NaN equals itself, -0 is not +0
};

namespace detail {
template <class T>
struct dtype_traits;
template <>
struct dtype_traits<double> {
  static constexpr dtype value = dtype::f64;
};
template <>
struct dtype_traits<float> {
  static constexpr dtype value = dtype::f32;
};
template <>
struct dtype_traits<bfloat16> {
  static constexpr dtype value = dtype::bf16;
};
template <>
struct dtype_traits<float16> {
  static constexpr dtype value = dtype::f16;
};
template <>
struct dtype_traits<std::int32_t> {
  static constexpr dtype value = dtype::i32;
};
template <>
struct dtype_traits<std::uint8_t> {
  static constexpr dtype value = dtype::u8;
};
}  // namespace detail

template <class T>
inline constexpr dtype dtype_of = detail::dtype_traits<std::remove_const_t<T>>::value;

/// Bytes of one element.
constexpr std::int64_t size_of(dtype type) {
  switch (type) {
    case dtype::f64:
      return 8;
    case dtype::f32:
    case dtype::i32:
      return 4;
    case dtype::bf16:
    case dtype::f16:
      return 2;
    case dtype::u8:
      return 1;
  }
  return 0;
}

/// "f64", "f32", "bf16", "f16", "i32", "u8".
std::string_view to_text(dtype type);
/// @throws domain_error  when no dtype has that name
dtype dtype_from_text(std::string_view name);

inline namespace CREDENCE_ISA {

/// Nearest bfloat16, ties to the even one; overflow gives infinity; NaN stays NaN (made quiet, sign and upper payload
/// kept); subnormal numbers are kept.
CREDENCE_HD CREDENCE_INLINE bfloat16 to_bfloat16(float x) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &x, sizeof bits);
  const std::uint32_t rounded = (bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16;
  const std::uint32_t quiet = (bits >> 16) | 0x40U;
  bfloat16 out;
  out.bits = static_cast<std::uint16_t>((bits & 0x7FFFFFFFU) > 0x7F800000U ? quiet : rounded);
  return out;
}

/// Exact.
CREDENCE_HD CREDENCE_INLINE float to_float(bfloat16 x) {
  const std::uint32_t bits = static_cast<std::uint32_t>(x.bits) << 16;
  float out = 0.0F;
  std::memcpy(&out, &bits, sizeof out);
  return out;
}

/// Nearest float16, ties to the even one; 65520 and above give infinity; NaN stays NaN (made quiet); subnormal numbers
/// are kept down to 2^-24, half of which rounds to zero.
CREDENCE_HD CREDENCE_INLINE float16 to_float16(float x) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &x, sizeof bits);
  const std::uint32_t sign = (bits >> 16) & 0x8000U;
  const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
  // Subnormal results: adding 0.5 lines the wanted bits up with the end of the significand, and the addition rounds.
  float absolute = 0.0F;
  std::memcpy(&absolute, &magnitude, sizeof absolute);
  const float shifted = absolute + 0.5F;
  std::uint32_t shifted_bits = 0;
  std::memcpy(&shifted_bits, &shifted, sizeof shifted_bits);
  const std::uint32_t subnormal = shifted_bits - 0x3F000000U;
  // Normal results: move the exponent bias from 127 to 15, round the 13 bits that go.
  const std::uint32_t normal = (magnitude - 0x38000000U + 0xFFFU + ((magnitude >> 13) & 1U)) >> 13;
  const std::uint32_t nan = 0x7E00U | ((magnitude >> 13) & 0x3FFU);
  std::uint32_t out_bits = magnitude < 0x38800000U ? subnormal : normal;
  out_bits = magnitude >= 0x477FF000U ? 0x7C00U : out_bits;
  out_bits = magnitude > 0x7F800000U ? nan : out_bits;
  float16 out;
  out.bits = static_cast<std::uint16_t>(sign | out_bits);
  return out;
}

/// Exact.
CREDENCE_HD CREDENCE_INLINE float to_float(float16 x) {
  const std::uint32_t magnitude = x.bits & 0x7FFFU;
  const std::uint32_t sign = static_cast<std::uint32_t>(x.bits & 0x8000U) << 16;
  // Subnormal numbers are multiples of 2^-24, exact in float.
  const float subnormal = static_cast<float>(static_cast<std::int32_t>(magnitude)) * 5.9604644775390625e-8F;
  std::uint32_t subnormal_bits = 0;
  std::memcpy(&subnormal_bits, &subnormal, sizeof subnormal_bits);
  std::uint32_t bits = (magnitude << 13) + 0x38000000U;
  bits = magnitude < 0x400U ? subnormal_bits : bits;
  bits = magnitude >= 0x7C00U ? (0x7F800000U | (magnitude << 13)) : bits;
  bits |= magnitude > 0x7C00U ? 0x400000U : 0U;  // quiet
  bits |= sign;
  float out = 0.0F;
  std::memcpy(&out, &bits, sizeof out);
  return out;
}

/// A double to the nearest float rounded to odd: rounding that again to 16 bits equals rounding the double once.
CREDENCE_HD CREDENCE_INLINE float to_float_odd(double x) {
  const float nearest = static_cast<float>(x);
  std::uint32_t bits = 0;
  std::memcpy(&bits, &nearest, sizeof bits);
  const double back = nearest;
  const double magnitude = x < 0 ? -x : x;
  const double back_magnitude = back < 0 ? -back : back;
  const bool inexact = back != x && x == x;
  // Step down to the truncated neighbour where rounding went up, then set the last bit.
  bits -= inexact && back_magnitude > magnitude ? 1U : 0U;
  bits |= inexact ? 1U : 0U;
  float out = 0.0F;
  std::memcpy(&out, &bits, sizeof out);
  return out;
}

CREDENCE_HD CREDENCE_INLINE bfloat16 to_bfloat16(double x) { return to_bfloat16(to_float_odd(x)); }
CREDENCE_HD CREDENCE_INLINE float16 to_float16(double x) { return to_float16(to_float_odd(x)); }

}  // namespace CREDENCE_ISA
}  // namespace credence
