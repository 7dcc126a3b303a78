// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/check.hpp"
#include "credence/base/portable_math.hpp"
#include "credence/distributions/transforms/symmetric.hpp"
#include "credence/tensor/view.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// Steps with triangular matrices (row-major n by n) that the families of vectors and matrices share.
namespace credence::detail {

using numbers = std::vector<double>;

inline std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

/// x = L^-1 x.
inline void solve_lower(std::int64_t n, const double* l, double* x) {
  for (std::int64_t i = 0; i < n; ++i) {
    double sum = x[i];
    for (std::int64_t j = 0; j < i; ++j) sum = math::fma(-l[i * n + j], x[j], sum);
    x[i] = sum / l[i * n + i];
  }
}
/// x = L'^-1 x.
inline void solve_upper(std::int64_t n, const double* l, double* x) {
  for (std::int64_t i = n - 1; i >= 0; --i) {
    double sum = x[i];
    for (std::int64_t j = i + 1; j < n; ++j) sum = math::fma(-l[j * n + i], x[j], sum);
    x[i] = sum / l[i * n + i];
  }
}
/// sum log L_ii.
inline double log_diagonal(std::int64_t n, const double* l) {
  double sum = 0.0;
  for (std::int64_t i = 0; i < n; ++i) sum += math::log(l[i * (n + 1)]);
  return sum;
}
/// L^-1 B for B of n by m.
inline void solve_lower_columns(std::int64_t n, std::int64_t m, const double* l, double* b) {
  numbers column(at(n));
  for (std::int64_t j = 0; j < m; ++j) {
    for (std::int64_t i = 0; i < n; ++i) column[at(i)] = b[i * m + j];
    solve_lower(n, l, column.data());
    for (std::int64_t i = 0; i < n; ++i) b[i * m + j] = column[at(i)];
  }
}
inline void solve_upper_columns(std::int64_t n, std::int64_t m, const double* l, double* b) {
  numbers column(at(n));
  for (std::int64_t j = 0; j < m; ++j) {
    for (std::int64_t i = 0; i < n; ++i) column[at(i)] = b[i * m + j];
    solve_upper(n, l, column.data());
    for (std::int64_t i = 0; i < n; ++i) b[i * m + j] = column[at(i)];
  }
}
inline numbers transposed(std::int64_t n, std::int64_t m, const numbers& a) {
  numbers out(a.size());
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < m; ++j) out[at(j * n + i)] = a[at(i * m + j)];
  }
  return out;
}
inline numbers identity(std::int64_t n) {
  numbers out(at(n * n), 0.0);
  for (std::int64_t i = 0; i < n; ++i) out[at(i * (n + 1))] = 1.0;
  return out;
}
/// (L L')^-1.
inline numbers inverse_of_square(std::int64_t n, const numbers& l) {
  numbers out = identity(n);
  solve_lower_columns(n, n, l.data(), out.data());
  solve_upper_columns(n, n, l.data(), out.data());
  return out;
}

/// The entries of a matrix, checked to be finite and n by m.
inline numbers matrix_entries(const char* who, const char* name, view<const double, 2> a, std::int64_t n,
                              std::int64_t m) {
  check::same_size(who, std::string("rows of ") + name, a.extents[0], "its place", n);
  check::same_size(who, std::string("columns of ") + name, a.extents[1], "its place", m);
  numbers out;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < m; ++j) {
      check::finite(who, name, a(i, j));
      out.push_back(a(i, j));
    }
  }
  return out;
}
/// The Cholesky factor of a symmetric positive definite matrix.
inline numbers checked_factor(const char* who, const char* name, std::int64_t n, const numbers& matrix) {
  numbers l(matrix.size());
  if (!transforms::factorise(n, matrix.data(), l.data())) {
    check::fail_domain(who, name, std::string_view("not so"), "symmetric and positive definite");
  }
  return l;
}
/// A lower triangular matrix with a positive diagonal.
inline numbers checked_triangle(const char* who, const char* name, view<const double, 2> factor, std::int64_t n) {
  numbers l = matrix_entries(who, name, factor, n, n);
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = i; j < n; ++j) {
      const double v = l[at(i * n + j)];
      const std::string place = std::string(name) + "[" + std::to_string(i) + ", " + std::to_string(j) + "]";
      if (i == j) check::positive(who, place, v);
      if (i != j && v != 0.0) check::fail_domain(who, place, v, "0, above the diagonal");
    }
  }
  return l;
}

}  // namespace credence::detail
