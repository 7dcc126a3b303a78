// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/tensor/view.hpp"

#include <cstdint>
#include <span>
#include <vector>

/// Importance weights that can be trusted, or that say they cannot; leave-one-out prediction; simulation-based
/// calibration.
namespace credence {

/// A generalised Pareto distribution on exceedances x >= 0: P(X > x) = (1 + shape x / scale)^(-1 / shape).
struct pareto_tail {
  double shape = 0.0;  ///< k; NaN when the fit has no answer
  double scale = 0.0;
};

/// Fits it to ascending positive exceedances by the profile posterior mean of Zhang and Stephens (2009), the shape
/// drawn towards 0.5 with the weight of 10 observations.
/// @source Vehtari, Simpson, Gelman, Yao, Gabry, "Pareto smoothed importance sampling", JMLR 2024, appendix G
pareto_tail fit_pareto_tail(std::span<const double> ascending);

/// Weights after smoothing.
struct psis_result {
  std::vector<double> log_weights;  ///< normalised: their exponentials sum to 1; in the order of the ratios
  double pareto_k = 0.0;            ///< infinite when the tail is too short (under 5) or constant
  std::int64_t tail_length = 0;
};

/// Pareto smoothed importance sampling: the largest log ratios are replaced by quantiles of a fitted tail.
/// Above k = min(1 - 1 / log10(size), 0.7) the weights should not be used.
/// @param log_ratios           finite, up to a constant
/// @param relative_efficiency  effective over actual size of the draws behind the ratios; 1 when independent
/// @throws domain_error  when there are no ratios, one is NaN or +infinity, or the efficiency is not positive
psis_result psis(std::span<const double> log_ratios, double relative_efficiency = 1.0);

/// The k above which `size` smoothed weights are unreliable: min(1 - 1 / log10(size), 0.7).
double pareto_k_threshold(std::int64_t size);

/// Expected log predictive density for new data, estimated point by point.
struct predictive_density {
  double elpd = 0.0;     ///< sum over the points
  double se_elpd = 0.0;  ///< its standard error over points
  double effective_parameters = 0.0;
  double se_effective_parameters = 0.0;
  double information_criterion = 0.0;  ///< -2 elpd: LOOIC or WAIC
  std::vector<double> pointwise_elpd;
  std::vector<double> pointwise_parameters;
  std::vector<double> pareto_k;  ///< one for each point; empty for WAIC
  std::int64_t unreliable = 0;   ///< points above the threshold of k; for WAIC points with variance above 0.4
};

/// Leave-one-out cross-validation by PSIS, in parallel over points.
/// @param log_likelihood  (chains, draws, points)
/// @source Vehtari, Gelman, Gabry, "Practical Bayesian model evaluation using leave-one-out cross-validation and WAIC",
///         2017
/// @throws domain_error  when it is empty or holds NaN
predictive_density psis_loo(const exec::context& ctx, view<const double, 3> log_likelihood);

/// The widely applicable information criterion, from the same array.
predictive_density waic(const exec::context& ctx, view<const double, 3> log_likelihood);

/// Rank of the value a data set was simulated from among its posterior draws: how many are smaller, 0..size. For a
/// right sampler it is uniform over simulations.
std::int64_t sbc_rank(double truth, std::span<const double> draws);

struct uniformity_test {
  double chi_square = 0.0;
  std::int64_t degrees = 0;
  double p_value = 1.0;
};

/// Chi-square test that ranks 0..largest are uniform, over `bins` bins of as equal width as possible.
/// @throws domain_error  when a rank is outside, or there are not at least 2 and at most largest + 1 bins
uniformity_test test_uniform_ranks(std::span<const std::int64_t> ranks, std::int64_t largest, std::int64_t bins);

}  // namespace credence
