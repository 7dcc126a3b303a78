// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/portable_math.hpp"

#include "credence/special/calls.hpp"

#if CREDENCE_INLINE_MATH || defined(__CUDACC__)
#include "credence/special/lambert_owen_inlined.hpp"
#endif

/// Errors in ulp by region: docs/guide/special.md. Outside the domain the result is NaN; single precision is computed
/// in double and rounded. Source: R. M. Corless et al., Advances in Computational Mathematics 5 (1996).
namespace credence {
inline namespace CREDENCE_ISA {
namespace special {

/// The solution w >= -1 of w exp(w) = x, for x >= -1 / e.
CREDENCE_HD CREDENCE_INLINE double lambert_w0(double x) { return CREDENCE_SPECIAL(lambert_w0)(x); }
CREDENCE_HD CREDENCE_INLINE float lambert_w0(float x) {
  return static_cast<float>(special::lambert_w0(static_cast<double>(x)));
}
/// The solution w <= -1 of w exp(w) = x, for -1 / e <= x < 0; -infinity at 0.
CREDENCE_HD CREDENCE_INLINE double lambert_wm1(double x) { return CREDENCE_SPECIAL(lambert_wm1)(x); }
CREDENCE_HD CREDENCE_INLINE float lambert_wm1(float x) {
  return static_cast<float>(special::lambert_wm1(static_cast<double>(x)));
}

}  // namespace special
}  // namespace CREDENCE_ISA
}  // namespace credence
