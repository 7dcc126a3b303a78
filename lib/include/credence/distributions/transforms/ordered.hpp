// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/transforms/support.hpp"

namespace credence {
inline namespace CREDENCE_ISA {
namespace transforms {

/// Increasing numbers: x_0 = u_0, x_k = x_{k-1} + exp(u_k).
struct ordered {
  static constexpr const char* name = "ordered";
  static constexpr const char* constraint = "strictly increasing";
  static constexpr bool elementwise = false;
  CREDENCE_HD static std::int64_t unconstrained_size(std::int64_t n) { return n; }
  CREDENCE_HD static std::int64_t constrained_size(std::int64_t n) { return n; }
  CREDENCE_HD static std::int64_t scratch_size(std::int64_t) { return 0; }

  template <class In, class Out>
  CREDENCE_HD CREDENCE_INLINE transforms::element<In> constrain(std::int64_t n, In u, Out x) const {
    using T = transforms::element<In>;
    T log_jacobian(0), last(0);
    for (std::int64_t k = 0; k < n; ++k) {
      last = k == 0 ? T(u[0]) : last + math::exp(u[k]);
      if (k > 0) log_jacobian += u[k];
      x[k] = last;
    }
    return log_jacobian;
  }
  template <class In, class Out, class Scratch>
  CREDENCE_HD CREDENCE_INLINE bool unconstrain(std::int64_t n, In x, Out u, Scratch) const {
    using T = transforms::element<In>;
    bool valid = true;
    for (std::int64_t k = 0; k < n; ++k) {
      valid = valid & (math::abs(x[k]) < T(__builtin_inf())) & (k == 0 || x[k] > x[k - 1]);
      u[k] = k == 0 ? T(x[0]) : math::log(x[k] - x[k - 1]);
    }
    return valid;
  }
  template <class In, class Bar, class T, class Out, class Scratch>
  CREDENCE_HD CREDENCE_INLINE void vjp(std::int64_t n, In u, Bar x_bar, T log_jacobian_bar, Out u_bar, Scratch) const {
    T sum(0);
    for (std::int64_t k = n - 1; k >= 0; --k) {
      sum += x_bar[k];
      u_bar[k] += k == 0 ? sum : sum * math::exp(u[k]) + log_jacobian_bar;
    }
  }
};

/// Increasing positive numbers: x_0 = exp(u_0), x_k = x_{k-1} + exp(u_k).
struct positive_ordered {
  static constexpr const char* name = "positive_ordered";
  static constexpr const char* constraint = "positive and strictly increasing";
  static constexpr bool elementwise = false;
  CREDENCE_HD static std::int64_t unconstrained_size(std::int64_t n) { return n; }
  CREDENCE_HD static std::int64_t constrained_size(std::int64_t n) { return n; }
  CREDENCE_HD static std::int64_t scratch_size(std::int64_t) { return 0; }

  template <class In, class Out>
  CREDENCE_HD CREDENCE_INLINE transforms::element<In> constrain(std::int64_t n, In u, Out x) const {
    using T = transforms::element<In>;
    T log_jacobian(0), last(0);
    for (std::int64_t k = 0; k < n; ++k) {
      last += math::exp(u[k]);
      log_jacobian += u[k];
      x[k] = last;
    }
    return log_jacobian;
  }
  template <class In, class Out, class Scratch>
  CREDENCE_HD CREDENCE_INLINE bool unconstrain(std::int64_t n, In x, Out u, Scratch) const {
    using T = transforms::element<In>;
    bool valid = true;
    T last(0);
    for (std::int64_t k = 0; k < n; ++k) {
      valid = valid & (x[k] > last) & (x[k] < T(__builtin_inf()));
      u[k] = math::log(x[k] - last);
      last = x[k];
    }
    return valid;
  }
  template <class In, class Bar, class T, class Out, class Scratch>
  CREDENCE_HD CREDENCE_INLINE void vjp(std::int64_t n, In u, Bar x_bar, T log_jacobian_bar, Out u_bar, Scratch) const {
    T sum(0);
    for (std::int64_t k = n - 1; k >= 0; --k) {
      sum += x_bar[k];
      u_bar[k] += sum * math::exp(u[k]) + log_jacobian_bar;
    }
  }
};

}  // namespace transforms
}  // namespace CREDENCE_ISA
}  // namespace credence
