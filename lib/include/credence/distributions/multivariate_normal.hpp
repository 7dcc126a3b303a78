// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/random/key.hpp"
#include "credence/tensor/view.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace credence {

/// The normal distribution in n dimensions, held by its mean and the Cholesky factor L of its covariance L L'.
///
///     multivariate_normal::from_covariance(mean, sigma)    multivariate_normal::from_cholesky(mean, l)
///     multivariate_normal::from_precision(mean, lambda)
///
/// Matrices are views of (n, n) numbers; they are copied.
struct multivariate_normal {
  std::vector<double> mean;      ///< n
  std::vector<double> cholesky;  ///< L, (n, n) row-major, lower triangular with a positive diagonal

  /// @throws shape_error   when the matrix is not n by n
  /// @throws domain_error  when it is not lower triangular with a positive diagonal
  static multivariate_normal from_cholesky(std::span<const double> mean, view<const double, 2> factor);
  /// @throws domain_error  when the matrix is not symmetric (to 1e-8 of its diagonal) or not positive definite
  static multivariate_normal from_covariance(std::span<const double> mean, view<const double, 2> covariance);
  static multivariate_normal from_precision(std::span<const double> mean, view<const double, 2> precision);

  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(mean.size()); }
};

/// log f(x) = -|L^-1 (x - mean)|^2 / 2 - sum_i log L_ii - n log(2 pi) / 2.
/// @throws shape_error  when x has another size than the mean
/// @complexity O(n^2)
double log_pdf(const multivariate_normal& d, std::span<const double> x);

/// log_pdf and its derivatives.
/// @param dx         n; the derivative by the mean is -dx
/// @param dcholesky  n * n, row-major: by the entries of L on and below the diagonal, 0 above; empty where not wanted
double log_pdf_partials(const multivariate_normal& d, std::span<const double> x, std::span<double> dx,
                        std::span<double> dcholesky);

/// mean + L z. The element i of draw `index` uses the normal number index * n + i of the key.
void sample(const multivariate_normal& d, rng_key key, std::uint64_t index, std::span<double> out);

/// L L', row-major.
std::vector<double> covariance(const multivariate_normal& d);
double entropy(const multivariate_normal& d);
/// Kullback-Leibler divergence E_p[log p - log q], in nats.
double kl_divergence(const multivariate_normal& p, const multivariate_normal& q);

}  // namespace credence
