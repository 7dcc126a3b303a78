// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/transforms/cholesky_corr.hpp"
#include "credence/distributions/transforms/symmetric.hpp"

namespace credence {
inline namespace CREDENCE_ISA {
namespace transforms {

/// n by n correlation matrices, L L' with L from cholesky_corr. The Jacobian is that of the entries below the diagonal.
struct corr {
  static constexpr const char* name = "corr";
  static constexpr const char* constraint = "symmetric and positive definite with unit diagonal";
  static constexpr bool elementwise = false;
  CREDENCE_HD static std::int64_t unconstrained_size(std::int64_t n) { return n * (n - 1) / 2; }
  CREDENCE_HD static std::int64_t constrained_size(std::int64_t n) { return n * n; }
  CREDENCE_HD static std::int64_t scratch_size(std::int64_t n) { return 2 * n * n; }

  template <class In, class Out>
  CREDENCE_HD CREDENCE_INLINE transforms::element<In> constrain(std::int64_t n, In u, Out x) const {
    using T = transforms::element<In>;
    T log_jacobian = cholesky_corr{}.constrain(n, u, x);
    std::int64_t at = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      T log_left(0);  // 2 log L_ii
      for (std::int64_t j = 0; j < i; ++j) log_left += transforms::log_sech_squared(T(u[at++]));
      log_jacobian += T(0.5 * static_cast<double>(n - 1 - i)) * log_left;
    }
    transforms::square_in_place(n, x);
    for (std::int64_t i = 0; i < n; ++i) x[i * n + i] = T(1);  // what rounding may have missed
    return log_jacobian;
  }
  template <class In, class Out, class Scratch>
  CREDENCE_HD CREDENCE_INLINE bool unconstrain(std::int64_t n, In x, Out u, Scratch scratch) const {
    return transforms::factorise(n, x, scratch) && cholesky_corr{}.unconstrain(n, scratch, u, scratch);
  }
  template <class In, class Bar, class T, class Out, class Scratch>
  CREDENCE_HD CREDENCE_INLINE void vjp(std::int64_t n, In u, Bar x_bar, T log_jacobian_bar, Out u_bar,
                                       Scratch scratch) const {
    cholesky_corr{}.constrain(n, u, scratch);
    const transforms::shifted<Scratch> l_bar{scratch, n * n};
    transforms::square_vjp(n, scratch, transforms::without_diagonal<Bar>{x_bar, n}, l_bar);
    cholesky_corr::vjp_with_diagonal(n, u, l_bar, log_jacobian_bar, log_jacobian_bar, u_bar);
  }
};

}  // namespace transforms
}  // namespace CREDENCE_ISA
}  // namespace credence
