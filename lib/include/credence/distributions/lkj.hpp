// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/random/key.hpp"
#include "credence/tensor/view.hpp"

#include <cstdint>
#include <span>

namespace credence {

/// Correlation matrices R of n by n with a density proportional to det(R)^(concentration - 1): 1 is uniform, larger
/// ones favour the identity.
/// @source Lewandowski, Kurowicka, Joe, "Generating random correlation matrices", J. Multivariate Anal. 100 (2009)
struct lkj {
  std::int64_t size;
  double concentration;

  /// @throws domain_error  when the size is below 1 or the concentration not positive
  lkj(std::int64_t n, double eta);
};

/// The same for the Cholesky factor L of R: with the Jacobian of R = L L', which samplers need (no factorisation).
struct lkj_cholesky {
  std::int64_t size;
  double concentration;

  lkj_cholesky(std::int64_t n, double eta);
};

/// Of the entries of R below the diagonal. -infinity where R is not symmetric and positive definite or its diagonal not
/// 1 (to 1e-8).
double log_pdf(const lkj& d, view<const double, 2> correlation);
/// Of the entries of L below the diagonal: sum_i (n - i + 2 concentration - 3) log L_ii (i = 1, ..., n - 1, counted
/// from 0) and the normaliser. -infinity where L is not lower triangular with a positive diagonal and rows of length 1
/// (to 1e-8).
double log_pdf(const lkj_cholesky& d, view<const double, 2> factor);

/// log_pdf and its derivatives by the n * n entries, taken as free numbers, and by the concentration; 0 outside.
double log_pdf_partials(const lkj& d, view<const double, 2> correlation, std::span<double> dx, double& dconcentration);
double log_pdf_partials(const lkj_cholesky& d, view<const double, 2> factor, std::span<double> dx,
                        double& dconcentration);

/// The onion method: row by row.
void sample(const lkj& d, rng_key key, std::uint64_t index, std::span<double> out);
void sample(const lkj_cholesky& d, rng_key key, std::uint64_t index, std::span<double> out);

}  // namespace credence
