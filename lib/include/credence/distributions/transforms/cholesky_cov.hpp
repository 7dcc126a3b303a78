// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/transforms/support.hpp"

namespace credence {
inline namespace CREDENCE_ISA {
namespace transforms {

/// Cholesky factors of n by n covariance matrices, from n (n + 1) / 2 free numbers, row by row: L_ij = u below the
/// diagonal, L_ii = exp(u).
struct cholesky_cov {
  static constexpr const char* name = "cholesky_cov";
  static constexpr const char* constraint = "lower triangular with a positive diagonal";
  static constexpr bool elementwise = false;
  CREDENCE_HD static std::int64_t unconstrained_size(std::int64_t n) { return n * (n + 1) / 2; }
  CREDENCE_HD static std::int64_t constrained_size(std::int64_t n) { return n * n; }
  CREDENCE_HD static std::int64_t scratch_size(std::int64_t) { return 0; }

  template <class In, class Out>
  CREDENCE_HD CREDENCE_INLINE transforms::element<In> constrain(std::int64_t n, In u, Out x) const {
    using T = transforms::element<In>;
    T log_jacobian(0);
    std::int64_t at = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t j = 0; j < i; ++j) x[i * n + j] = u[at++];
      log_jacobian += u[at];
      x[i * n + i] = math::exp(u[at++]);
      for (std::int64_t j = i + 1; j < n; ++j) x[i * n + j] = T(0);
    }
    return log_jacobian;
  }
  template <class In, class Out, class Scratch>
  CREDENCE_HD CREDENCE_INLINE bool unconstrain(std::int64_t n, In x, Out u, Scratch) const {
    using T = transforms::element<In>;
    bool valid = true;
    std::int64_t at = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t j = 0; j < i; ++j) {
        valid = valid & (math::abs(x[i * n + j]) < T(__builtin_inf()));
        u[at++] = x[i * n + j];
      }
      valid = valid & (x[i * n + i] > T(0)) & (x[i * n + i] < T(__builtin_inf()));
      u[at++] = math::log(x[i * n + i]);
      for (std::int64_t j = i + 1; j < n; ++j) valid = valid & (x[i * n + j] == T(0));
    }
    return valid;
  }
  template <class In, class Bar, class T, class Out, class Scratch>
  CREDENCE_HD CREDENCE_INLINE void vjp(std::int64_t n, In u, Bar x_bar, T log_jacobian_bar, Out u_bar, Scratch) const {
    std::int64_t at = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t j = 0; j < i; ++j) u_bar[at++] += x_bar[i * n + j];
      u_bar[at] += x_bar[i * n + i] * math::exp(u[at]) + log_jacobian_bar;
      ++at;
    }
  }
};

}  // namespace transforms
}  // namespace CREDENCE_ISA
}  // namespace credence
