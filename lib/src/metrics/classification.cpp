// SPDX-License-Identifier: BSD-3-Clause
#include "credence/metrics/classification.hpp"

#include "metrics/checks.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace credence::metrics {

using namespace detail;

double confusion_matrix::of_truth(std::int64_t c) const {
  double sum = 0.0;
  for (std::int64_t p = 0; p < classes; ++p) sum += count(c, p);
  return sum;
}

double confusion_matrix::of_predicted(std::int64_t c) const {
  double sum = 0.0;
  for (std::int64_t t = 0; t < classes; ++t) sum += count(t, c);
  return sum;
}

double confusion_matrix::total() const {
  double sum = 0.0;
  for (const double x : counts) sum += x;
  return sum;
}

confusion_matrix confusion(std::span<const std::int32_t> truth, std::span<const std::int32_t> predicted,
                           std::int64_t classes, std::span<const double> weights) {
  const char* where = "metrics::confusion";
  check::at_least(where, "classes", classes, 1);
  check_rows(where, truth.size());
  check::same_size(where, "predicted", static_cast<std::int64_t>(predicted.size()), "the truth",
                   static_cast<std::int64_t>(truth.size()));
  check_weights(where, weights, truth.size());
  check_classes(where, truth, classes);
  check_classes(where, predicted, classes);
  confusion_matrix c{classes, std::vector<double>(static_cast<std::size_t>(classes * classes), 0.0)};
  for (std::size_t i = 0; i < truth.size(); ++i) {
    c.counts[static_cast<std::size_t>(truth[i] * classes + predicted[i])] += weight_of(weights, i);
  }
  return c;
}

double accuracy(const confusion_matrix& c) {
  double right = 0.0;
  for (std::int64_t k = 0; k < c.classes; ++k) right += c.count(k, k);
  return right / c.total();
}

double balanced_accuracy(const confusion_matrix& c) {
  double sum = 0.0;
  std::int64_t present = 0;
  for (std::int64_t k = 0; k < c.classes; ++k) {
    const double rows = c.of_truth(k);
    if (rows <= 0.0) continue;
    sum += c.count(k, k) / rows;
    ++present;
  }
  return sum / static_cast<double>(present);
}

double precision(const confusion_matrix& c, std::int64_t of_class) {
  check::less_than("metrics::precision", "of_class", of_class, c.classes);
  const double all = c.of_predicted(of_class);
  return all > 0.0 ? c.count(of_class, of_class) / all : 0.0;
}

double recall(const confusion_matrix& c, std::int64_t of_class) {
  check::less_than("metrics::recall", "of_class", of_class, c.classes);
  const double all = c.of_truth(of_class);
  return all > 0.0 ? c.count(of_class, of_class) / all : 0.0;
}

double f_beta(const confusion_matrix& c, std::int64_t of_class, double beta) {
  check::less_than("metrics::f_beta", "of_class", of_class, c.classes);
  check::positive("metrics::f_beta", "beta", beta);
  // In counts, so that 0 / 0 of precision or recall does not come up.
  const double b2 = beta * beta, right = c.count(of_class, of_class);
  const double below = b2 * c.of_truth(of_class) + c.of_predicted(of_class);
  return below > 0.0 ? (1.0 + b2) * right / below : 0.0;
}

double macro_f_beta(const confusion_matrix& c, double beta) {
  double sum = 0.0;
  std::int64_t present = 0;
  for (std::int64_t k = 0; k < c.classes; ++k) {
    if (c.of_truth(k) + c.of_predicted(k) <= 0.0) continue;
    sum += f_beta(c, k, beta);
    ++present;
  }
  return sum / static_cast<double>(present);
}

double cohen_kappa(const confusion_matrix& c) {
  const double n = c.total();
  double chance = 0.0;
  for (std::int64_t k = 0; k < c.classes; ++k) chance += c.of_truth(k) / n * (c.of_predicted(k) / n);
  if (chance >= 1.0) return std::numeric_limits<double>::quiet_NaN();
  return (accuracy(c) - chance) / (1.0 - chance);
}

