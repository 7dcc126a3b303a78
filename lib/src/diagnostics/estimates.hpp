// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "diagnostics/draws_work.hpp"

/// The diagnostics of one loaded parameter. All give NaN where the draws are not finite or constant.
namespace credence::detail {

struct estimate_buffers {
  std::vector<double> series;
  series_buffers sums;
};

inline mean_and_variance moments_of(std::span<const double> x) {
  return moments_of(x.data(), static_cast<std::int64_t>(x.size()));
}

double r_hat(draws_work& work, const normal_scores& scores, estimate_buffers& buffers);
double ess_bulk(draws_work& work, const normal_scores& scores, estimate_buffers& buffers);
double ess_tail(draws_work& work, estimate_buffers& buffers);
double ess_mean(const draws_work& work, estimate_buffers& buffers);
double ess_sd(const draws_work& work, double mean, estimate_buffers& buffers);
double ess_quantile(draws_work& work, double probability, estimate_buffers& buffers);
double mcse_sd(const draws_work& work, estimate_buffers& buffers);
double mcse_quantile(draws_work& work, double probability, estimate_buffers& buffers);

/// R-hat and bulk effective size, which share the rank scores.
struct rank_estimates {
  double r_hat;
  double ess_bulk;
};
rank_estimates estimate_by_ranks(draws_work& work, const normal_scores& scores, estimate_buffers& buffers);

}  // namespace credence::detail
