// SPDX-License-Identifier: BSD-3-Clause
#include "credence/ensemble/validation.hpp"

#include "credence/base/check.hpp"
#include "credence/metrics/classification.hpp"
#include "credence/metrics/ranking.hpp"
#include "credence/metrics/regression.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace credence::ensemble {

namespace {

void gather(const labelled_rows& all, std::span<const std::int64_t> rows, std::vector<double>& x,
            std::vector<double>& y, std::vector<double>& weights) {
  x.reserve(rows.size() * static_cast<std::size_t>(all.x.columns()));
  for (const std::int64_t r : rows) {
    check::less_than("ensemble::row_subset", "a row", r, all.x.rows());
    for (std::int64_t c = 0; c < all.x.columns(); ++c) x.push_back(all.x(r, c));
    y.push_back(all.y[static_cast<std::size_t>(r)]);
    if (!all.weights.empty()) weights.push_back(all.weight(r));
  }
}

}  // namespace

training_fold::training_fold(const labelled_rows& all, std::vector<std::int64_t> sources)
    : features_(all.features.begin(), all.features.end()),
      sources_(std::move(sources)),
      count_(static_cast<std::int64_t>(sources_.size())),
      columns_(all.x.columns()),
      classes_(all.classes) {
  gather(all, sources_, x_, y_, weights_);
}

row_subset::row_subset(const labelled_rows& all, std::span<const std::int64_t> rows)
    : features_(all.features), columns_(all.x.columns()), classes_(all.classes) {
  gather(all, rows, x_, y_, weights_);
}

fold_set::fold_set(const labelled_rows& rows, std::span<const std::int32_t> fold_of_row)
    : rows_(rows), fold_of_row_(fold_of_row.begin(), fold_of_row.end()) {
  const char* where = "ensemble::fold_set";
  check_rows(where, rows);
  check::same_size(where, "fold_of_row", static_cast<std::int64_t>(fold_of_row.size()), "x", rows.x.rows());
  for (const std::int32_t f : fold_of_row) {
    check::at_least(where, "a fold", f, -1);
    folds_ = std::max(folds_, f + 1);
  }
  // One fold is enough where some rows are never tested: they are what it trains on.
  const bool held = std::find(fold_of_row_.begin(), fold_of_row_.end(), -1) != fold_of_row_.end();
  check::at_least(where, "the number of folds", folds_, held ? 1 : 2);
  for (std::int32_t f = 0; f < folds_; ++f) {
    if (test_rows(f).empty())
      check::fail_domain(where, "fold " + std::to_string(f), std::string_view("empty"), "not empty");
  }
}

fold_set fold_set::in_time(const labelled_rows& rows, std::int32_t folds) {
  const char* where = "ensemble::fold_set::in_time";
  check_rows(where, rows);
  check::at_least(where, "folds", folds, 1);
  const std::int64_t n = rows.x.rows(), block = n / (folds + 1);
  check::at_least(where, "the number of rows", n, folds + 1);
  fold_set out;
  out.rows_ = rows;
  out.folds_ = folds;
  out.in_time_ = true;
  out.fold_of_row_.assign(static_cast<std::size_t>(n), -1);
  const std::int64_t first = n - block * folds;
  for (std::int64_t i = first; i < n; ++i) {
    out.fold_of_row_[static_cast<std::size_t>(i)] = static_cast<std::int32_t>((i - first) / block);
  }
  return out;
}

training_fold fold_set::training(std::int32_t fold) const {
  check::less_than("ensemble::fold_set", "fold", fold, folds_);
  std::vector<std::int64_t> rows;
  for (std::size_t i = 0; i < fold_of_row_.size(); ++i) {
    if (in_time_ ? fold_of_row_[i] < fold : fold_of_row_[i] != fold) rows.push_back(static_cast<std::int64_t>(i));
  }
  return training_fold(rows_, std::move(rows));
}

std::vector<std::int64_t> fold_set::test_rows(std::int32_t fold) const {
  check::less_than("ensemble::fold_set", "fold", fold, folds_);
  std::vector<std::int64_t> rows;
  for (std::size_t i = 0; i < fold_of_row_.size(); ++i) {
    if (fold_of_row_[i] == fold) rows.push_back(static_cast<std::int64_t>(i));
  }
  return rows;
}

