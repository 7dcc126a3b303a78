// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/config.hpp"
#include "credence/base/constants.hpp"
#include "credence/base/dual.hpp"
#include "credence/base/portable_math.hpp"

#include <cstdint>
#include <type_traits>
#include <utility>

/// Transforms take unconstrained numbers u to constrained ones x and know the logarithm of the Jacobian determinant.
/// Each is a small value with the members
///
///  - name, constraint: text for messages
///  - elementwise: true when n numbers become n numbers, each alone; false for one vector or one matrix
///  - unconstrained_size(n), constrained_size(n), scratch_size(n): n is the length, or the rows of a square matrix
///  - T constrain(n, u, x): writes x, returns log |dx/du|
///  - bool unconstrain(n, x, u, scratch): the inverse; false when x is not such a thing, and u is meaningless then
///  - void vjp(n, u, x_bar, log_jacobian_bar, u_bar, scratch): adds x_bar' dx/du + log_jacobian_bar d(log Jacobian)/du
///    to u_bar
///
/// u, x and the rest are anything that indexes: pointers, or `strided` ones for the lanes of a tile. Matrices are
/// row-major. x and u may not overlap. No allocation, no exception; the checked doors are in transforms.hpp.
namespace credence {
inline namespace CREDENCE_ISA {

/// A pointer whose consecutive elements lie `stride` apart.
template <class T>
struct strided {
  T* data;
  std::int64_t stride;
  CREDENCE_HD CREDENCE_INLINE T& operator[](std::int64_t i) const { return data[i * stride]; }
};

namespace transforms {

template <class Indexable>
using element = std::remove_cv_t<std::remove_reference_t<decltype(std::declval<Indexable>()[0])>>;

/// log(1 - tanh(u)^2), for any u.
template <class T>
CREDENCE_HD CREDENCE_INLINE T log_sech_squared(T u) {
  const T a = math::abs(u);
  return T(2) * (T(constants::log_two) - a - math::log1p(math::exp(T(-2) * a)));
}

/// Inverse hyperbolic sine without cancellation at 0.
template <class T>
CREDENCE_HD CREDENCE_INLINE T asinh(T t) {
  const T a = math::abs(t);
  const T r = math::log1p(a + a * (a / (T(1) + math::sqrt(math::fma(a, a, T(1))))));
  return math::select(t < T(0), -r, r);
}

}  // namespace transforms

}  // namespace CREDENCE_ISA
}  // namespace credence
