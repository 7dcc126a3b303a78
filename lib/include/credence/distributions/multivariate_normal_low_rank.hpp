// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/random/key.hpp"
#include "credence/tensor/view.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace credence {

/// A normal in n dimensions whose covariance is F F' + diag(variances), F of n by k: k factors beside independent
/// noise. Everything costs O(n k^2), nothing O(n^2) (Woodbury's identity).
struct multivariate_normal_low_rank {
  std::vector<double> mean;       ///< n
  std::vector<double> factor;     ///< F, (n, k) row-major
  std::vector<double> variances;  ///< n, positive
  std::int64_t rank;              ///< k
  std::vector<double> inner;      ///< Cholesky factor of 1 + F' diag(1 / variances) F, (k, k)

  /// @throws shape_error   when the sizes do not fit
  /// @throws domain_error  when an entry is not finite or a variance not positive
  multivariate_normal_low_rank(std::span<const double> centre, view<const double, 2> factors,
                               std::span<const double> noise);

  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(mean.size()); }
};

/// @throws shape_error  when x has another size than the mean
double log_pdf(const multivariate_normal_low_rank& d, std::span<const double> x);

/// log_pdf and its derivatives: by x (by the mean: -dx), by F (n * k) and by the variances.
double log_pdf_partials(const multivariate_normal_low_rank& d, std::span<const double> x, std::span<double> dx,
                        std::span<double> dfactor, std::span<double> dvariances);

void sample(const multivariate_normal_low_rank& d, rng_key key, std::uint64_t index, std::span<double> out);

/// F F' + diag(variances), n * n.
std::vector<double> covariance(const multivariate_normal_low_rank& d);
double entropy(const multivariate_normal_low_rank& d);

}  // namespace credence
