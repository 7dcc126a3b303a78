// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/transforms/support.hpp"

namespace credence {
inline namespace CREDENCE_ISA {
namespace transforms {

/// Numbers below `bound`: x = bound - exp(u).
struct upper {
  double bound;

  CREDENCE_HD constexpr explicit upper(double greatest) : bound(greatest) {}

  static constexpr const char* name = "upper";
  static constexpr const char* constraint = "below its bound";
  static constexpr bool elementwise = true;
  CREDENCE_HD static std::int64_t unconstrained_size(std::int64_t n) { return n; }
  CREDENCE_HD static std::int64_t constrained_size(std::int64_t n) { return n; }
  CREDENCE_HD static std::int64_t scratch_size(std::int64_t) { return 0; }

  template <class In, class Out>
  CREDENCE_HD CREDENCE_INLINE transforms::element<In> constrain(std::int64_t n, In u, Out x) const {
    using T = transforms::element<In>;
    T log_jacobian(0);
    for (std::int64_t i = 0; i < n; ++i) {
      x[i] = T(bound) - math::exp(u[i]);
      log_jacobian += u[i];
    }
    return log_jacobian;
  }
  template <class In, class Out, class Scratch>
  CREDENCE_HD CREDENCE_INLINE bool unconstrain(std::int64_t n, In x, Out u, Scratch) const {
    using T = transforms::element<In>;
    bool valid = true;
    for (std::int64_t i = 0; i < n; ++i) {
      valid = valid & (x[i] < T(bound)) & (x[i] > -T(__builtin_inf()));
      u[i] = math::log(T(bound) - x[i]);
    }
    return valid;
  }
  template <class In, class Bar, class T, class Out, class Scratch>
  CREDENCE_HD CREDENCE_INLINE void vjp(std::int64_t n, In u, Bar x_bar, T log_jacobian_bar, Out u_bar, Scratch) const {
    for (std::int64_t i = 0; i < n; ++i) u_bar[i] += log_jacobian_bar - x_bar[i] * math::exp(u[i]);
  }
};

}  // namespace transforms
}  // namespace CREDENCE_ISA
}  // namespace credence
