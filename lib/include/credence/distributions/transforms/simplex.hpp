// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/transforms/support.hpp"

namespace credence {
inline namespace CREDENCE_ISA {
namespace transforms {

/// n non-negative numbers with sum 1, from n - 1 free ones by breaking a stick: x_k takes the share inv_logit(a_k) of
/// what x_0 .. x_{k-1} left over, a_k = u_k - log(n - 1 - k), so that u = 0 is the uniform vector.
/// @source Stan reference manual 2.32, "Unit simplex transform" (later versions of Stan use an isometric log ratio)
struct simplex {
  static constexpr const char* name = "simplex";
  static constexpr const char* constraint = "positive numbers with sum 1";
  static constexpr bool elementwise = false;
  CREDENCE_HD static std::int64_t unconstrained_size(std::int64_t n) { return n - 1; }
  CREDENCE_HD static std::int64_t constrained_size(std::int64_t n) { return n; }
  CREDENCE_HD static std::int64_t scratch_size(std::int64_t) { return 0; }

  template <class In, class Out>
  CREDENCE_HD CREDENCE_INLINE transforms::element<In> constrain(std::int64_t n, In u, Out x) const {
    using T = transforms::element<In>;
    T log_left(0), log_jacobian(0);  // logarithms: the stick may become very short
    for (std::int64_t k = 0; k + 1 < n; ++k) {
      const T a = u[k] - math::log(T(static_cast<double>(n - 1 - k)));
      const T log_share = -math::log1p_exp(-a), log_rest = -math::log1p_exp(a);
      x[k] = math::exp(log_left + log_share);
      log_jacobian += log_left + log_share + log_rest;
      log_left += log_rest;
    }
    x[n - 1] = math::exp(log_left);
    return log_jacobian;
  }
  template <class In, class Out, class Scratch>
  CREDENCE_HD CREDENCE_INLINE bool unconstrain(std::int64_t n, In x, Out u, Scratch) const {
    using T = transforms::element<In>;
    T left(0);
    bool valid = true;
    for (std::int64_t k = n - 1; k >= 0; --k) {
      if (k < n - 1) u[k] = math::log(x[k]) - math::log(left) + math::log(T(static_cast<double>(n - 1 - k)));
      valid = valid & (x[k] > T(0));
      left += x[k];
    }
    return valid & (math::abs(left - T(1)) <= T(1e-8));
  }
  template <class In, class Bar, class T, class Out, class Scratch>
  CREDENCE_HD CREDENCE_INLINE void vjp(std::int64_t n, In u, Bar x_bar, T log_jacobian_bar, Out u_bar, Scratch) const {
    T log_left(0);
    for (std::int64_t k = 0; k + 1 < n; ++k) {
      log_left -= math::log1p_exp(u[k] - math::log(T(static_cast<double>(n - 1 - k))));
    }
    T left_bar = x_bar[n - 1] * math::exp(log_left);  // by the logarithm of what is left
    for (std::int64_t k = n - 2; k >= 0; --k) {
      const T a = u[k] - math::log(T(static_cast<double>(n - 1 - k)));
      const T share = math::inv_logit(a), rest = math::inv_logit(-a);
      log_left += math::log1p_exp(a);
      const T flow = x_bar[k] * (math::exp(log_left) * share);
      u_bar[k] += flow * rest - left_bar * share + log_jacobian_bar * (rest - share);
      left_bar += flow + log_jacobian_bar;
    }
  }
};

}  // namespace transforms
}  // namespace CREDENCE_ISA
}  // namespace credence
