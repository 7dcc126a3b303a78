// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/config.hpp"
#include "credence/neighbors/distance_type.hpp"

#include <cstdint>

#if defined(__AVX2__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // GCC 12 on its own AVX-512 header (GCC bug 105593)
#include <immintrin.h>
#pragma GCC diagnostic pop
#endif

/// Several points side by side: the few vector operations that distances need, each with the bits of its scalar twin.
namespace credence::detail::CREDENCE_ISA {

using neighbors::distance_t;

/// One point: what the definition says, for both compilers.
template <class T>
struct one_lane {
  using scalar = distance_t<T>;
  using value = scalar;
  static constexpr int width = 1;
  CREDENCE_HD static value load(const T* p) { return static_cast<value>(*p); }
  CREDENCE_HD static value set(scalar x) { return x; }
  CREDENCE_HD static value sub(value a, value b) { return a - b; }
  CREDENCE_HD static value add(value a, value b) { return a + b; }
  CREDENCE_HD static value mul(value a, value b) { return a * b; }
  CREDENCE_HD static value abs(value a) { return a < 0 ? -a : (a == 0 ? value(0) : a); }
  CREDENCE_HD static value max(value a, value b) { return a < b ? b : a; }
  CREDENCE_HD static float fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
  CREDENCE_HD static double fma(double a, double b, double c) { return __builtin_fma(a, b, c); }
  CREDENCE_HD static std::int32_t fma(std::int32_t a, std::int32_t b, std::int32_t c) { return a * b + c; }
};

/// Four points in plain arrays, for processors without AVX2 and for the compiler to vectorise.
template <class T>
struct plain_lanes {
  using scalar = distance_t<T>;
  static constexpr int width = 4;
  struct value {
    scalar at[width];
  };
  template <class F>
  CREDENCE_INLINE static value each(const F& f) {
    value out;
    for (int i = 0; i < width; ++i) out.at[i] = f(i);
    return out;
  }
  CREDENCE_INLINE static value load(const T* p) {
    return each([&](int i) { return static_cast<scalar>(p[i]); });
  }
  CREDENCE_INLINE static value set(scalar x) {
    return each([&](int) { return x; });
  }
  CREDENCE_INLINE static value sub(value a, value b) {
    return each([&](int i) { return static_cast<scalar>(a.at[i] - b.at[i]); });
  }
  CREDENCE_INLINE static value add(value a, value b) {
    return each([&](int i) { return static_cast<scalar>(a.at[i] + b.at[i]); });
  }
  CREDENCE_INLINE static value mul(value a, value b) {
    return each([&](int i) { return static_cast<scalar>(a.at[i] * b.at[i]); });
  }
  CREDENCE_INLINE static value abs(value a) {
    return each([&](int i) { return one_lane<T>::abs(a.at[i]); });
  }
  CREDENCE_INLINE static value max(value a, value b) {
    return each([&](int i) { return one_lane<T>::max(a.at[i], b.at[i]); });
  }
  CREDENCE_INLINE static value fma(value a, value b, value c) {
    return each([&](int i) { return one_lane<T>::fma(a.at[i], b.at[i], c.at[i]); });
  }
  CREDENCE_INLINE static std::uint32_t not_above(value a, value b) {
    std::uint32_t mask = 0;
    for (int i = 0; i < width; ++i) mask |= static_cast<std::uint32_t>(a.at[i] <= b.at[i]) << i;
    return mask;
  }
  CREDENCE_INLINE static void store(scalar* p, value a) {
    for (int i = 0; i < width; ++i) p[i] = a.at[i];
  }
};

template <class T>
struct lanes : plain_lanes<T> {};

#if defined(__AVX512F__)

template <>
struct lanes<float> {
  using scalar = float;
  using value = __m512;
  static constexpr int width = 16;
  static value load(const float* p) { return _mm512_loadu_ps(p); }
  static value set(float x) { return _mm512_set1_ps(x); }
  static value sub(value a, value b) { return _mm512_sub_ps(a, b); }
  static value add(value a, value b) { return _mm512_add_ps(a, b); }
  static value mul(value a, value b) { return _mm512_mul_ps(a, b); }
  static value abs(value a) { return _mm512_abs_ps(a); }
  static value max(value a, value b) { return _mm512_max_ps(a, b); }
  static value fma(value a, value b, value c) { return _mm512_fmadd_ps(a, b, c); }
  static std::uint32_t not_above(value a, value b) { return _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ); }
  static void store(float* p, value a) { _mm512_storeu_ps(p, a); }
};
template <>
struct lanes<double> {
  using scalar = double;
  using value = __m512d;
  static constexpr int width = 8;
  static value load(const double* p) { return _mm512_loadu_pd(p); }
  static value set(double x) { return _mm512_set1_pd(x); }
  static value sub(value a, value b) { return _mm512_sub_pd(a, b); }
  static value add(value a, value b) { return _mm512_add_pd(a, b); }
  static value mul(value a, value b) { return _mm512_mul_pd(a, b); }
  static value abs(value a) { return _mm512_abs_pd(a); }
  static value max(value a, value b) { return _mm512_max_pd(a, b); }
  static value fma(value a, value b, value c) { return _mm512_fmadd_pd(a, b, c); }
  static std::uint32_t not_above(value a, value b) { return _mm512_cmp_pd_mask(a, b, _CMP_LE_OQ); }
  static void store(double* p, value a) { _mm512_storeu_pd(p, a); }
};
struct integer_lanes {
  using scalar = std::int32_t;
  using value = __m512i;
  static constexpr int width = 16;
  static value set(std::int32_t x) { return _mm512_set1_epi32(x); }
  static value sub(value a, value b) { return _mm512_sub_epi32(a, b); }
  static value add(value a, value b) { return _mm512_add_epi32(a, b); }
  static value mul(value a, value b) { return _mm512_mullo_epi32(a, b); }
  static value abs(value a) { return _mm512_abs_epi32(a); }
  static value max(value a, value b) { return _mm512_max_epi32(a, b); }
  static value fma(value a, value b, value c) { return _mm512_add_epi32(_mm512_mullo_epi32(a, b), c); }
  static std::uint32_t not_above(value a, value b) { return _mm512_cmple_epi32_mask(a, b); }
  static void store(std::int32_t* p, value a) { _mm512_storeu_si512(p, a); }
};
template <>
struct lanes<std::uint8_t> : integer_lanes {
  static value load(const std::uint8_t* p) {
    return _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
};
template <>
struct lanes<std::int8_t> : integer_lanes {
  static value load(const std::int8_t* p) {
    return _mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
};

#elif defined(__AVX2__)

template <>
struct lanes<float> {
  using scalar = float;
  using value = __m256;
  static constexpr int width = 8;
  static value load(const float* p) { return _mm256_loadu_ps(p); }
  static value set(float x) { return _mm256_set1_ps(x); }
  static value sub(value a, value b) { return _mm256_sub_ps(a, b); }
  static value add(value a, value b) { return _mm256_add_ps(a, b); }
  static value mul(value a, value b) { return _mm256_mul_ps(a, b); }
  static value abs(value a) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0F), a); }
  static value max(value a, value b) { return _mm256_max_ps(a, b); }
  static value fma(value a, value b, value c) { return _mm256_fmadd_ps(a, b, c); }
  static std::uint32_t not_above(value a, value b) {
    return static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_LE_OQ)));
  }
  static void store(float* p, value a) { _mm256_storeu_ps(p, a); }
};
template <>
struct lanes<double> {
  using scalar = double;
  using value = __m256d;
  static constexpr int width = 4;
  static value load(const double* p) { return _mm256_loadu_pd(p); }
  static value set(double x) { return _mm256_set1_pd(x); }
  static value sub(value a, value b) { return _mm256_sub_pd(a, b); }
  static value add(value a, value b) { return _mm256_add_pd(a, b); }
  static value mul(value a, value b) { return _mm256_mul_pd(a, b); }
  static value abs(value a) { return _mm256_andnot_pd(_mm256_set1_pd(-0.0), a); }
  static value max(value a, value b) { return _mm256_max_pd(a, b); }
  static value fma(value a, value b, value c) { return _mm256_fmadd_pd(a, b, c); }
  static std::uint32_t not_above(value a, value b) {
    return static_cast<std::uint32_t>(_mm256_movemask_pd(_mm256_cmp_pd(a, b, _CMP_LE_OQ)));
  }
  static void store(double* p, value a) { _mm256_storeu_pd(p, a); }
};
struct integer_lanes {
  using scalar = std::int32_t;
  using value = __m256i;
  static constexpr int width = 8;
  static value set(std::int32_t x) { return _mm256_set1_epi32(x); }
  static value sub(value a, value b) { return _mm256_sub_epi32(a, b); }
  static value add(value a, value b) { return _mm256_add_epi32(a, b); }
  static value mul(value a, value b) { return _mm256_mullo_epi32(a, b); }
  static value abs(value a) { return _mm256_abs_epi32(a); }
  static value max(value a, value b) { return _mm256_max_epi32(a, b); }
  static value fma(value a, value b, value c) { return _mm256_add_epi32(_mm256_mullo_epi32(a, b), c); }
  static std::uint32_t not_above(value a, value b) {
    return 0xFFU ^ static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(a, b))));
  }
  static void store(std::int32_t* p, value a) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), a); }
};
template <>
struct lanes<std::uint8_t> : integer_lanes {
  static value load(const std::uint8_t* p) {
    return _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)));
  }
};
template <>
struct lanes<std::int8_t> : integer_lanes {
  static value load(const std::int8_t* p) {
    return _mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)));
  }
};

#endif

}  // namespace credence::detail::CREDENCE_ISA
