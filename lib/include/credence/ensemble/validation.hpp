// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/ensemble/learner.hpp"

#include <cstdint>
#include <span>
#include <vector>

/// Cross-validation, and training folds as a type: what must only ever see training rows takes a `training_fold`, and
/// what must be out of fold takes an `out_of_fold`. Neither can be made by hand.
namespace credence::ensemble {

/// Rows that some fold trains on, copied. Only a fold_set makes them.
class training_fold {
 public:
  [[nodiscard]] labelled_rows rows() const {
    return {view<const double, 2>(x_.data(), count_, columns_), y_, classes_, weights_, features_};
  }
  /// Where each row came from.
  [[nodiscard]] std::span<const std::int64_t> sources() const { return sources_; }

 private:
  friend class fold_set;
  training_fold(const labelled_rows& all, std::vector<std::int64_t> sources);
  std::vector<double> x_, y_, weights_;
  std::vector<feature_info> features_;
  std::vector<std::int64_t> sources_;
  std::int64_t count_ = 0, columns_ = 0;
  std::int32_t classes_ = 0;
};

/// Rows and the folds they are tested in.
class fold_set {
 public:
  /// @param fold_of_row  from 0; -1: never tested. Functions of credence/table/splits.hpp make them (hashed_folds,
  ///                     shuffled_folds, stratified_folds, grouped_folds)
  /// @throws shape_error, domain_error  for another number of rows, a fold without rows, or one
  ///         fold that tests all rows
  fold_set(const labelled_rows& rows, std::span<const std::int32_t> fold_of_row);
  /// Folds in time: fold k trains on all rows before its block (credence/table/splits.hpp, time_series_splits).
  static fold_set in_time(const labelled_rows& rows, std::int32_t folds);

  [[nodiscard]] std::int32_t folds() const { return folds_; }
  [[nodiscard]] const labelled_rows& rows() const { return rows_; }
  [[nodiscard]] training_fold training(std::int32_t fold) const;
  [[nodiscard]] std::vector<std::int64_t> test_rows(std::int32_t fold) const;

 private:
  fold_set() = default;
  labelled_rows rows_{};
  std::vector<std::int32_t> fold_of_row_;
  std::int32_t folds_ = 0;
  bool in_time_ = false;
};

/// Predictions of every row by a model that did not see it. Only cross_predict makes them.
class out_of_fold {
 public:
  /// (rows, outputs); NaN for rows that no fold tests.
  [[nodiscard]] std::span<const double> predictions() const { return predictions_; }
  [[nodiscard]] std::int64_t outputs() const { return outputs_; }

 private:
  friend out_of_fold cross_predict(const learner& by, const fold_set& folds, const fit_settings& settings);
  std::vector<double> predictions_;
  std::int64_t outputs_ = 1;
};
/// Fold k is fitted with the settings' key split by k.
out_of_fold cross_predict(const learner& by, const fold_set& folds, const fit_settings& settings = {});

/// Rows gathered by index, as learners take them. The owner of the memory of its labelled_rows.
class row_subset {
 public:
  row_subset(const labelled_rows& all, std::span<const std::int64_t> rows);
  [[nodiscard]] labelled_rows rows() const {
    return {view<const double, 2>(x_.data(), static_cast<std::int64_t>(y_.size()), columns_), y_, classes_, weights_,
            features_};
  }

 private:
  std::vector<double> x_, y_, weights_;
  std::span<const feature_info> features_;
  std::int64_t columns_;
  std::int32_t classes_;
};

/// The usual scores. NaN where a score does not apply (regression, more than two classes, one class in the rows).
struct scores {
  double accuracy, auc, average_precision, log_loss, f1;  ///< f1: of the positive class, or the macro mean
  double rmse, mae, r2;
};
/// @param predictions  (rows) or (rows, classes)
/// @param positive     class, of two
scores score_predictions(std::span<const double> predictions, std::span<const double> y, std::int32_t classes,
                         std::span<const double> weights = {}, std::int32_t positive = 1);

/// The scores of each fold.
std::vector<scores> cross_validate(const learner& by, const fold_set& folds, const fit_settings& settings = {},
                                   std::int32_t positive = 1);
/// Mean of each score over folds, NaN left out.
scores mean_scores(std::span<const scores> all);

}  // namespace credence::ensemble
