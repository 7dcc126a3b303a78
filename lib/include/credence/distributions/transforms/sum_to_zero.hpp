// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/transforms/support.hpp"

namespace credence {
inline namespace CREDENCE_ISA {
namespace transforms {

/// n numbers with sum 0, from n - 1 free ones by an orthonormal basis: distances are kept and the Jacobian is 1, so
/// that independent standard normal u give x the standard normal distribution on the plane sum(x) = 0.
/// @source Stan reference manual 2.36, "Zero sum vector"
struct sum_to_zero {
  static constexpr const char* name = "sum_to_zero";
  static constexpr const char* constraint = "numbers with sum 0";
  static constexpr bool elementwise = false;
  CREDENCE_HD static std::int64_t unconstrained_size(std::int64_t n) { return n - 1; }
  CREDENCE_HD static std::int64_t constrained_size(std::int64_t n) { return n; }
  CREDENCE_HD static std::int64_t scratch_size(std::int64_t) { return 0; }

  template <class In, class Out>
  CREDENCE_HD CREDENCE_INLINE transforms::element<In> constrain(std::int64_t n, In u, Out x) const {
    using T = transforms::element<In>;
    T sum(0);
    for (std::int64_t i = n - 1; i >= 1; --i) {
      const T w = u[i - 1] * norm<T>(i);
      x[i] = sum - w * T(static_cast<double>(i));
      sum += w;
    }
    x[0] = sum;
    return T(0);
  }
  template <class In, class Out, class Scratch>
  CREDENCE_HD CREDENCE_INLINE bool unconstrain(std::int64_t n, In x, Out u, Scratch) const {
    using T = transforms::element<In>;
    T before(0), size(0);
    for (std::int64_t i = 0; i < n; ++i) {
      if (i > 0) u[i - 1] = (before - x[i] * T(static_cast<double>(i))) * norm<T>(i);
      before += x[i];
      size += math::abs(x[i]);
    }
    return math::abs(before) <= T(1e-8) * math::select(size > T(1), size, T(1));
  }
  template <class In, class Bar, class T, class Out, class Scratch>
  CREDENCE_HD CREDENCE_INLINE void vjp(std::int64_t n, In, Bar x_bar, T, Out u_bar, Scratch) const {
    T before(0);
    for (std::int64_t i = 0; i < n; ++i) {
      if (i > 0) u_bar[i - 1] += (before - x_bar[i] * T(static_cast<double>(i))) * norm<T>(i);
      before += x_bar[i];
    }
  }

 private:
  template <class T>
  CREDENCE_HD CREDENCE_INLINE static T norm(std::int64_t i) {
    return T(1) / math::sqrt(T(static_cast<double>(i) * static_cast<double>(i + 1)));
  }
};

}  // namespace transforms
}  // namespace CREDENCE_ISA
}  // namespace credence
