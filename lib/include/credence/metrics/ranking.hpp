// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <span>
#include <vector>

/// How well scores put the positives (class 1) before the negatives (class 0). Only the order of the scores matters;
/// equal scores are one step, so no result depends on the order of rows. Weights and errors as in classification.hpp; a
/// score may be infinite, not NaN.
namespace credence::metrics {

/// Weighted counts of the rows with a score of at least `thresholds[i]`; thresholds fall. The first has infinity, for
/// no row; the last is the least score, for all rows.
struct ranking_counts {
  std::vector<double> thresholds;
  std::vector<double> true_positives;
  std::vector<double> false_positives;
  double positives = 0.0;
  double negatives = 0.0;
};

/// One step for each distinct score of rows with positive weight.
ranking_counts count_ranking(std::span<const double> scores, std::span<const std::int32_t> truth,
                             std::span<const double> weights = {});

struct roc_points {
  std::vector<double> thresholds;
  std::vector<double> false_positive_rate;
  std::vector<double> true_positive_rate;
};
/// @throws domain_error  also when one of the classes has no weight
roc_points roc_curve(std::span<const double> scores, std::span<const std::int32_t> truth,
                     std::span<const double> weights = {});

/// Area under the ROC curve: the probability that a random positive scores above a random negative, half for ties.
/// @throws domain_error  also when one of the classes has no weight
/// @source Hanley, McNeil, "The meaning and use of the area under a ROC curve", 1982
double roc_auc(std::span<const double> scores, std::span<const std::int32_t> truth,
               std::span<const double> weights = {});

struct precision_recall_points {
  std::vector<double> thresholds;  ///< falling
  std::vector<double> precision;
  std::vector<double> recall;  ///< rising
};
/// One point for each distinct score; no point is made up for recall 0.
/// @throws domain_error  also when there is no positive
precision_recall_points precision_recall_curve(std::span<const double> scores, std::span<const std::int32_t> truth,
                                               std::span<const double> weights = {});

/// Sum of precision times the step of recall: what is usually called average precision. No interpolation.
/// @throws domain_error  also when there is no positive
double average_precision(std::span<const double> scores, std::span<const std::int32_t> truth,
                         std::span<const double> weights = {});

/// Area under the precision-recall curve when counts, not precision, are interpolated between neighbouring points: the
/// curve between them is a hyperbola, and its integral is known in closed form. The first piece has the precision of
/// the first point.
/// @throws domain_error  also when there is no positive
/// @source Davis, Goadrich, "The relationship between precision-recall and ROC curves", ICML 2006; Keilwagen, Grosse,
/// Grau,
///         "Area under precision-recall curves for weighted and unweighted data", PLoS ONE 2014
double precision_recall_area(std::span<const double> scores, std::span<const std::int32_t> truth,
                             std::span<const double> weights = {});

}  // namespace credence::metrics
