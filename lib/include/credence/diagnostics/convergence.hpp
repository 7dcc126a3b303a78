// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/tensor/view.hpp"

#include <cstdint>
#include <span>
#include <vector>

/// Convergence diagnostics of Markov chains, defined as in Vehtari, Gelman, Simpson, Carpenter and Buerkner,
/// "Rank-normalization, folding, and localization: an improved R-hat" (Bayesian Analysis, 2021) and computed as the
/// posterior package of R does. `draws` is (chains, draws) of one parameter, warm-up left out; any strides.
///
/// Where a number has no meaning it is NaN: any NaN or infinite draw, all draws equal (up to 2^-52), fewer than 4 draws
/// a chain for R-hat, fewer than 6 for effective sizes.
namespace credence {

/// Rank-normalised split R-hat: the larger one of bulk and tail (ranks of the draws, and of their distances from the
/// median). 1 when chains agree; above 1.01 they should not be trusted.
double r_hat(view<const double, 2> draws);

/// Split R-hat of the draws themselves: each chain is halved, variances between and within the halves are compared.
double r_hat_plain(view<const double, 2> draws);

/// Nested R-hat for many short chains: chains that share a superchain started at the same point. It works with a single
/// draw a chain.
/// @param superchain  which superchain each chain belongs to; all must have equally many chains
/// @throws shape_error   when `superchain` has not one entry a chain
/// @throws domain_error  when superchains differ in size, or there is only one
/// @source Margossian et al., "Nested R-hat", Bayesian Analysis 2024, equations 4 to 8
double r_hat_nested(view<const double, 2> draws, std::span<const std::int64_t> superchain);

/// Effective sample size of rank-normalised split chains: how well the centre of the distribution is known.
double ess_bulk(view<const double, 2> draws);

/// The smaller effective sample size of the 5 % and 95 % quantiles.
double ess_tail(view<const double, 2> draws);

/// Effective sample size for the mean, of split chains as they are.
double ess_mean(view<const double, 2> draws);

/// Effective sample size for the standard deviation: of squared distances from the mean.
double ess_sd(view<const double, 2> draws);

/// Effective sample size for a quantile: of the indicator x <= quantile.
/// @throws domain_error  when `probability` is outside [0, 1]
double ess_quantile(view<const double, 2> draws, double probability);

/// Monte Carlo standard error of the mean, sd / sqrt(ess_mean).
double mcse_mean(view<const double, 2> draws);

/// Monte Carlo standard error of the standard deviation, from the fourth moment; normality is not assumed.
/// @source Kenney and Keeping, "Mathematics of Statistics", 1951, page 141
double mcse_sd(view<const double, 2> draws);

/// Monte Carlo standard error of a quantile: half the width of the 68 % interval for its rank.
/// @throws domain_error  when `probability` is outside [0, 1]
double mcse_quantile(view<const double, 2> draws, double probability);

/// Type 7 quantile (linear between order statistics) of all draws together; NaN when any is NaN or there is none.
double quantile(view<const double, 2> draws, double probability);

/// Normal scores of average ranks, quantile((rank - 3/8) / (n + 1/4)), in the order of x. NaN for NaN elements, which
/// count as the largest.
std::vector<double> rank_normalise(std::span<const double> x);

/// Autocovariances of one series for lags 0..size-1, with divisor `size` at every lag.
std::vector<double> autocovariance(std::span<const double> x);

/// Autocovariances divided by the one at lag 0; NaN for a constant series.
std::vector<double> autocorrelation(std::span<const double> x);

/// Energy Bayesian fraction of missing information of one chain: sum of squared steps of the energy over its sum of
/// squared deviations. Below 0.3 the momentum resampling explores energies too slowly. NaN for fewer than 3 draws, NaN
/// or infinite energies, or constant ones.
/// @source Betancourt, "Diagnosing suboptimal cotangent disintegrations in Hamiltonian Monte Carlo", 2016
double e_bfmi(std::span<const double> energy);

}  // namespace credence
