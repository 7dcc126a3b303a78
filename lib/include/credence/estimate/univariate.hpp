// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace credence {

/// Moments of a sample, as exact as its numbers: sums are carried with their rounding errors.
struct sample_moments {
  std::int64_t count = 0;
  double mean = 0.0;
  double sd = 0.0;        ///< divisor n - 1; NaN below two observations
  double skewness = 0.0;  ///< third central moment over sd^3 with divisor n; NaN for constant data
  double excess_kurtosis = 0.0;
  double autocorrelation = 0.0;  ///< at lag 1
  double minimum = 0.0;
  double maximum = 0.0;
};
/// @throws domain_error  when there are no numbers or one is not finite (it is named)
sample_moments moments_of(std::span<const double> x);

/// Analysis of variance of one factor.
struct anova_table {
  std::int64_t df_between = 0;
  std::int64_t df_within = 0;
  double ss_between = 0.0;
  double ss_within = 0.0;
  double ms_between = 0.0;
  double ms_within = 0.0;
  double f = 0.0;
  double p = 0.0;
  double r_squared = 0.0;
  double residual_sd = 0.0;
  std::vector<double> means;  ///< of the groups
};
/// @param group  0, 1, ... for each value
/// @throws shape_error, domain_error  when the sizes differ, a group is empty, or there are fewer than two groups
anova_table one_way_anova(std::span<const double> values, std::span<const std::int64_t> group);

}  // namespace credence
