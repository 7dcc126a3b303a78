// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/matrix_normal.hpp"

#include "credence/base/constants.hpp"
#include "credence/random/normal.hpp"
#include "distributions/triangular_steps.hpp"

#include <cmath>
#include <limits>

namespace credence {

using namespace detail;

namespace {

constexpr const char* who = "matrix_normal";
constexpr double infinity = std::numeric_limits<double>::infinity();

/// Z' = B^-1 (A^-1 (X - mean))', (p, n); false where an entry of X is infinite.
bool standardise(const matrix_normal& d, view<const double, 2> x, numbers& z) {
  check::same_size(who, "rows of x", x.extents[0], "mean", d.rows);
  check::same_size(who, "columns of x", x.extents[1], "mean", d.columns);
  numbers r(d.mean.size());
  bool finite = true;
  for (std::int64_t i = 0; i < d.rows; ++i) {
    for (std::int64_t j = 0; j < d.columns; ++j) {
      finite = finite && !std::isinf(x(i, j));
      r[at(i * d.columns + j)] = x(i, j) - d.mean[at(i * d.columns + j)];
    }
  }
  solve_lower_columns(d.rows, d.columns, d.row_cholesky.data(), r.data());
  z = transposed(d.rows, d.columns, r);
  solve_lower_columns(d.columns, d.rows, d.column_cholesky.data(), z.data());
  return finite;
}

double value_of(const matrix_normal& d, const numbers& z) {
  double square = 0.0;
  for (const double v : z) square = math::fma(v, v, square);
  const auto n = static_cast<double>(d.rows), p = static_cast<double>(d.columns);
  return -0.5 * square - p * log_diagonal(d.rows, d.row_cholesky.data()) -
         n * log_diagonal(d.columns, d.column_cholesky.data()) - n * p * constants::half_log_two_pi;
}

/// slope = lower triangle of L'^-1 (Z Z') - times diag(1 / L_ii), Z of m by k.
void factor_slope(std::int64_t m, std::int64_t k, const numbers& l, const numbers& z, double times,
                  std::span<double> slope) {
  numbers product(at(m * m), 0.0);
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t j = 0; j < m; ++j) {
      double sum = 0.0;
      for (std::int64_t c = 0; c < k; ++c) sum = math::fma(z[at(i * k + c)], z[at(j * k + c)], sum);
      product[at(i * m + j)] = sum;
    }
  }
  solve_upper_columns(m, m, l.data(), product.data());
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t j = 0; j < m; ++j) slope[at(i * m + j)] = j <= i ? product[at(i * m + j)] : 0.0;
    slope[at(i * (m + 1))] -= times / l[at(i * (m + 1))];
  }
}

}  // namespace

matrix_normal::matrix_normal(view<const double, 2> centre, view<const double, 2> row_factor,
                             view<const double, 2> column_factor)
    : rows(centre.extents[0]),
      columns(centre.extents[1]),
      mean(matrix_entries(who, "mean", centre, rows, columns)),
      row_cholesky(checked_triangle(who, "row_cholesky", row_factor, rows)),
      column_cholesky(checked_triangle(who, "column_cholesky", column_factor, columns)) {
  check::at_least(who, "rows", rows, 1);
  check::at_least(who, "columns", columns, 1);
}

double log_pdf(const matrix_normal& d, view<const double, 2> x) {
  numbers z;
  return standardise(d, x, z) ? value_of(d, z) : -infinity;
}

double log_pdf_partials(const matrix_normal& d, view<const double, 2> x, std::span<double> dx, std::span<double> drow,
                        std::span<double> dcolumn) {
  const std::int64_t n = d.rows, p = d.columns;
  check::same_size(who, "dx", static_cast<std::int64_t>(dx.size()), "mean", n * p);
  check::same_size(who, "drow", static_cast<std::int64_t>(drow.size()), "row_cholesky", n * n);
  check::same_size(who, "dcolumn", static_cast<std::int64_t>(dcolumn.size()), "column_cholesky", p * p);
  numbers z;
  if (!standardise(d, x, z)) {
    for (const auto& part : {dx, drow, dcolumn}) std::fill(part.begin(), part.end(), 0.0);
    return -infinity;
  }
  numbers w = z;  // A'^-1 Z B^-1 from Z' by B'^-1, a transposition and A'^-1
  solve_upper_columns(p, n, d.column_cholesky.data(), w.data());
  w = transposed(p, n, w);
  solve_upper_columns(n, p, d.row_cholesky.data(), w.data());
  for (std::size_t k = 0; k < dx.size(); ++k) dx[k] = -w[k];
  factor_slope(n, p, d.row_cholesky, transposed(p, n, z), static_cast<double>(p), drow);
  factor_slope(p, n, d.column_cholesky, z, static_cast<double>(n), dcolumn);
  return value_of(d, z);
}

void sample(const matrix_normal& d, rng_key key, std::uint64_t index, std::span<double> out) {
  const std::int64_t n = d.rows, p = d.columns;
  check::same_size(who, "out", static_cast<std::int64_t>(out.size()), "mean", n * p);
  const auto first = index * static_cast<std::uint64_t>(n * p);
  numbers half(at(n * p), 0.0);  // Z B'
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < p; ++j) {
      for (std::int64_t k = 0; k <= j; ++k) {
        const double z = random::normal(key, first + static_cast<std::uint64_t>(i * p + k));
        half[at(i * p + j)] = math::fma(d.column_cholesky[at(j * p + k)], z, half[at(i * p + j)]);
      }
    }
  }
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < p; ++j) {
      double sum = d.mean[at(i * p + j)];
      for (std::int64_t k = 0; k <= i; ++k) sum = math::fma(d.row_cholesky[at(i * n + k)], half[at(k * p + j)], sum);
      out[at(i * p + j)] = sum;
    }
  }
}

}  // namespace credence
