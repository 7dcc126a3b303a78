// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/transforms/support.hpp"

namespace credence {
inline namespace CREDENCE_ISA {
namespace transforms {

/// Vectors of length 1: x = u / |u|. The n free numbers are one too many; their length is given a chi distribution by
/// taking -|u|^2 / 2 as the log Jacobian, which makes x uniform on the sphere when nothing else is known.
/// @source Marsaglia 1972; Stan reference manual, "Unit vector"
struct unit_vector {
  static constexpr const char* name = "unit_vector";
  static constexpr const char* constraint = "of length 1";
  static constexpr bool elementwise = false;
  CREDENCE_HD static std::int64_t unconstrained_size(std::int64_t n) { return n; }
  CREDENCE_HD static std::int64_t constrained_size(std::int64_t n) { return n; }
  CREDENCE_HD static std::int64_t scratch_size(std::int64_t) { return 0; }

  template <class In, class Out>
  CREDENCE_HD CREDENCE_INLINE transforms::element<In> constrain(std::int64_t n, In u, Out x) const {
    using T = transforms::element<In>;
    T square(0);
    for (std::int64_t k = 0; k < n; ++k) square += u[k] * u[k];
    const T scale = T(1) / math::sqrt(square);
    for (std::int64_t k = 0; k < n; ++k) x[k] = u[k] * scale;
    return T(-0.5) * square;
  }
  template <class In, class Out, class Scratch>
  CREDENCE_HD CREDENCE_INLINE bool unconstrain(std::int64_t n, In x, Out u, Scratch) const {
    using T = transforms::element<In>;
    T square(0);
    for (std::int64_t k = 0; k < n; ++k) {
      square += x[k] * x[k];
      u[k] = x[k];
    }
    return math::abs(square - T(1)) <= T(1e-8);
  }
  template <class In, class Bar, class T, class Out, class Scratch>
  CREDENCE_HD CREDENCE_INLINE void vjp(std::int64_t n, In u, Bar x_bar, T log_jacobian_bar, Out u_bar, Scratch) const {
    T square(0), along(0);
    for (std::int64_t k = 0; k < n; ++k) {
      square += u[k] * u[k];
      along += u[k] * x_bar[k];
    }
    const T scale = T(1) / math::sqrt(square);
    const T back = along / square * scale + log_jacobian_bar;
    for (std::int64_t k = 0; k < n; ++k) u_bar[k] += x_bar[k] * scale - u[k] * back;
  }
};

}  // namespace transforms
}  // namespace CREDENCE_ISA
}  // namespace credence
