// SPDX-License-Identifier: BSD-3-Clause
// Conversions between the six dtypes, one element read and one written each.
#include "tensor/layout_simd.hpp"

namespace credence::detail::CREDENCE_ISA {

namespace {

/// Widening to double or float loses nothing (i32 goes through double).
CREDENCE_INLINE double wide(double x) { return x; }
CREDENCE_INLINE float wide(float x) { return x; }
CREDENCE_INLINE float wide(bfloat16 x) { return to_float(x); }
CREDENCE_INLINE float wide(float16 x) { return to_float(x); }
CREDENCE_INLINE double wide(std::int32_t x) { return x; }
CREDENCE_INLINE float wide(std::uint8_t x) { return static_cast<float>(x); }

template <class To>
struct narrow;
template <>
struct narrow<double> {
  template <class W>
  CREDENCE_INLINE static double of(W x) {
    return static_cast<double>(x);
  }
};
template <>
struct narrow<float> {
  template <class W>
  CREDENCE_INLINE static float of(W x) {
    return static_cast<float>(x);
  }
};
template <>
struct narrow<bfloat16> {
  template <class W>
  CREDENCE_INLINE static bfloat16 of(W x) {
    return to_bfloat16(x);
  }
};
template <>
struct narrow<float16> {
  template <class W>
  CREDENCE_INLINE static float16 of(W x) {
    return to_float16(x);
  }
};
template <>
struct narrow<std::int32_t> {
  template <class W>
  CREDENCE_INLINE static std::int32_t of(W x) {
    double kept = static_cast<double>(x);
    kept = kept > -2147483648.0 ? kept : (kept == kept ? -2147483648.0 : 0.0);
    kept = kept < 2147483647.0 ? kept : 2147483647.0;
    return static_cast<std::int32_t>(kept);
  }
};
template <>
struct narrow<std::uint8_t> {
  template <class W>
  CREDENCE_INLINE static std::uint8_t of(W x) {
    W kept = x > W(0) ? x : W(0);  // NaN too
    kept = kept < W(255) ? kept : W(255);
    return static_cast<std::uint8_t>(static_cast<std::int32_t>(kept));
  }
};

template <class From, class To>
void cast_loop(const void* in, void* out, std::int64_t n) {
  const From* CREDENCE_RESTRICT from = static_cast<const From*>(in);
  To* CREDENCE_RESTRICT to = static_cast<To*>(out);
  for (std::int64_t i = 0; i < n; ++i) to[i] = narrow<To>::of(wide(from[i]));
}

template <class From>
void cast_from(const void* in, dtype to, void* out, std::int64_t n) {
  switch (to) {
    case dtype::f64:
      return cast_loop<From, double>(in, out, n);
    case dtype::f32:
      return cast_loop<From, float>(in, out, n);
    case dtype::bf16:
      return cast_loop<From, bfloat16>(in, out, n);
    case dtype::f16:
      return cast_loop<From, float16>(in, out, n);
    case dtype::i32:
      return cast_loop<From, std::int32_t>(in, out, n);
    case dtype::u8:
      return cast_loop<From, std::uint8_t>(in, out, n);
  }
}

}  // namespace

void cast_run(dtype from, const void* in, dtype to, void* out, std::int64_t n) {
  switch (from) {
    case dtype::f64:
      return cast_from<double>(in, to, out, n);
    case dtype::f32:
      return cast_from<float>(in, to, out, n);
    case dtype::bf16:
      return cast_from<bfloat16>(in, to, out, n);
    case dtype::f16:
      return cast_from<float16>(in, to, out, n);
    case dtype::i32:
      return cast_from<std::int32_t>(in, to, out, n);
    case dtype::u8:
      return cast_from<std::uint8_t>(in, to, out, n);
  }
}

}  // namespace credence::detail::CREDENCE_ISA
