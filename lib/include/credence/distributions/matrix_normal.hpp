// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/random/key.hpp"
#include "credence/tensor/view.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace credence {

/// Matrices mean + A Z B' of n by p, Z of standard normals: rows have the covariance A A', columns B B'.
struct matrix_normal {
  std::int64_t rows, columns;
  std::vector<double> mean;             ///< (n, p) row-major
  std::vector<double> row_cholesky;     ///< A, (n, n) lower triangular with a positive diagonal
  std::vector<double> column_cholesky;  ///< B, (p, p) lower triangular with a positive diagonal

  /// @throws shape_error   when the sizes do not fit
  /// @throws domain_error  when a factor is not lower triangular with a positive diagonal
  matrix_normal(view<const double, 2> centre, view<const double, 2> row_factor, view<const double, 2> column_factor);
};

/// log f(X) = -|A^-1 (X - mean) B'^-1|^2 / 2 - p sum log A_ii - n sum log B_jj - n p log(2 pi) / 2.
double log_pdf(const matrix_normal& d, view<const double, 2> x);

/// log_pdf and its derivatives: by X (n * p; by the mean: -dx), and by the entries of A and B on and below their
/// diagonals.
double log_pdf_partials(const matrix_normal& d, view<const double, 2> x, std::span<double> dx, std::span<double> drow,
                        std::span<double> dcolumn);

void sample(const matrix_normal& d, rng_key key, std::uint64_t index, std::span<double> out);

}  // namespace credence
