// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/distributions/transforms/support.hpp"

/// Steps that corr and cov share: the product L L', its adjoint, and the factorisation that undoes it.
namespace credence {
inline namespace CREDENCE_ISA {
namespace transforms {

/// What lies `offset` elements further on.
template <class Indexable>
struct shifted {
  Indexable base;
  std::int64_t offset;
  CREDENCE_HD CREDENCE_INLINE decltype(auto) operator[](std::int64_t i) const { return base[offset + i]; }
};

/// The adjoint of a matrix whose diagonal is constant: nothing flows back from there.
template <class Bar>
struct without_diagonal {
  Bar base;
  std::int64_t n;
  CREDENCE_HD CREDENCE_INLINE element<Bar> operator[](std::int64_t i) const {
    return i % (n + 1) == 0 ? element<Bar>(0) : element<Bar>(base[i]);
  }
};

/// x = L L' in place, where x holds L. Rows from the last to the first, and each from its end: no entry is overwritten
/// before its last use.
template <class Out>
CREDENCE_HD CREDENCE_INLINE void square_in_place(std::int64_t n, Out x) {
  using T = element<Out>;
  for (std::int64_t i = n - 1; i >= 0; --i) {
    for (std::int64_t j = i; j >= 0; --j) {
      T sum(0);
      for (std::int64_t k = 0; k <= j; ++k) sum = math::fma(T(x[i * n + k]), T(x[j * n + k]), sum);
      x[i * n + j] = sum;
    }
  }
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < i; ++j) x[j * n + i] = x[i * n + j];
  }
}

/// l_bar = lower triangle of (x_bar + x_bar') L.
template <class In, class Bar, class Out>
CREDENCE_HD CREDENCE_INLINE void square_vjp(std::int64_t n, In l, Bar x_bar, Out l_bar) {
  using T = element<Out>;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j <= i; ++j) {
      T sum(0);
      for (std::int64_t k = j; k < n; ++k) {
        sum = math::fma(T(x_bar[i * n + k]) + T(x_bar[k * n + i]), T(l[k * n + j]), sum);
      }
      l_bar[i * n + j] = sum;
    }
    for (std::int64_t j = i + 1; j < n; ++j) l_bar[i * n + j] = T(0);
  }
}

/// l = the Cholesky factor of x; false when x is not symmetric (to 1e-8 of its diagonal) or not positive definite.
template <class In, class Out>
CREDENCE_HD CREDENCE_INLINE bool factorise(std::int64_t n, In x, Out l) {
  using T = element<In>;
  bool valid = true;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j <= i; ++j) {
      T sum = x[i * n + j];
      for (std::int64_t k = 0; k < j; ++k) sum = math::fma(-T(l[i * n + k]), T(l[j * n + k]), sum);
      if (j < i) {
        const T size = math::sqrt(math::abs(T(x[i * n + i]) * T(x[j * n + j])));
        valid = valid & (math::abs(T(x[i * n + j]) - T(x[j * n + i])) <= T(1e-8) * size);
        l[i * n + j] = sum / l[j * n + j];
      } else {
        valid = valid & (sum > T(0)) & (sum < T(__builtin_inf()));
        l[i * n + i] = math::sqrt(sum);
      }
    }
    for (std::int64_t j = i + 1; j < n; ++j) l[i * n + j] = T(0);
  }
  return valid;
}

}  // namespace transforms

}  // namespace CREDENCE_ISA
}  // namespace credence
