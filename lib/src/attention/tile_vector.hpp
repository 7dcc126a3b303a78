// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/portable_math.hpp"

#include <cstdint>

#if defined(__AVX2__) || defined(__AVX512F__)
#include <immintrin.h>
#endif

/// One vector register of T: the widest of the instruction set a file is compiled for.
namespace credence::detail::CREDENCE_ISA {

#if defined(__AVX512F__)
inline constexpr int register_bytes = 64;
#elif defined(__AVX2__)
inline constexpr int register_bytes = 32;
#else
inline constexpr int register_bytes = 16;
#endif

template <class T>
struct integer_of;
template <>
struct integer_of<float> {
  using type = std::int32_t;
};
template <>
struct integer_of<double> {
  using type = std::int64_t;
};

template <class T>
struct wide {
  static constexpr int width = register_bytes / static_cast<int>(sizeof(T));
  typedef T native __attribute__((vector_size(register_bytes)));
  typedef T unaligned __attribute__((vector_size(register_bytes), aligned(sizeof(T)), may_alias));
  typedef typename integer_of<T>::type integers __attribute__((vector_size(register_bytes)));
  native v;

  CREDENCE_INLINE static wide splat(T x) { return {x - native{}}; }  // x + 0 would change -0, and costs an addition
  CREDENCE_INLINE static wide zero() { return {native{}}; }
  CREDENCE_INLINE static wide load(const T* p) { return {*reinterpret_cast<const unaligned*>(p)}; }
  CREDENCE_INLINE void store(T* p) const { *reinterpret_cast<unaligned*>(p) = v; }

  CREDENCE_INLINE friend wide operator+(wide a, wide b) { return {a.v + b.v}; }
  CREDENCE_INLINE friend wide operator-(wide a, wide b) { return {a.v - b.v}; }
  CREDENCE_INLINE friend wide operator*(wide a, wide b) { return {a.v * b.v}; }
  /// The larger; `b` when either is NaN: larger(x, running) passes NaN over.
  CREDENCE_INLINE static wide larger(wide a, wide b) {
#if defined(__AVX512F__)
    // The form with a mask: GCC 12 warns of the plain one's undefined source.
    if constexpr (sizeof(T) == 4) {
      return {static_cast<native>(_mm512_maskz_max_ps(0xFFFF, static_cast<__m512>(a.v), static_cast<__m512>(b.v)))};
    } else {
      return {static_cast<native>(_mm512_maskz_max_pd(0xFF, static_cast<__m512d>(a.v), static_cast<__m512d>(b.v)))};
    }
#elif defined(__AVX2__)
    if constexpr (sizeof(T) == 4) {
      return {static_cast<native>(_mm256_max_ps(static_cast<__m256>(a.v), static_cast<__m256>(b.v)))};
    } else {
      return {static_cast<native>(_mm256_max_pd(static_cast<__m256d>(a.v), static_cast<__m256d>(b.v)))};
    }
#else
    return {a.v > b.v ? a.v : b.v};
#endif
  }
  /// a * b + c; rounded once where the processor has fma (never by a library call).
  CREDENCE_INLINE static wide fma(wide a, wide b, wide c) {
#if defined(__AVX512F__)
    if constexpr (sizeof(T) == 4) {
      return {static_cast<native>(
          _mm512_fmadd_ps(static_cast<__m512>(a.v), static_cast<__m512>(b.v), static_cast<__m512>(c.v)))};
    } else {
      return {static_cast<native>(
          _mm512_fmadd_pd(static_cast<__m512d>(a.v), static_cast<__m512d>(b.v), static_cast<__m512d>(c.v)))};
    }
#elif defined(__AVX2__) && defined(__FMA__)
    if constexpr (sizeof(T) == 4) {
      return {static_cast<native>(
          _mm256_fmadd_ps(static_cast<__m256>(a.v), static_cast<__m256>(b.v), static_cast<__m256>(c.v)))};
    } else {
      return {static_cast<native>(
          _mm256_fmadd_pd(static_cast<__m256d>(a.v), static_cast<__m256d>(b.v), static_cast<__m256d>(c.v)))};
    }
#else
    return {a.v * b.v + c.v};
#endif
  }

  [[nodiscard]] CREDENCE_INLINE T sum() const {
    T part[width];
    store(part);
    for (int half = width / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; ++i) part[i] += part[i + half];
    }
    return part[0];
  }
  [[nodiscard]] CREDENCE_INLINE T largest() const {
    T part[width];
    store(part);
    for (int half = width / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; ++i) part[i] = math::max(part[i], part[i + half]);
    }
    return part[0];
  }
};

/// exp(x) for x <= 0, and 0 where the result would be below the normal numbers (-infinity included); NaN stays. The
/// same polynomials as math::exp; about 1.1 ulp.
CREDENCE_INLINE wide<float> exp_nonpositive(wide<float> x) {
  using V = wide<float>;
  const V bias = V::splat(0x1.8p23F + 127.0F);
  const V t = V::fma(x, V::splat(0x1.715476p+0F), bias), k = t - bias;
  const V r = V::fma(k, V::splat(-0x1.7f7d1cp-20F), V::fma(k, V::splat(-0x1.62e4p-1F), x));
  V q = V::fma(V::splat(0x1.6a25d0p-10F), r, V::splat(0x1.1239e4p-7F));
  q = V::fma(q, r, V::splat(0x1.5558f0p-5F));
  q = V::fma(q, r, V::splat(0x1.555492p-3F));
  q = V::fma(q, r, V::splat(0x1.fffffcp-2F));
  const V p = V::fma(r * r, q, r) + V::splat(1.0F);
  const auto power = reinterpret_cast<V::native>(reinterpret_cast<V::integers>(t.v) << 23);
  const auto tiny = x.v < V::splat(-87.0F).v;
  return {reinterpret_cast<V::native>(~tiny & reinterpret_cast<V::integers>(p.v * power))};
}
CREDENCE_INLINE wide<double> exp_nonpositive(wide<double> x) {
  using V = wide<double>;
  const V bias = V::splat(0x1.8p52 + 1023.0);
  const V t = V::fma(x, V::splat(0x1.71547652b82fep+0), bias), k = t - bias;
  const V r = V::fma(k, V::splat(-0x1.ef35793c76730p-45), V::fma(k, V::splat(-0x1.62e42fefa3800p-1), x));
  constexpr double c[] = {0x1.000000000000ap-1,  0x1.55555555554f9p-3,  0x1.55555555508a2p-5,  0x1.1111111128033p-7,
                          0x1.6c16c184245b9p-10, 0x1.a01a0129039e7p-13, 0x1.a0199a1759069p-16, 0x1.71df2807bd47ep-19,
                          0x1.28ad6ba21eb4cp-22, 0x1.ad7b83d996ed7p-26};
  V q = V::splat(c[9]);
  for (int i = 8; i >= 0; --i) q = V::fma(q, r, V::splat(c[i]));
  const V p = V::fma(r * r, q, r) + V::splat(1.0);
  const auto power = reinterpret_cast<V::native>(reinterpret_cast<V::integers>(t.v) << 52);
  const auto tiny = x.v < V::splat(-708.0).v;
  return {reinterpret_cast<V::native>(~tiny & reinterpret_cast<V::integers>(p.v * power))};
}

}  // namespace credence::detail::CREDENCE_ISA
