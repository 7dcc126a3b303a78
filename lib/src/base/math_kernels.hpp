// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/portable_math_calls.hpp"
#include "credence/base/simd.hpp"

#include <cstdint>

namespace credence::detail {

#define CREDENCE_MATH_DECLARE(name)                                                        \
  CREDENCE_SIMD_DECLARE(void, array_##name, const double* in, double* out, std::int64_t n) \
  CREDENCE_SIMD_DECLARE(void, array_##name##_f32, const float* in, float* out, std::int64_t n)
CREDENCE_MATH_UNARY(CREDENCE_MATH_DECLARE)
#undef CREDENCE_MATH_DECLARE

CREDENCE_SIMD_DECLARE(void, array_pow, const double* x, const double* y, double* out, std::int64_t n)
CREDENCE_SIMD_DECLARE(void, array_pow_f32, const float* x, const float* y, float* out, std::int64_t n)
CREDENCE_SIMD_DECLARE(void, array_sincos, const double* in, double* sine, double* cosine, std::int64_t n)
CREDENCE_SIMD_DECLARE(void, array_sincos_f32, const float* in, float* sine, float* cosine, std::int64_t n)
CREDENCE_SIMD_DECLARE(void, array_sincos_pi, const double* in, double* sine, double* cosine, std::int64_t n)
CREDENCE_SIMD_DECLARE(void, array_sincos_pi_f32, const float* in, float* sine, float* cosine, std::int64_t n)
CREDENCE_SIMD_DECLARE_EACH(extern const scalar_math scalar_functions)

}  // namespace credence::detail
