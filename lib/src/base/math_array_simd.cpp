// SPDX-License-Identifier: BSD-3-Clause
// The portable functions over arrays. One copy for each instruction set; each element reads and writes 8 (4) bytes.
#include "base/math_kernels.hpp"

#include "credence/base/portable_math.hpp"

// ivdep: `out` may be `in`, which the vectoriser's overlap check would send to the scalar loop.
#define CREDENCE_MATH_ARRAY(name)                                                         \
  void array_##name(const double* in, double* out, std::int64_t n) {                      \
    _Pragma("GCC ivdep") for (std::int64_t i = 0; i < n; ++i) out[i] = math::name(in[i]); \
  }                                                                                       \
  void array_##name##_f32(const float* in, float* out, std::int64_t n) {                  \
    _Pragma("GCC ivdep") for (std::int64_t i = 0; i < n; ++i) out[i] = math::name(in[i]); \
  }

namespace credence::detail::CREDENCE_ISA {

CREDENCE_MATH_ARRAY(exp)
CREDENCE_MATH_ARRAY(expm1)
CREDENCE_MATH_ARRAY(exp2)
CREDENCE_MATH_ARRAY(log)
CREDENCE_MATH_ARRAY(log1p)
CREDENCE_MATH_ARRAY(log2)
CREDENCE_MATH_ARRAY(atan)
CREDENCE_MATH_ARRAY(asin)
CREDENCE_MATH_ARRAY(acos)
CREDENCE_MATH_ARRAY(sinh)
CREDENCE_MATH_ARRAY(cosh)
CREDENCE_MATH_ARRAY(tanh)
CREDENCE_MATH_ARRAY(log_factorial)
CREDENCE_MATH_ARRAY(inv_logit)
CREDENCE_MATH_ARRAY(log1p_exp)
CREDENCE_MATH_ARRAY(log1m_exp)

namespace {

// Blocks without a huge argument skip the long reduction: the same bits, less work.
constexpr std::int64_t block = 256;

template <class T>
bool all_below_limit(const T* in, std::int64_t n) {
  int huge = 0;
  for (std::int64_t i = 0; i < n; ++i)
    huge |= static_cast<int>(!(math::abs(in[i]) < T(math::inlined::reduction_limit)));
  return huge == 0;
}

template <class T>
struct store_sine {
  const T* in;
  T* out;
  CREDENCE_INLINE void below_limit(std::int64_t i) const {
    T s = T(0), c = T(0);
    math::inlined::sincos_below_limit(in[i], s, c);
    out[i] = s;
  }
  CREDENCE_INLINE void any(std::int64_t i) const { out[i] = math::inlined::sin(in[i]); }
};
template <class T>
struct store_cosine {
  const T* in;
  T* out;
  CREDENCE_INLINE void below_limit(std::int64_t i) const {
    T s = T(0), c = T(0);
    math::inlined::sincos_below_limit(in[i], s, c);
    out[i] = c;
  }
  CREDENCE_INLINE void any(std::int64_t i) const { out[i] = math::inlined::cos(in[i]); }
};
template <class T>
struct store_tangent {
  const T* in;
  T* out;
  CREDENCE_INLINE void below_limit(std::int64_t i) const { out[i] = math::inlined::tan_below_limit(in[i]); }
  CREDENCE_INLINE void any(std::int64_t i) const { out[i] = math::inlined::tan(in[i]); }
};
template <class T>
struct store_both {
  const T* in;
  T* sine;
  T* cosine;
  CREDENCE_INLINE void below_limit(std::int64_t i) const {
    T s = T(0), c = T(0);
    math::inlined::sincos_below_limit(in[i], s, c);
    sine[i] = s;
    cosine[i] = c;
  }
  CREDENCE_INLINE void any(std::int64_t i) const {
    T s = T(0), c = T(0);
    math::inlined::sincos(in[i], s, c);
    sine[i] = s;
    cosine[i] = c;
  }
};

template <class T, class Store>
CREDENCE_INLINE void blockwise(const T* in, std::int64_t n, Store store) {
  for (std::int64_t begin = 0; begin < n; begin += block) {
    const std::int64_t end = begin + block < n ? begin + block : n;
    if (all_below_limit(in + begin, end - begin)) {
#pragma GCC ivdep
      for (std::int64_t i = begin; i < end; ++i) store.below_limit(i);
    } else {
#pragma GCC ivdep
      for (std::int64_t i = begin; i < end; ++i) store.any(i);
    }
  }
}

}  // namespace

void array_sin(const double* in, double* out, std::int64_t n) { blockwise(in, n, store_sine<double>{in, out}); }
void array_sin_f32(const float* in, float* out, std::int64_t n) { blockwise(in, n, store_sine<float>{in, out}); }
void array_cos(const double* in, double* out, std::int64_t n) { blockwise(in, n, store_cosine<double>{in, out}); }
void array_cos_f32(const float* in, float* out, std::int64_t n) { blockwise(in, n, store_cosine<float>{in, out}); }
void array_tan(const double* in, double* out, std::int64_t n) { blockwise(in, n, store_tangent<double>{in, out}); }
void array_tan_f32(const float* in, float* out, std::int64_t n) { blockwise(in, n, store_tangent<float>{in, out}); }
void array_sincos(const double* in, double* sine, double* cosine, std::int64_t n) {
  blockwise(in, n, store_both<double>{in, sine, cosine});
}
void array_sincos_f32(const float* in, float* sine, float* cosine, std::int64_t n) {
  blockwise(in, n, store_both<float>{in, sine, cosine});
}

void array_sincos_pi(const double* in, double* sine, double* cosine, std::int64_t n) {
#pragma GCC ivdep
  for (std::int64_t i = 0; i < n; ++i) math::sincos_pi(in[i], sine[i], cosine[i]);
}
void array_sincos_pi_f32(const float* in, float* sine, float* cosine, std::int64_t n) {
#pragma GCC ivdep
  for (std::int64_t i = 0; i < n; ++i) math::sincos_pi(in[i], sine[i], cosine[i]);
}

void array_pow(const double* x, const double* y, double* out, std::int64_t n) {
#pragma GCC ivdep
  for (std::int64_t i = 0; i < n; ++i) out[i] = math::pow(x[i], y[i]);
}
void array_pow_f32(const float* x, const float* y, float* out, std::int64_t n) {
#pragma GCC ivdep
  for (std::int64_t i = 0; i < n; ++i) out[i] = math::pow(x[i], y[i]);
}

}  // namespace credence::detail::CREDENCE_ISA
