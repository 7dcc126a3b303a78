// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/transforms/cholesky_cov.hpp"
#include "credence/distributions/transforms/symmetric.hpp"

namespace credence {
inline namespace CREDENCE_ISA {
namespace transforms {

/// n by n covariance matrices, L L' with L from cholesky_cov. The Jacobian is that of the entries on and below the
/// diagonal: n log 2 + sum_i (n + 1 - i) log L_ii.
struct cov {
  static constexpr const char* name = "cov";
  static constexpr const char* constraint = "symmetric and positive definite";
  static constexpr bool elementwise = false;
  CREDENCE_HD static std::int64_t unconstrained_size(std::int64_t n) { return n * (n + 1) / 2; }
  CREDENCE_HD static std::int64_t constrained_size(std::int64_t n) { return n * n; }
  CREDENCE_HD static std::int64_t scratch_size(std::int64_t n) { return 2 * n * n; }

  template <class In, class Out>
  CREDENCE_HD CREDENCE_INLINE transforms::element<In> constrain(std::int64_t n, In u, Out x) const {
    using T = transforms::element<In>;
    cholesky_cov{}.constrain(n, u, x);
    T log_jacobian = T(static_cast<double>(n) * constants::log_two);
    for (std::int64_t i = 0; i < n; ++i) log_jacobian += T(static_cast<double>(n + 1 - i)) * u[i * (i + 3) / 2];
    transforms::square_in_place(n, x);
    return log_jacobian;
  }
  template <class In, class Out, class Scratch>
  CREDENCE_HD CREDENCE_INLINE bool unconstrain(std::int64_t n, In x, Out u, Scratch scratch) const {
    return transforms::factorise(n, x, scratch) && cholesky_cov{}.unconstrain(n, scratch, u, scratch);
  }
  template <class In, class Bar, class T, class Out, class Scratch>
  CREDENCE_HD CREDENCE_INLINE void vjp(std::int64_t n, In u, Bar x_bar, T log_jacobian_bar, Out u_bar,
                                       Scratch scratch) const {
    cholesky_cov{}.constrain(n, u, scratch);
    const transforms::shifted<Scratch> l_bar{scratch, n * n};
    transforms::square_vjp(n, scratch, x_bar, l_bar);
    cholesky_cov{}.vjp(n, u, l_bar, T(0), u_bar, scratch);
    for (std::int64_t i = 0; i < n; ++i) {
      u_bar[i * (i + 3) / 2] += T(static_cast<double>(n + 1 - i)) * log_jacobian_bar;
    }
  }
};

}  // namespace transforms
}  // namespace CREDENCE_ISA
}  // namespace credence