double matthews_correlation(const confusion_matrix& c) {
  const double n = c.total();
  double right = 0.0, cross = 0.0, truth2 = 0.0, predicted2 = 0.0;
  for (std::int64_t k = 0; k < c.classes; ++k) {
    const double t = c.of_truth(k), p = c.of_predicted(k);
    right += c.count(k, k);
    cross += t * p;
    truth2 += t * t;
    predicted2 += p * p;
  }
  const double below = std::sqrt((n * n - truth2) * (n * n - predicted2));
  return below > 0.0 ? (right * n - cross) / below : 0.0;
}

std::vector<std::int32_t> most_probable(view<const double, 2> probabilities) {
  std::vector<std::int32_t> out(static_cast<std::size_t>(probabilities.extents[0]), 0);
  for (std::int64_t i = 0; i < probabilities.extents[0]; ++i) {
    std::int32_t best = 0;
    for (std::int64_t c = 1; c < probabilities.extents[1]; ++c) {
      if (probabilities(i, c) > probabilities(i, best)) best = static_cast<std::int32_t>(c);
    }
    out[static_cast<std::size_t>(i)] = best;
  }
  return out;
}

namespace {

void check_probabilities(const char* where, view<const double, 2> probabilities, std::span<const std::int32_t> truth,
                         std::span<const double> weights) {
  check_rows(where, truth.size());
  check::same_size(where, "the rows of probabilities", probabilities.extents[0], "the truth",
                   static_cast<std::int64_t>(truth.size()));
  check_weights(where, weights, truth.size());
  check_classes(where, truth, probabilities.extents[1]);
  for (std::int64_t i = 0; i < probabilities.extents[0]; ++i) {
    for (std::int64_t c = 0; c < probabilities.extents[1]; ++c) {
      check::probability(where, "a probability", probabilities(i, c));
    }
  }
}

}  // namespace

double log_loss(view<const double, 2> probabilities, std::span<const std::int32_t> truth,
                std::span<const double> weights, double clip) {
  check_probabilities("metrics::log_loss", probabilities, truth, weights);
  if (!(clip >= 0.0 && clip < 0.5)) check::fail_domain("metrics::log_loss", "clip", clip, "from 0 to below 0.5");
  double sum = 0.0, total = 0.0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double w = weight_of(weights, i);
    if (w == 0.0) continue;
    const auto row = static_cast<std::int64_t>(i);
    double all = 0.0;
    for (std::int64_t c = 0; c < probabilities.extents[1]; ++c) {
      all += std::clamp(probabilities(row, c), clip, 1.0 - clip);
    }
    sum -= w * std::log(std::clamp(probabilities(row, truth[i]), clip, 1.0 - clip) / all);
    total += w;
  }
  return sum / total;
}

double brier_score(std::span<const double> probability, std::span<const std::int32_t> truth,
                   std::span<const double> weights) {
  const char* where = "metrics::brier_score";
  check_binary(where, probability.size(), truth, weights);
  double sum = 0.0, total = 0.0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    check::probability(where, "a probability", probability[i]);
    const double w = weight_of(weights, i), miss = probability[i] - truth[i];
    sum += w * miss * miss;
    total += w;
  }
  return sum / total;
}

double brier_score(view<const double, 2> probabilities, std::span<const std::int32_t> truth,
                   std::span<const double> weights) {
  check_probabilities("metrics::brier_score", probabilities, truth, weights);
  double sum = 0.0, total = 0.0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double w = weight_of(weights, i);
    for (std::int64_t c = 0; c < probabilities.extents[1]; ++c) {
      const double miss = probabilities(static_cast<std::int64_t>(i), c) - (truth[i] == c ? 1.0 : 0.0);
      sum += w * miss * miss;
    }
    total += w;
  }
  return sum / total;
}

}  // namespace credence::metrics
