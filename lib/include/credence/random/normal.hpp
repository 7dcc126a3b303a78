// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/portable_math.hpp"
#include "credence/random/uniform.hpp"

#include <cstdint>
#include <type_traits>

namespace credence::random {
inline namespace CREDENCE_ISA {

/// Two numbers made from the same words.
template <class T>
struct pair_of {
  T first, second;
};

namespace detail {

// The polynomials below interpolate at Chebyshev nodes; r runs over [-1, 1]. They use separate products and sums, not
// fma, so that they are fast where fma is not an instruction and give the same bits there.

/// sin and cos of (pi/4) r; the errors are 2e-18 and 3e-20.
CREDENCE_HD CREDENCE_INLINE void eighth_turn(double r, double& sine, double& cosine) {
  const double s = r * r;
  double p = 0x1.e3f38399551bfp-38;
  p = p * s + -0x1.e30071afc3e59p-30;
  p = p * s + 0x1.50782fda12d96p-22;
  p = p * s + -0x1.32d2cce2e5b19p-15;
  p = p * s + 0x1.466bc677587f8p-9;
  p = p * s + -0x1.4abbce625be41p-4;
  p = p * s + 0x1.921fb54442d18p-1;
  sine = p * r;
  double q = -0x1.b264ba152378ap-42;
  q = q * s + 0x1.f9cc41140bb60p-34;
  q = q * s + -0x1.a6d1ec7906c20p-26;
  q = q * s + 0x1.e1f5068355e15p-19;
  q = q * s + -0x1.55d3c7e3c90f8p-12;
  q = q * s + 0x1.03c1f081b5aacp-6;
  q = q * s + -0x1.3bd3cc9be45dep-2;
  cosine = q * s + 1.0;
}
/// The same in single precision; the errors are 2.4e-9 and 5e-11.
CREDENCE_HD CREDENCE_INLINE void eighth_turn(float r, float& sine, float& cosine) {
  const float s = r * r;
  float p = -0x1.2d9b40p-15F;
  p = p * s + 0x1.465ec4p-9F;
  p = p * s + -0x1.4abbbap-4F;
  p = p * s + 0x1.921fb4p-1F;
  sine = p * r;
  float q = 0x1.d9c2e8p-19F;
  q = q * s + -0x1.55c572p-12F;
  q = q * s + 0x1.03c1dcp-6F;
  q = q * s + -0x1.3bd3ccp-2F;
  cosine = q * s + 1.0F;
}
/// sin((pi/2) r); the error is 5e-22 before rounding.
CREDENCE_HD CREDENCE_INLINE double quarter_turn_sine(double r) {
  const double s = r * r;
  double p = -0x1.7ed4cd7222586p-45;
  p = p * s + 0x1.aabbe3815eb60p-38;
  p = p * s + -0x1.6fad488852625p-31;
  p = p * s + 0x1.e8f4338e03a66p-25;
  p = p * s + -0x1.e3074fdc520eap-19;
  p = p * s + 0x1.50783487ec19ap-13;
  p = p * s + -0x1.32d2cce62bd57p-8;
  p = p * s + 0x1.466bc6775aae2p-4;
  p = p * s + -0x1.4abbce625be53p-1;
  p = p * s + 0x1.921fb54442d18p+0;
  return p * r;
}

/// cos and sin of the nearest multiple of a quarter turn plus the rest, for the angle turns / 2^32.
/// The 32-bit angle falls into the quarter `turns + 2^29 >> 30` and a rest in [-2^29, 2^29); `r` is that rest / 2^29.
template <class T>
CREDENCE_HD CREDENCE_INLINE void rotate(std::uint32_t turns, T r, T& cosine, T& sine) {
  T s, c;
  eighth_turn(r, s, c);
  const std::uint32_t quarter = (turns + 0x20000000U) >> 30;
  const T swap = static_cast<T>(static_cast<std::int32_t>(quarter & 1U));
  const T cosine_sign = T(1) - static_cast<T>(static_cast<std::int32_t>((quarter + 1U) & 2U));
  const T sine_sign = T(1) - static_cast<T>(static_cast<std::int32_t>(quarter & 2U));
  cosine = cosine_sign * math::select(swap != T(0), s, c);
  sine = sine_sign * math::select(swap != T(0), c, s);
}
CREDENCE_HD CREDENCE_INLINE std::int32_t rest_of_quarter(std::uint32_t turns) {
  return static_cast<std::int32_t>(((turns + 0x20000000U) & 0x3FFFFFFFU)) - 0x20000000;
}

}  // namespace detail

/// Two independent standard normals from two words (float): the first gives the radius, the second the angle. Largest
/// possible |value|: 6.8. Branch-free.
/// @source Box, Muller, "A note on the generation of random normal deviates", 1958
CREDENCE_HD CREDENCE_INLINE pair_of<float> normal_pair(std::uint32_t radius_bits, std::uint32_t angle_bits) {
  const float u = static_cast<float>(radius_bits) * 0x1p-32F + 0x1p-33F;  // fine near 0, where the tail is made
  const float radius = math::sqrt(-2.0F * math::log(u));
  const float r = static_cast<float>(2 * detail::rest_of_quarter(angle_bits) + 1) * 0x1p-30F;
  float cosine, sine;
  detail::rotate(angle_bits, r, cosine, sine);
  return {radius * cosine, radius * sine};
}
/// The same from two 64-bit halves (double): 52 bits of radius, 63 of angle. Largest possible |value|: 8.6.
CREDENCE_HD CREDENCE_INLINE pair_of<double> normal_pair(std::uint64_t radius_bits, std::uint64_t angle_bits) {
  const double radius = math::sqrt(-2.0 * math::log(unit_f64(radius_bits)));
  const std::uint32_t turns = static_cast<std::uint32_t>(angle_bits);
  const double fine = (static_cast<double>(static_cast<std::int32_t>(angle_bits >> 33)) + 0.5) * 0x1p-31;
  const double r = (static_cast<double>(detail::rest_of_quarter(turns)) + fine) * 0x1p-29;
  double cosine, sine;
  detail::rotate(turns, r, cosine, sine);
  return {radius * cosine, radius * sine};
}

/// Standard normal. Elements 2k and 2k+1 are a pair made from the same words, and are independent.
template <class T = double>
CREDENCE_HD CREDENCE_INLINE T normal(rng_key key, std::uint64_t element) {
  static_assert(std::is_same_v<T, double> || std::is_same_v<T, float>);
  if constexpr (std::is_same_v<T, double>) {
    const philox_halves h = block_halves(key, element >> 1);
    const pair_of<double> z = normal_pair(h.half[0], h.half[1]);
    return (element & 1) == 0 ? z.first : z.second;
  } else {
    const philox_words w = block(key, element >> 2);
    const pair_of<float> z = (element & 2) == 0 ? normal_pair(w.word[0], w.word[1]) : normal_pair(w.word[2], w.word[3]);
    return (element & 1) == 0 ? z.first : z.second;
  }
}

/// Standard exponential (rate 1) of 64 or 32 random bits. The float one works in double inside, so that neither the
/// smallest nor the largest values are coarse.
CREDENCE_HD CREDENCE_INLINE double exponential_of(std::uint64_t bits) { return -math::log(unit_f64(bits)); }
CREDENCE_HD CREDENCE_INLINE double exponential_of(std::uint32_t bits) {
  // (bits + 1/2) 2^-32 exactly, from 0x1.0p52 + bits: no conversion of unsigned integers
  const double u = (detail::from_bits(0x4330000000000000ULL | bits) - 0x1.fffffffffffffp51) * 0x1p-32;
  return -math::log(u);
}

/// Standard exponential: rate 1, mean 1. Largest possible value: 36.7 (double), 22.9 (float).
template <class T = double>
CREDENCE_HD CREDENCE_INLINE T exponential(rng_key key, std::uint64_t element) {
  static_assert(std::is_same_v<T, double> || std::is_same_v<T, float>);
  if constexpr (std::is_same_v<T, double>) {
    return exponential_of(bits64(key, element));
  } else {
    return static_cast<T>(exponential_of(bits32(key, element)));
  }
}

/// Standard Gumbel (of maxima): -log(E) with E a standard exponential. The right tail is kept in full: up to 36.7
/// (double) or 22.9 (float), where the textbook -log(-log(u)) in float ends at 16.6 and is coarse long before.
template <class T = double>
CREDENCE_HD CREDENCE_INLINE T gumbel(rng_key key, std::uint64_t element) {
  static_assert(std::is_same_v<T, double> || std::is_same_v<T, float>);
  if constexpr (std::is_same_v<T, double>) {
    return -math::log(exponential_of(bits64(key, element)));
  } else {
    return static_cast<T>(-math::log(exponential_of(bits32(key, element))));
  }
}

}  // namespace CREDENCE_ISA
}  // namespace credence::random
