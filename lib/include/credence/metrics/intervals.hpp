// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/random/key.hpp"

#include <cstdint>
#include <span>

/// How uncertain a score is that was computed from finitely many rows.
namespace credence::metrics {

struct interval {
  double estimate = 0.0;
  double std_error = 0.0;
  double lower = 0.0;
  double upper = 0.0;
};

/// Interval of the area under the ROC curve by DeLong's variance, cut to [0, 1]. Unweighted.
///
/// The variance is that of the parts of the other class that each row is ranked right against; it is 0 for a perfect
/// ranking, where the interval says nothing.
///
/// @throws domain_error  when a class has fewer than two rows, a score is NaN, or not 0 < level < 1
/// @complexity O(n log n)
/// @source DeLong, DeLong, Clarke-Pearson, "Comparing the areas under two or more correlated ROC curves", Biometrics
/// 1988;
///         Sun, Xu, "Fast implementation of DeLong's algorithm", IEEE SPL 2014, for the mid-ranks
interval delong_interval(std::span<const double> scores, std::span<const std::int32_t> truth, double level = 0.95);

struct auc_comparison {
  double difference = 0.0;  ///< area of the first less that of the second
  double std_error = 0.0;
  double z = 0.0;
  double p_value = 1.0;  ///< two-sided; 1 when the standard error is 0 and the areas are equal
};
/// Two scores of the same rows: is the difference of their areas more than chance? Errors as delong_interval.
auc_comparison delong_test(std::span<const double> first, std::span<const double> second,
                           std::span<const std::int32_t> truth);

struct bootstrap_options {
  exec::context context = exec::cpu();
  rng_key key{};
  std::int64_t replicates = 1000;
  double level = 0.95;
};

namespace detail {
interval bootstrap(const bootstrap_options& options, std::span<const double> weights, std::int64_t rows,
                   double (*score)(const void*, std::span<const double>), const void* state);
}

/// Percentile interval of any score that takes weights: `score(weights)` is called with the given weights times how
/// often each row was drawn. Replicates for which it is NaN are left out (a draw without positives; return NaN there).
/// The same for any number of threads; `score` is called from several at once.
/// @param weights  of the rows; empty for one each
/// @throws domain_error  for no rows, replicates < 2 or not 0 < level < 1
/// @source Efron, "Bootstrap methods: another look at the jackknife", 1979
template <class Score>
interval bootstrap_interval(std::int64_t rows, const Score& score, const bootstrap_options& options = {},
                            std::span<const double> weights = {}) {
  return detail::bootstrap(
      options, weights, rows,
      [](const void* state, std::span<const double> w) -> double { return (*static_cast<const Score*>(state))(w); },
      &score);
}

}  // namespace credence::metrics
