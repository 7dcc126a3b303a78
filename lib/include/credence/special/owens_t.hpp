// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/portable_math.hpp"

#include "credence/special/calls.hpp"

#if CREDENCE_INLINE_MATH || defined(__CUDACC__)
#include "credence/special/lambert_owen_inlined.hpp"
#endif

/// Errors in ulp by region: docs/guide/special.md. Outside the domain the result is NaN; single precision is computed
/// in double and rounded.
namespace credence {
inline namespace CREDENCE_ISA {
namespace special {

/// Owen's T function: 1 / (2 pi) times the integral of exp(-h^2 (1 + x^2) / 2) / (1 + x^2) from 0 to a. The probability
/// of X > h and 0 < Y < a X for independent standard normals.
CREDENCE_HD CREDENCE_INLINE double owens_t(double h, double a) { return CREDENCE_SPECIAL(owens_t)(h, a); }
CREDENCE_HD CREDENCE_INLINE float owens_t(float h, float a) {
  return static_cast<float>(special::owens_t(static_cast<double>(h), static_cast<double>(a)));
}

}  // namespace special
}  // namespace CREDENCE_ISA
}  // namespace credence
