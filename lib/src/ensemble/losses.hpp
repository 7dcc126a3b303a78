// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/ensemble/gradient_boosting.hpp"

#include <span>

/// The losses of gradient boosting over arrays.
namespace credence::ensemble::detail {

struct loss_settings {
  boosting_loss kind = boosting_loss::squared;
  double quantile = 0.5;
  double huber_delta = 1.0;
  const user_loss* user = nullptr;
};

/// Whether leaves hold a quantile of the residuals, in place of a Newton step.
inline bool leaves_are_quantiles(boosting_loss kind) {
  return kind == boosting_loss::absolute || kind == boosting_loss::quantile;
}

/// The score before the first tree, one for each output: the best constant.
std::vector<double> best_constant(const loss_settings& loss, const labelled_rows& data);

/// First and second derivatives of the loss of rows begin..end, times their weights. `scores` is (outputs, rows).
void derivatives(const loss_settings& loss, const labelled_rows& data, std::int64_t begin, std::int64_t end,
                 std::span<const double> scores, std::int64_t outputs, std::int64_t output, std::span<float> gradient,
                 std::span<float> hessian);

/// Weighted mean loss.
double mean_loss(const loss_settings& loss, const labelled_rows& data, std::span<const double> scores,
                 std::int64_t outputs, const exec::context& context);

/// The least number that has at least the part q of the weight below or at it. Sorts its argument.
double weighted_quantile(std::vector<std::pair<double, double>>& value_and_weight, double q);

}  // namespace credence::ensemble::detail
