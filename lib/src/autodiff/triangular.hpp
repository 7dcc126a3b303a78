// SPDX-License-Identifier: BSD-3-Clause
// Cholesky factors and triangular solves of one lane, with their adjoints. Row-major; inner loops run along rows, so
// that they vectorise over any T. Adjoints: Murray, "Differentiation of the Cholesky decomposition", arXiv 1602.07527
// (2016).
#pragma once

#include "credence/base/dual.hpp"
#include "credence/tensor/gemm.hpp"

#include <cstdint>

namespace credence::detail {

/// b <- L^-1 b for an (n, m) matrix b.
template <class T>
void forward_substitute(const T* l, std::int64_t n, std::int64_t m, T* b) {
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t k = 0; k < i; ++k) {
      const T factor = l[i * n + k];
      for (std::int64_t c = 0; c < m; ++c) b[i * m + c] = b[i * m + c] - factor * b[k * m + c];
    }
    for (std::int64_t c = 0; c < m; ++c) b[i * m + c] = b[i * m + c] / l[i * n + i];
  }
}

/// b <- L^-T b.
template <class T>
void back_substitute(const T* l, std::int64_t n, std::int64_t m, T* b) {
  for (std::int64_t i = n - 1; i >= 0; --i) {
    for (std::int64_t k = i + 1; k < n; ++k) {
      const T factor = l[k * n + i];
      for (std::int64_t c = 0; c < m; ++c) b[i * m + c] = b[i * m + c] - factor * b[k * m + c];
    }
    for (std::int64_t c = 0; c < m; ++c) b[i * m + c] = b[i * m + c] / l[i * n + i];
  }
}

/// The lower factor of a, of which the lower triangle is read; NaN where a is not positive definite.
/// @param upper  (n, n) of scratch
template <class T>
void cholesky_factor(const T* a, std::int64_t n, T* l, T* upper) {
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j <= i; ++j) upper[j * n + i] = a[i * n + j];
  }
  for (std::int64_t k = 0; k < n; ++k) {
    const T pivot = math::sqrt(upper[k * n + k]);
    upper[k * n + k] = pivot;
    for (std::int64_t j = k + 1; j < n; ++j) upper[k * n + j] = upper[k * n + j] / pivot;
    for (std::int64_t i = k + 1; i < n; ++i) {
      const T factor = upper[k * n + i];
      for (std::int64_t j = i; j < n; ++j) upper[i * n + j] = upper[i * n + j] - factor * upper[k * n + j];
    }
  }
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) l[i * n + j] = j <= i ? upper[j * n + i] : T(0);
  }
}

/// p = the lower triangle of L' L_bar
template <class T>
void lower_product(const T* l, const T* l_bar, std::int64_t n, T* p) {
  for (std::int64_t k = 0; k < n * n; ++k) p[k] = T(0);
  for (std::int64_t k = 0; k < n; ++k) {
    for (std::int64_t i = 0; i <= k; ++i) {
      const T factor = l[k * n + i];
      for (std::int64_t j = 0; j <= i; ++j) p[i * n + j] = p[i * n + j] + factor * l_bar[k * n + j];
    }
  }
}

/// a_bar += adjoint of the lower triangle of a, given p = L' L_bar, of which the lower triangle is read.
/// @param q      (n, n) of scratch; p is overwritten
/// @param solve  solve(l, n, n, b, transposed::yes): b <- L^-T b
template <class T, class Solve>
void finish_cholesky_adjoint(const T* l, std::int64_t n, T* a_bar, T* p, T* q, Solve solve) {
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < i; ++j) p[j * n + i] = p[i * n + j];
  }
  // S = L^-T p L^-1 / 2; the off-diagonal elements stand for two
  solve(l, n, n, p, transposed::yes);
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) q[i * n + j] = p[j * n + i];
  }
  solve(l, n, n, q, transposed::yes);
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < i; ++j) a_bar[i * n + j] = a_bar[i * n + j] + q[i * n + j];
    a_bar[i * n + i] = a_bar[i * n + i] + T(0.5) * q[i * n + i];
  }
}

}  // namespace credence::detail
