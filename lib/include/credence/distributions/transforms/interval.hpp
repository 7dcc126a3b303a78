// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/transforms/support.hpp"

namespace credence {
inline namespace CREDENCE_ISA {
namespace transforms {

/// Numbers between two finite bounds: x = low + (high - low) / (1 + exp(-u)).
struct interval {
  double low;
  double high;

  CREDENCE_HD constexpr interval(double least, double greatest) : low(least), high(greatest) {}

  static constexpr const char* name = "interval";
  static constexpr const char* constraint = "strictly between its bounds";
  static constexpr bool elementwise = true;
  CREDENCE_HD static std::int64_t unconstrained_size(std::int64_t n) { return n; }
  CREDENCE_HD static std::int64_t constrained_size(std::int64_t n) { return n; }
  CREDENCE_HD static std::int64_t scratch_size(std::int64_t) { return 0; }

  template <class In, class Out>
  CREDENCE_HD CREDENCE_INLINE transforms::element<In> constrain(std::int64_t n, In u, Out x) const {
    using T = transforms::element<In>;
    const T width = T(high) - T(low), log_width = math::log(width);
    T log_jacobian(0);
    for (std::int64_t i = 0; i < n; ++i) {
      // measured from the nearer end, so that neither end is reached by rounding before it must be
      const T e = math::exp(-math::abs(u[i]));
      const T part = width * (e / (T(1) + e));
      x[i] = math::select(u[i] < T(0), T(low) + part, T(high) - part);
      log_jacobian += log_width - math::abs(u[i]) - T(2) * math::log1p(e);
    }
    return log_jacobian;
  }
  template <class In, class Out, class Scratch>
  CREDENCE_HD CREDENCE_INLINE bool unconstrain(std::int64_t n, In x, Out u, Scratch) const {
    using T = transforms::element<In>;
    bool valid = true;
    for (std::int64_t i = 0; i < n; ++i) {
      valid = valid & (x[i] > T(low)) & (x[i] < T(high));
      u[i] = math::log(x[i] - T(low)) - math::log(T(high) - x[i]);
    }
    return valid;
  }
  template <class In, class Bar, class T, class Out, class Scratch>
  CREDENCE_HD CREDENCE_INLINE void vjp(std::int64_t n, In u, Bar x_bar, T log_jacobian_bar, Out u_bar, Scratch) const {
    const T width = T(high) - T(low);
    for (std::int64_t i = 0; i < n; ++i) {
      const T e = math::exp(-math::abs(u[i])), r = T(1) / (T(1) + e);
      const T slope = math::select(u[i] < T(0), T(1), T(-1)) * ((T(1) - e) * r);  // 1 - 2 inv_logit(u)
      u_bar[i] += x_bar[i] * (width * (e * r) * r) + log_jacobian_bar * slope;
    }
  }
};

}  // namespace transforms
}  // namespace CREDENCE_ISA
}  // namespace credence
