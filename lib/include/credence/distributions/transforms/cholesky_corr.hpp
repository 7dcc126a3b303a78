// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/transforms/support.hpp"

namespace credence {
inline namespace CREDENCE_ISA {
namespace transforms {

/// Cholesky factors of n by n correlation matrices, from n (n - 1) / 2 free numbers, row by row below the diagonal:
/// L_ij = tanh(u_ij) sqrt(1 - sum_{k<j} L_ik^2). Each tanh(u_ij) is a partial correlation.
/// @source Lewandowski, Kurowicka, Joe 2009; Stan reference manual, "Cholesky factors of correlation matrices"
struct cholesky_corr {
  static constexpr const char* name = "cholesky_corr";
  static constexpr const char* constraint = "lower triangular with a positive diagonal and rows of length 1";
  static constexpr bool elementwise = false;
  CREDENCE_HD static std::int64_t unconstrained_size(std::int64_t n) { return n * (n - 1) / 2; }
  CREDENCE_HD static std::int64_t constrained_size(std::int64_t n) { return n * n; }
  CREDENCE_HD static std::int64_t scratch_size(std::int64_t) { return 0; }

  template <class In, class Out>
  CREDENCE_HD CREDENCE_INLINE transforms::element<In> constrain(std::int64_t n, In u, Out x) const {
    using T = transforms::element<In>;
    T log_jacobian(0);
    std::int64_t at = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      T log_left(0);  // log(1 - sum of the squares so far)
      for (std::int64_t j = 0; j < i; ++j, ++at) {
        const T step = transforms::log_sech_squared(T(u[at]));
        x[i * n + j] = math::tanh(u[at]) * math::exp(T(0.5) * log_left);
        log_jacobian += step + T(0.5) * log_left;
        log_left += step;
      }
      x[i * n + i] = math::exp(T(0.5) * log_left);
      for (std::int64_t j = i + 1; j < n; ++j) x[i * n + j] = T(0);
    }
    return log_jacobian;
  }
  template <class In, class Out, class Scratch>
  CREDENCE_HD CREDENCE_INLINE bool unconstrain(std::int64_t n, In x, Out u, Scratch) const {
    using T = transforms::element<In>;
    bool valid = true;
    for (std::int64_t i = 0; i < n; ++i) {
      valid = valid & (x[i * n + i] > T(0));
      for (std::int64_t j = i + 1; j < n; ++j) valid = valid & (x[i * n + j] == T(0));
      T left = x[i * n + i] * x[i * n + i];  // sum of the squares from j on, which is 1 - the sum before j
      for (std::int64_t j = i - 1; j >= 0; --j) {
        u[i * (i - 1) / 2 + j] = transforms::asinh(x[i * n + j] / math::sqrt(left));
        left += x[i * n + j] * x[i * n + j];
      }
      valid = valid & (math::abs(left - T(1)) <= T(1e-8));
    }
    return valid;
  }
  template <class In, class Bar, class T, class Out, class Scratch>
  CREDENCE_HD CREDENCE_INLINE void vjp(std::int64_t n, In u, Bar x_bar, T log_jacobian_bar, Out u_bar, Scratch) const {
    vjp_with_diagonal(n, u, x_bar, log_jacobian_bar, T(0), u_bar);
  }

  /// vjp where the log Jacobian has a further term, sum_i (n - 1 - i) log L_ii, with the adjoint `diagonal_bar`.
  template <class In, class Bar, class T, class Out>
  CREDENCE_HD CREDENCE_INLINE static void vjp_with_diagonal(std::int64_t n, In u, Bar x_bar, T log_jacobian_bar,
                                                            T diagonal_bar, Out u_bar) {
    for (std::int64_t i = 0; i < n; ++i) {
      const std::int64_t row = i * (i - 1) / 2;
      T log_left(0);
      for (std::int64_t j = 0; j < i; ++j) log_left += transforms::log_sech_squared(T(u[row + j]));
      T left_bar =
          T(0.5) * (x_bar[i * n + i] * math::exp(T(0.5) * log_left) + T(static_cast<double>(n - 1 - i)) * diagonal_bar);
      for (std::int64_t j = i - 1; j >= 0; --j) {
        const T step = transforms::log_sech_squared(T(u[row + j])), z = math::tanh(u[row + j]);
        log_left -= step;
        const T root = math::exp(T(0.5) * log_left);
        u_bar[row + j] += x_bar[i * n + j] * (math::exp(step) * root) - T(2) * z * (left_bar + log_jacobian_bar);
        left_bar += T(0.5) * (x_bar[i * n + j] * (z * root) + log_jacobian_bar);
      }
    }
  }
};

}  // namespace transforms
}  // namespace CREDENCE_ISA
}  // namespace credence
