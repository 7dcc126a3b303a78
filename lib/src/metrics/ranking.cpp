// SPDX-License-Identifier: BSD-3-Clause
#include "credence/metrics/ranking.hpp"

#include "metrics/checks.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace credence::metrics {

using namespace detail;

namespace {

ranking_counts count_for(const char* where, std::span<const double> scores, std::span<const std::int32_t> truth,
                         std::span<const double> weights, bool needs_negatives) {
  check_binary(where, scores.size(), truth, weights);
  struct scored {
    double score, weight;
    std::int32_t truth;
  };
  std::vector<scored> rows;
  rows.reserve(scores.size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (std::isnan(scores[i])) check::fail_domain(where, "a score", scores[i], "a number");
    if (const double w = weight_of(weights, i); w > 0.0) rows.push_back({scores[i], w, truth[i]});
  }
  // Equal scores are ordered by class and weight, so that the sums below do not depend on the order of rows.
  std::sort(rows.begin(), rows.end(), [](const scored& a, const scored& b) {
    if (a.score != b.score) return a.score > b.score;
    return a.truth != b.truth ? a.truth < b.truth : a.weight < b.weight;
  });
  ranking_counts out;
  out.thresholds.push_back(std::numeric_limits<double>::infinity());
  out.true_positives.push_back(0.0);
  out.false_positives.push_back(0.0);
  double tp = 0.0, fp = 0.0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    (rows[i].truth == 1 ? tp : fp) += rows[i].weight;
    if (i + 1 < rows.size() && rows[i + 1].score == rows[i].score) continue;
    out.thresholds.push_back(rows[i].score);
    out.true_positives.push_back(tp);
    out.false_positives.push_back(fp);
  }
  out.positives = tp;
  out.negatives = fp;
  if (!(tp > 0.0)) check::fail_domain(where, "the weight of class 1", tp, "positive");
  if (needs_negatives && !(fp > 0.0)) check::fail_domain(where, "the weight of class 0", fp, "positive");
  return out;
}

}  // namespace

ranking_counts count_ranking(std::span<const double> scores, std::span<const std::int32_t> truth,
                             std::span<const double> weights) {
  return count_for("metrics::count_ranking", scores, truth, weights, false);
}

roc_points roc_curve(std::span<const double> scores, std::span<const std::int32_t> truth,
                     std::span<const double> weights) {
  const ranking_counts counts = count_for("metrics::roc_curve", scores, truth, weights, true);
  roc_points out{counts.thresholds, counts.false_positives, counts.true_positives};
  for (double& x : out.false_positive_rate) x /= counts.negatives;
  for (double& x : out.true_positive_rate) x /= counts.positives;
  return out;
}

double roc_auc(std::span<const double> scores, std::span<const std::int32_t> truth, std::span<const double> weights) {
  const ranking_counts c = count_for("metrics::roc_auc", scores, truth, weights, true);
  double pairs = 0.0;  // twice the weight of pairs in the right order
  for (std::size_t i = 1; i < c.thresholds.size(); ++i) {
    pairs += (c.false_positives[i] - c.false_positives[i - 1]) * (c.true_positives[i] + c.true_positives[i - 1]);
  }
  return 0.5 * pairs / (c.positives * c.negatives);
}

precision_recall_points precision_recall_curve(std::span<const double> scores, std::span<const std::int32_t> truth,
                                               std::span<const double> weights) {
  const ranking_counts c = count_for("metrics::precision_recall_curve", scores, truth, weights, false);
  precision_recall_points out;
  for (std::size_t i = 1; i < c.thresholds.size(); ++i) {
    out.thresholds.push_back(c.thresholds[i]);
    out.precision.push_back(c.true_positives[i] / (c.true_positives[i] + c.false_positives[i]));
    out.recall.push_back(c.true_positives[i] / c.positives);
  }
  return out;
}

double average_precision(std::span<const double> scores, std::span<const std::int32_t> truth,
                         std::span<const double> weights) {
  const ranking_counts c = count_for("metrics::average_precision", scores, truth, weights, false);
  double sum = 0.0;
  for (std::size_t i = 1; i < c.thresholds.size(); ++i) {
    const double tp = c.true_positives[i];
    sum += (tp - c.true_positives[i - 1]) * (tp / (tp + c.false_positives[i]));
  }
  return sum / c.positives;
}

double precision_recall_area(std::span<const double> scores, std::span<const std::int32_t> truth,
                             std::span<const double> weights) {
  const ranking_counts c = count_for("metrics::precision_recall_area", scores, truth, weights, false);
  double area = 0.0;
  for (std::size_t i = 1; i < c.thresholds.size(); ++i) {
    const double from = c.true_positives[i - 1], to = c.true_positives[i];
    if (!(to > from)) continue;
    const double slope = (c.false_positives[i] - c.false_positives[i - 1]) / (to - from);
    // Precision at t true positives is t / (a t + b).
    const double a = 1.0 + slope, b = i == 1 ? 0.0 : c.false_positives[i - 1] - slope * from;
    area += (to - from) / a;
    if (b != 0.0) area -= b / (a * a) * std::log((a * to + b) / (a * from + b));
  }
  return area / c.positives;
}

}  // namespace credence::metrics
