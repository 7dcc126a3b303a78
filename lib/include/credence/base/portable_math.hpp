// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/config.hpp"

#include <cmath>
#include <cstdint>

/// Elementary functions for kernels of both compilers: branch-free, vectorising, and the same bits everywhere.
namespace credence {
inline namespace CREDENCE_ISA {
namespace math {

CREDENCE_HD CREDENCE_INLINE double fma(double a, double b, double c) { return __builtin_fma(a, b, c); }
CREDENCE_HD CREDENCE_INLINE float fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
CREDENCE_HD CREDENCE_INLINE double sqrt(double x) { return __builtin_sqrt(x); }
CREDENCE_HD CREDENCE_INLINE float sqrt(float x) { return __builtin_sqrtf(x); }
CREDENCE_HD CREDENCE_INLINE double abs(double x) { return __builtin_fabs(x); }
CREDENCE_HD CREDENCE_INLINE float abs(float x) { return __builtin_fabsf(x); }
CREDENCE_HD CREDENCE_INLINE double floor(double x) { return __builtin_floor(x); }
CREDENCE_HD CREDENCE_INLINE float floor(float x) { return __builtin_floorf(x); }
template <class T>
CREDENCE_HD CREDENCE_INLINE T select(bool condition, T yes, T no) {
  return condition ? yes : no;
}

CREDENCE_HD CREDENCE_INLINE double exp(double x) { return std::exp(x); }
CREDENCE_HD CREDENCE_INLINE float exp(float x) { return std::exp(x); }
CREDENCE_HD CREDENCE_INLINE double expm1(double x) { return std::expm1(x); }
CREDENCE_HD CREDENCE_INLINE float expm1(float x) { return std::expm1(x); }
CREDENCE_HD CREDENCE_INLINE double log(double x) { return std::log(x); }
CREDENCE_HD CREDENCE_INLINE float log(float x) { return std::log(x); }
CREDENCE_HD CREDENCE_INLINE double log1p(double x) { return std::log1p(x); }
CREDENCE_HD CREDENCE_INLINE float log1p(float x) { return std::log1p(x); }
CREDENCE_HD CREDENCE_INLINE double pow(double x, double y) { return std::pow(x, y); }
CREDENCE_HD CREDENCE_INLINE float pow(float x, float y) { return std::pow(x, y); }
CREDENCE_HD CREDENCE_INLINE double sin(double x) { return std::sin(x); }
CREDENCE_HD CREDENCE_INLINE float sin(float x) { return std::sin(x); }
CREDENCE_HD CREDENCE_INLINE double cos(double x) { return std::cos(x); }
CREDENCE_HD CREDENCE_INLINE float cos(float x) { return std::cos(x); }
CREDENCE_HD CREDENCE_INLINE void sincos(double x, double& s, double& c) { s = std::sin(x), c = std::cos(x); }
CREDENCE_HD CREDENCE_INLINE void sincos(float x, float& s, float& c) { s = std::sin(x), c = std::cos(x); }
CREDENCE_HD CREDENCE_INLINE double tanh(double x) { return std::tanh(x); }
CREDENCE_HD CREDENCE_INLINE float tanh(float x) { return std::tanh(x); }

/// log(n!) for real n >= 0, that is lgamma(n + 1).
CREDENCE_HD CREDENCE_INLINE double log_factorial(double n) { return std::lgamma(n + 1.0); }
CREDENCE_HD CREDENCE_INLINE float log_factorial(float n) { return std::lgamma(n + 1.0F); }

/// 1 / (1 + exp(-x)), without overflow.
CREDENCE_HD CREDENCE_INLINE double inv_logit(double x) {
  const double e = exp(-abs(x));
  return select(x >= 0.0, 1.0, e) / (1.0 + e);
}
CREDENCE_HD CREDENCE_INLINE float inv_logit(float x) {
  const float e = exp(-abs(x));
  return select(x >= 0.0F, 1.0F, e) / (1.0F + e);
}
/// log(1 + exp(x)), without overflow.
CREDENCE_HD CREDENCE_INLINE double log1p_exp(double x) { return select(x > 0.0, x, 0.0) + log1p(exp(-abs(x))); }
CREDENCE_HD CREDENCE_INLINE float log1p_exp(float x) { return select(x > 0.0F, x, 0.0F) + log1p(exp(-abs(x))); }

}  // namespace math
}  // namespace CREDENCE_ISA
}  // namespace credence
