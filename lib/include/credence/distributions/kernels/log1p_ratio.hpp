// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/kernels/support.hpp"

namespace credence {
inline namespace CREDENCE_ISA {
namespace kernels {

/// log(1 + t) / t, 1 at t = 0: what lets the shape of an extreme-value family pass through 0.
template <class T>
CREDENCE_HD CREDENCE_INLINE T log1p_ratio_series(T t) {
  T sum(0);
  for (int k = 4; k >= 0; --k) sum = math::fma(-t, sum, T(1.0 / (k + 1)));
  return sum;
}
template <class T>
CREDENCE_HD CREDENCE_INLINE T log1p_ratio(T t) {
  const bool small =
      math::abs(t) < T(1e-5);  // the series' next term is below 1e-26 there; it also carries tangents at 0
  const T safe = math::select(small, T(1), t);
  return math::select(small, log1p_ratio_series(t), math::log1p(safe) / safe);
}

/// Its derivative, (t / (1 + t) - log(1 + t)) / t^2; near 0 as the series -1/2 + 2 t / 3 - 3 t^2 / 4 + ..., whose next
/// term is below 1e-16 there.
template <class T>
CREDENCE_HD CREDENCE_INLINE T log1p_ratio_slope(T t) {
  const bool small = math::abs(t) < T(0.15);
  T series(0);
  for (int k = 20; k >= 1; --k) series = math::fma(-t, series, T(-static_cast<double>(k) / (k + 1)));
  const T safe = math::select(small, T(1), t);
  return math::select(small, series, (safe / (T(1) + safe) - math::log1p(safe)) / (safe * safe));
}

}  // namespace kernels
}  // namespace CREDENCE_ISA
}  // namespace credence
