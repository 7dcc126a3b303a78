// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace credence {

/// The shape of a target as a sampler sees it: an estimate of its covariance C = L L^T. Steps are taken in coordinates
/// y with x = L y, in which the target is round. (Its inverse is what Hamiltonian samplers call the mass matrix.)
///  - diagonal  L = diag(scale)
///  - low_rank  L = diag(scale) (I + sum_k (stretch[k] - 1) u_k u_k^T), u_k orthonormal: costs 2 k dimension flops
///  - dense     L is lower triangular: costs dimension^2 flops
struct metric {
  enum class shape : std::uint8_t { unit, diagonal, low_rank, dense };
  shape what = shape::unit;
  std::vector<double> scale{};       ///< standard deviations of the coordinates; diagonal and low_rank
  std::vector<double> directions{};  ///< (k, dimension), rows u_k; low_rank
  std::vector<double> stretch{};     ///< k positive numbers; low_rank
  std::vector<double> factor{};      ///< (dimension, dimension), row-major lower triangle; dense
};

/// @throws domain_error  when a variance is not positive and finite
metric diagonal_metric(std::span<const double> variances);

/// @param covariance  (dimension, dimension), row-major; the lower triangle is read
/// @throws shape_error   when it is not square
/// @throws domain_error  when it is not positive definite
metric dense_metric(std::span<const double> covariance);

/// C, (dimension, dimension), row-major.
std::vector<double> covariance(const metric& of, std::int64_t dimension);
/// The diagonal of C.
std::vector<double> variances(const metric& of, std::int64_t dimension);

/// @throws shape_error   when the metric is for another dimension
/// @throws domain_error  when a scale, stretch or diagonal element is not positive and finite
void check_metric(const char* where, const metric& given, std::int64_t dimension);

}  // namespace credence
