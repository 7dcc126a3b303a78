// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/random/key.hpp"
#include "credence/tensor/view.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace credence {

/// The sum of df outer products z z' of normal(0, scale) vectors; for real df > n - 1. Mean df scale.
/// Matrices are n by n, row-major.
struct wishart {
  double df;
  std::vector<double> scale;     ///< V
  std::vector<double> cholesky;  ///< of V

  /// @throws shape_error   when the scale is not square
  /// @throws domain_error  when df <= n - 1, or the scale is not symmetric and positive definite
  wishart(double degrees, view<const double, 2> matrix);
  [[nodiscard]] std::int64_t size() const;
};

/// The inverse of a wishart(df, scale^-1): a covariance matrix whose mean is scale / (df - n - 1).
struct inverse_wishart {
  double df;
  std::vector<double> scale;     ///< S
  std::vector<double> cholesky;  ///< of S

  /// @throws shape_error, domain_error  as for wishart
  inverse_wishart(double degrees, view<const double, 2> matrix);
  [[nodiscard]] std::int64_t size() const;
};

/// log f(X); -infinity where X is not symmetric and positive definite, NaN where an entry is NaN.
/// wishart: (df - n - 1) / 2 log|X| - tr(V^-1 X) / 2 - df n / 2 log 2 - df / 2 log|V| - log Gamma_n(df / 2)
/// inverse_wishart: df / 2 log|S| - (df + n + 1) / 2 log|X| - tr(S X^-1) / 2 - df n / 2 log 2 - log Gamma_n(df / 2)
/// @throws shape_error  when X is not n by n
double log_pdf(const wishart& d, view<const double, 2> x);
double log_pdf(const inverse_wishart& d, view<const double, 2> x);

/// log_pdf and its derivatives, the entries of X and of the scale taken as n * n free numbers: for symmetric matrices
/// that move together, add the two entries. 0 outside the support.
double log_pdf_partials(const wishart& d, view<const double, 2> x, std::span<double> dx, double& ddf,
                        std::span<double> dscale);
double log_pdf_partials(const inverse_wishart& d, view<const double, 2> x, std::span<double> dx, double& ddf,
                        std::span<double> dscale);

/// A symmetric matrix by Bartlett's decomposition, n * n.
void sample(const wishart& d, rng_key key, std::uint64_t index, std::span<double> out);
void sample(const inverse_wishart& d, rng_key key, std::uint64_t index, std::span<double> out);

std::vector<double> mean(const wishart& d);
/// @throws domain_error  when df <= n + 1: the mean does not exist
std::vector<double> mean(const inverse_wishart& d);

}  // namespace credence
