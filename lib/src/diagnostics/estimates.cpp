// SPDX-License-Identifier: BSD-3-Clause
#include "diagnostics/estimates.hpp"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <limits>

#include "diagnostics/series_kernels.hpp"

namespace credence::detail {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double larger(double a, double b) { return std::isnan(a) || std::isnan(b) ? nan : std::max(a, b); }
double smaller(double a, double b) { return std::isnan(a) || std::isnan(b) ? nan : std::min(a, b); }

double effective_size(const draws_work& work, estimate_buffers& buffers) {
  return effective_size(buffers.series.data(), work.series(), work.half(), buffers.sums);
}

double folded_r_hat(draws_work& work, const normal_scores& scores, estimate_buffers& buffers) {
  work.split_folded_scores(scores, buffers.series);
  return scale_reduction(buffers.series.data(), work.series(), work.half());
}

}  // namespace

rank_estimates estimate_by_ranks(draws_work& work, const normal_scores& scores, estimate_buffers& buffers) {
  if (!work.finite() || work.half() < 1) return {nan, nan};
  work.split_rank_scores(scores, buffers.series);
  const double bulk = scale_reduction(buffers.series.data(), work.series(), work.half());
  const double size = effective_size(work, buffers);
  return {larger(bulk, folded_r_hat(work, scores, buffers)), size};
}

double r_hat(draws_work& work, const normal_scores& scores, estimate_buffers& buffers) {
  if (!work.finite() || work.half() < 1) return nan;
  work.split_rank_scores(scores, buffers.series);
  const double bulk = scale_reduction(buffers.series.data(), work.series(), work.half());
  return larger(bulk, folded_r_hat(work, scores, buffers));
}

double ess_bulk(draws_work& work, const normal_scores& scores, estimate_buffers& buffers) {
  if (!work.finite() || work.half() < 1) return nan;
  work.split_rank_scores(scores, buffers.series);
  return effective_size(work, buffers);
}

double ess_quantile(draws_work& work, double probability, estimate_buffers& buffers) {
  if (!work.finite() || work.constant()) return nan;
  const double size = static_cast<double>(work.values().size());
  // All draws are at most the largest one: the indicator of the maximum would be constant.
  const double p = probability == 1.0 ? (size - 0.5) / size : probability;
  work.split_indicator(quantile_of_sorted(work.sorted(), p), buffers.series);
  return effective_size(work, buffers);
}

double ess_tail(draws_work& work, estimate_buffers& buffers) {
  const double low = ess_quantile(work, 0.05, buffers);
  return smaller(low, ess_quantile(work, 0.95, buffers));
}

double ess_mean(const draws_work& work, estimate_buffers& buffers) {
  if (!work.finite()) return nan;
  work.split(buffers.series);
  return effective_size(work, buffers);
}

double ess_sd(const draws_work& work, double mean, estimate_buffers& buffers) {
  if (!work.finite()) return nan;
  work.split_squared_about(mean, buffers.series);
  return effective_size(work, buffers);
}

double mcse_sd(const draws_work& work, estimate_buffers& buffers) {
  if (!work.finite() || work.values().empty()) return nan;
  const double n = static_cast<double>(work.values().size());
  const double mean = moments_of(work.values()).mean;
  const central_sums sums = CREDENCE_SIMD_PICK(sums_about)(work.values().data(), static_cast<std::int64_t>(n), mean);
  const double variance = sums.second / n;
  const double variance_of_variance = (sums.fourth / n - variance * variance) / ess_sd(work, mean, buffers);
  return std::sqrt(variance_of_variance / variance / 4.0);
}

double mcse_quantile(draws_work& work, double probability, estimate_buffers& buffers) {
  const double size = ess_quantile(work, probability, buffers);
  if (std::isnan(size)) return nan;
  const double a = size * probability + 1.0, b = size * (1.0 - probability) + 1.0;
  const std::span<const double> sorted = work.sorted();
  const double n = static_cast<double>(sorted.size());
  // Plus and minus one standard deviation of the normal distribution, as probabilities.
  const double low = std::max(std::floor(boost::math::ibeta_inv(a, b, 0.1586553) * n), 1.0);
  const double high = std::min(std::ceil(boost::math::ibeta_inv(a, b, 0.8413447) * n), n);
  return 0.5 * (sorted[static_cast<std::size_t>(high) - 1] - sorted[static_cast<std::size_t>(low) - 1]);
}

}  // namespace credence::detail