out_of_fold cross_predict(const learner& by, const fold_set& folds, const fit_settings& settings) {
  out_of_fold out;
  out.outputs_ = std::max(1, folds.rows().classes);
  out.predictions_.assign(static_cast<std::size_t>(folds.rows().x.rows() * out.outputs_), NAN);
  for (std::int32_t f = 0; f < folds.folds(); ++f) {
    fit_settings now = settings;
    now.key = settings.key.split(purpose::split, 0, 0, static_cast<std::uint64_t>(f) + 1);
    const training_fold training = folds.training(f);
    const model_pointer model = by.fit(training.rows(), now);
    const std::vector<std::int64_t> tested = folds.test_rows(f);
    const row_subset held(folds.rows(), tested);
    const std::vector<double> predicted = model->predict(held.rows().x, settings.context);
    for (std::size_t i = 0; i < tested.size(); ++i) {
      std::copy_n(predicted.begin() + static_cast<std::ptrdiff_t>(i) * out.outputs_, out.outputs_,
                  out.predictions_.begin() + tested[i] * out.outputs_);
    }
  }
  return out;
}

namespace {

void score_classes(std::span<const double> predictions, std::span<const std::int32_t> truth, std::int32_t classes,
                   std::span<const double> weights, std::int32_t positive, scores& out) {
  const view<const double, 2> p(predictions.data(), static_cast<std::int64_t>(truth.size()), classes);
  const std::vector<std::int32_t> predicted = metrics::most_probable(p);
  const metrics::confusion_matrix counts = metrics::confusion(truth, predicted, classes, weights);
  out.accuracy = metrics::accuracy(counts);
  out.log_loss = metrics::log_loss(p, truth, weights);
  if (classes > 2) {
    out.f1 = metrics::macro_f_beta(counts);
    return;
  }
  out.f1 = metrics::f_beta(counts, positive);
  std::vector<double> score;
  std::vector<std::int32_t> is_positive;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    score.push_back(p(static_cast<std::int64_t>(i), positive));
    is_positive.push_back(truth[i] == positive ? 1 : 0);
  }
  if (counts.of_truth(positive) <= 0.0) return;
  out.average_precision = metrics::average_precision(score, is_positive, weights);
  if (counts.of_truth(1 - positive) > 0.0) out.auc = metrics::roc_auc(score, is_positive, weights);
}

}  // namespace

scores score_predictions(std::span<const double> predictions, std::span<const double> y, std::int32_t classes,
                         std::span<const double> weights, std::int32_t positive) {
  const char* where = "ensemble::score_predictions";
  check::same_size(where, "predictions", static_cast<std::int64_t>(predictions.size()), "the targets times the outputs",
                   static_cast<std::int64_t>(y.size()) * std::max(1, classes));
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  scores out{none, none, none, none, none, none, none, none};
  if (classes == 0) {
    out.rmse = metrics::root_mean_squared_error(y, predictions, weights);
    out.mae = metrics::mean_absolute_error(y, predictions, weights);
    out.r2 = metrics::r2(y, predictions, weights);
    return out;
  }
  check::less_than(where, "positive", positive, classes);
  std::vector<std::int32_t> truth;
  for (const double c : y) truth.push_back(static_cast<std::int32_t>(c));
  // Means of probabilities may leave [0, 1] by rounding.
  std::vector<double> bounded(predictions.begin(), predictions.end());
  for (double& p : bounded) p = std::clamp(p, 0.0, 1.0);
  score_classes(bounded, truth, classes, weights, positive, out);
  return out;
}

std::vector<scores> cross_validate(const learner& by, const fold_set& folds, const fit_settings& settings,
                                   std::int32_t positive) {
  const out_of_fold all = cross_predict(by, folds, settings);
  const auto k = static_cast<std::size_t>(all.outputs());
  std::vector<scores> out;
  for (std::int32_t f = 0; f < folds.folds(); ++f) {
    std::vector<double> predictions, y, weights;
    for (const std::int64_t row : folds.test_rows(f)) {
      const auto i = static_cast<std::size_t>(row);
      for (std::size_t c = 0; c < k; ++c) predictions.push_back(all.predictions()[i * k + c]);
      y.push_back(folds.rows().y[i]);
      if (!folds.rows().weights.empty()) weights.push_back(folds.rows().weight(row));
    }
    out.push_back(score_predictions(predictions, y, folds.rows().classes, weights, positive));
  }
  return out;
}

scores mean_scores(std::span<const scores> all) {
  constexpr double scores::*members[] = {&scores::accuracy, &scores::auc, &scores::average_precision,
                                         &scores::log_loss, &scores::f1,  &scores::rmse,
                                         &scores::mae,      &scores::r2};
  scores out{};
  for (const auto member : members) {
    double sum = 0.0, count = 0.0;
    for (const scores& s : all) {
      if (std::isnan(s.*member)) continue;
      sum += s.*member;
      count += 1.0;
    }
    out.*member = count > 0.0 ? sum / count : NAN;
  }
  return out;
}

}  // namespace credence::ensemble
