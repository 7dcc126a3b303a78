// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <vector>

/// Statistics of several equally long series that lie one after another: (count, length), row-major.
namespace credence::detail {

struct mean_and_variance {
  double mean = 0.0;
  double variance = 0.0;  ///< divisor length - 1; NaN when length is 1
};

/// The mean, corrected by the mean of the deviations from it.
double mean_of(const double* x, std::int64_t length);

/// Two passes, the mean corrected by the mean of the deviations.
mean_and_variance moments_of(const double* x, std::int64_t length);

/// Memory kept between calls.
struct series_buffers {
  std::vector<double> centred;
  std::vector<double> lag_sums;
  std::vector<double> re, im, scratch, turns_re, turns_im;
};

/// Effective sample size of the mean by Geyer's initial monotone sequence over all series together; NaN for series
/// shorter than 3, non-finite values, or a constant.
/// @source Vehtari, Gelman, Simpson, Carpenter, Buerkner, "Rank-normalization, folding, and localization", 2021,
///         equations 10 to 13
double effective_size(const double* x, std::int64_t count, std::int64_t length, series_buffers& buffers);

/// Split R-hat without rank normalisation of series that are split already; NaN as above (but lengths from 2 count).
double scale_reduction(const double* x, std::int64_t count, std::int64_t length);

/// Sums over all series of sum_i y[i] y[i + t] for t = 0..length-1, by Fourier transforms. `y` is already centred.
void lagged_sums_by_fourier(const double* y, std::int64_t count, std::int64_t length, std::int64_t stride,
                            series_buffers& buffers, std::vector<double>& sums);

/// Whether anything is NaN or infinite, or everything is equal up to 2^-52.
bool not_finite_or_constant(const double* x, std::int64_t n);

}  // namespace credence::detail
