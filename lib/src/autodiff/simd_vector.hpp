// SPDX-License-Identifier: BSD-3-Clause
// One vector register of doubles, for the matrix kernels: the widest of the instruction set a file is compiled for; and
// of eight floats, because lanes come in eights.
// The compiler vectorises plain loops well, but keeps blocks of accumulators in registers only when told so.
#pragma once

#include "credence/base/portable_math.hpp"

#include <cstdint>

#if defined(__AVX2__) || defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace credence::detail::CREDENCE_ISA {

#if defined(__AVX512F__)
struct simd_vector {
  static constexpr int width = 8;
  __m512d v;
  CREDENCE_INLINE static simd_vector zero() { return {_mm512_setzero_pd()}; }
  CREDENCE_INLINE static simd_vector load(const double* p) { return {_mm512_loadu_pd(p)}; }
  CREDENCE_INLINE static simd_vector splat(double x) { return {_mm512_set1_pd(x)}; }
  CREDENCE_INLINE void store(double* p) const { _mm512_storeu_pd(p, v); }
  CREDENCE_INLINE static simd_vector fma(simd_vector a, simd_vector b, simd_vector c) {
    return {_mm512_fmadd_pd(a.v, b.v, c.v)};
  }
};
#elif defined(__AVX2__) && defined(__FMA__)
struct simd_vector {
  static constexpr int width = 4;
  __m256d v;
  CREDENCE_INLINE static simd_vector zero() { return {_mm256_setzero_pd()}; }
  CREDENCE_INLINE static simd_vector load(const double* p) { return {_mm256_loadu_pd(p)}; }
  CREDENCE_INLINE static simd_vector splat(double x) { return {_mm256_set1_pd(x)}; }
  CREDENCE_INLINE void store(double* p) const { _mm256_storeu_pd(p, v); }
  CREDENCE_INLINE static simd_vector fma(simd_vector a, simd_vector b, simd_vector c) {
    return {_mm256_fmadd_pd(a.v, b.v, c.v)};
  }
};
#else
struct simd_vector {
  static constexpr int width = 1;
  double v;
  CREDENCE_INLINE static simd_vector zero() { return {0.0}; }
  CREDENCE_INLINE static simd_vector load(const double* p) { return {*p}; }
  CREDENCE_INLINE static simd_vector splat(double x) { return {x}; }
  CREDENCE_INLINE void store(double* p) const { *p = v; }
  CREDENCE_INLINE static simd_vector fma(simd_vector a, simd_vector b, simd_vector c) {
    return {math::fma(a.v, b.v, c.v)};
  }
};
#endif

#if defined(__AVX2__) && defined(__FMA__)
struct single_vector {
  static constexpr int width = 8;
  __m256 v;
  CREDENCE_INLINE static single_vector zero() { return {_mm256_setzero_ps()}; }
  CREDENCE_INLINE static single_vector load(const float* p) { return {_mm256_loadu_ps(p)}; }
  CREDENCE_INLINE static single_vector splat(float x) { return {_mm256_set1_ps(x)}; }
  CREDENCE_INLINE void store(float* p) const { _mm256_storeu_ps(p, v); }
  CREDENCE_INLINE static single_vector fma(single_vector a, single_vector b, single_vector c) {
    return {_mm256_fmadd_ps(a.v, b.v, c.v)};
  }
};
#else
struct single_vector {
  static constexpr int width = 1;
  float v;
  CREDENCE_INLINE static single_vector zero() { return {0.0F}; }
  CREDENCE_INLINE static single_vector load(const float* p) { return {*p}; }
  CREDENCE_INLINE static single_vector splat(float x) { return {x}; }
  CREDENCE_INLINE void store(float* p) const { *p = v; }
  CREDENCE_INLINE static single_vector fma(single_vector a, single_vector b, single_vector c) {
    return {math::fma(a.v, b.v, c.v)};
  }
};
#endif

/// A "register" of one value of any type: what the same kernels use for duals.
template <class T>
struct scalar_vector {
  static constexpr int width = 1;
  T v;
  CREDENCE_INLINE static scalar_vector zero() { return {T(0)}; }
  CREDENCE_INLINE static scalar_vector load(const T* p) { return {*p}; }
  CREDENCE_INLINE static scalar_vector splat(T x) { return {x}; }
  CREDENCE_INLINE void store(T* p) const { *p = v; }
  CREDENCE_INLINE static scalar_vector fma(scalar_vector a, scalar_vector b, scalar_vector c) {
    return {math::fma(a.v, b.v, c.v)};
  }
};

template <class T>
struct vector_for {
  using type = scalar_vector<T>;
};
template <>
struct vector_for<double> {
  using type = simd_vector;
};
template <>
struct vector_for<float> {
  using type = single_vector;
};

}  // namespace credence::detail::CREDENCE_ISA
