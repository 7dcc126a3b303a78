// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/neighbors/results.hpp"
#include "credence/tensor/view.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace credence::neighbors {

/// Weights by the scaled distance u = |q - x| / bandwidth.
enum class smoothing_kernel : std::uint8_t {
  gaussian,      ///< exp(-u^2 / 2)
  epanechnikov,  ///< 1 - u^2 for u < 1, else 0
  box,           ///< 1 for u <= 1, else 0
};

struct kernel_regression_options {
  smoothing_kernel kernel = smoothing_kernel::gaussian;
  double bandwidth = 1.0;
  /// Parts of the tree are taken as a whole where that moves a prediction by no more than this. 0: every point that has
  /// a weight is looked at.
  double tolerance = 0.0;
  exec::context context = exec::cpu();
};

struct kernel_prediction {
  std::vector<double> values;        ///< NaN where no point has a weight (kernels that end)
  std::vector<double> error_bounds;  ///< how far values may be from the full sum: proven, rounding of the sums included
  std::vector<double> log_weights;   ///< log of the sum of all weights; with a tolerance that of its estimate
  search_work work;                  ///< nodes opened, leaves and points looked at
};

/// Nadaraya-Watson regression: m(q) = sum_i K(q, x_i) y_i / sum_i K(q, x_i).
///
/// With the gaussian kernel this is attention: softmax over i of -|q - x_i|^2 / (2 h^2), applied to y. Weights are kept
/// relative to the largest, that of the nearest point, so that no query is too far away.
/// @source  [Nadaraya1964], [Watson1964]; bounds from boxes: [Gray2003]
class kernel_regression {
 public:
  /// @param points   (n, d)
  /// @param targets  n
  /// @throws domain_error, shape_error  as kd_tree; unless bandwidth > 0 and tolerance >= 0, and for targets that are
  /// not
  ///                                    finite
  kernel_regression(view<const double, 2> points, std::span<const double> targets,
                    const kernel_regression_options& options = {});

  /// @throws as kd_tree::nearest
  [[nodiscard]] kernel_prediction predict(view<const double, 2> queries) const;

 private:
  struct fitted;
  std::shared_ptr<const fitted> fit_;
};

struct bandwidth_options {
  smoothing_kernel kernel = smoothing_kernel::gaussian;
  double least = 0.0;      ///< 0: a quarter of the median distance to the nearest other point
  double most = 0.0;       ///< 0: the diagonal of the box around the points
  std::int64_t grid = 24;  ///< bandwidths tried in equal ratios, before the best is refined
  exec::context context = exec::cpu();
};

struct bandwidth_choice {
  double bandwidth = 0.0;
  double error = 0.0;          ///< mean of (y_i - m_without_i(x_i))^2 at that bandwidth
  std::vector<double> tried;   ///< all bandwidths looked at, in the order of looking
  std::vector<double> errors;  ///< infinity where some point is left without a neighbour
};

/// The mean squared error of leaving out one point at a time, from one sum over pairs.
/// @complexity O(n^2 d)
double leave_one_out_error(view<const double, 2> points, std::span<const double> targets, smoothing_kernel kernel,
                           double bandwidth, const exec::context& context = exec::cpu());

/// The bandwidth of least leave-one-out error: the best of a grid, refined by golden section to a relative 1e-3.
/// @throws domain_error  for fewer than two different points, or bounds that are no interval
bandwidth_choice choose_bandwidth(view<const double, 2> points, std::span<const double> targets,
                                  const bandwidth_options& options = {});

}  // namespace credence::neighbors
