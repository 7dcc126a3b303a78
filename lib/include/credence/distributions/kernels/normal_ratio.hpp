// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/support.hpp"
#include "credence/special/dual.hpp"

namespace credence {
inline namespace CREDENCE_ISA {

namespace kernels {

/// phi(v) / Phi(v), the derivative of log Phi: near -v far below 0, without under- or overflow.
template <class T>
CREDENCE_HD CREDENCE_INLINE T normal_ratio(T v) {
  return T(0.79788456080286535588) / special::erfcx(T(-0.70710678118654752440) * v);
}

/// log(Phi(v) / phi(v)) for v <= 0; anything above.
template <class T>
CREDENCE_HD CREDENCE_INLINE T log_mills_below(T v) {
  const T below = math::select(v < T(0), v, T(0));
  return math::log(special::erfcx(T(-0.70710678118654752440) * below)) + T(0.22579135264472743236);
}

}  // namespace kernels

}  // namespace CREDENCE_ISA
}  // namespace credence
