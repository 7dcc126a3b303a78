// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/random/key.hpp"
#include "credence/tensor/view.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace credence {

/// Student's t in n dimensions: location + L z / sqrt(g), z standard normals and g a chi-squared(df) over df. L L' is
/// the scale matrix; the covariance is df / (df - 2) times it.
struct multivariate_t {
  double df;
  std::vector<double> location;  ///< n
  std::vector<double> cholesky;  ///< L, (n, n) row-major, lower triangular with a positive diagonal

  /// @throws shape_error   when the matrix is not n by n
  /// @throws domain_error  when df is not positive, or the matrix not lower triangular with a positive diagonal
  static multivariate_t from_cholesky(double df, std::span<const double> location, view<const double, 2> factor);
  /// @throws domain_error  when df is not positive, or the matrix not symmetric and positive definite
  static multivariate_t from_scale(double df, std::span<const double> location, view<const double, 2> scale);

  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(location.size()); }
};

/// log f(x) = log Gamma((df + n) / 2) - log Gamma(df / 2) - n log(df pi) / 2 - sum_i log L_ii
///            - (df + n) / 2 log(1 + |L^-1 (x - location)|^2 / df).
/// @throws shape_error  when x has another size than the location
double log_pdf(const multivariate_t& d, std::span<const double> x);

/// log_pdf and its derivatives.
/// @param dx         n; the derivative by the location is -dx
/// @param dcholesky  n * n: by the entries of L on and below the diagonal, 0 above; empty where not wanted
double log_pdf_partials(const multivariate_t& d, std::span<const double> x, std::span<double> dx, double& ddf,
                        std::span<double> dcholesky);

void sample(const multivariate_t& d, rng_key key, std::uint64_t index, std::span<double> out);

/// df / (df - 2) L L', row-major; infinite where df <= 2.
std::vector<double> covariance(const multivariate_t& d);

}  // namespace credence
