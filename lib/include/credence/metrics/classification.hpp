// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/tensor/view.hpp"

#include <cstdint>
#include <span>
#include <vector>

/// Scores of predicted classes and probabilities. Everywhere: classes count from 0; an empty `weights` means one for
/// every row, and a weight of k counts like k equal rows; rows of weight 0 do not count at all.
///
/// Errors, everywhere: shape_error when lengths differ; domain_error for no rows, a class outside, a weight that is
/// negative or not finite, or weights that are all 0.
namespace credence::metrics {

/// Weighted counts of (true class, predicted class).
struct confusion_matrix {
  std::int64_t classes = 0;
  std::vector<double> counts;  ///< (truth, predicted), row-major

  [[nodiscard]] double count(std::int64_t truth, std::int64_t predicted) const {
    return counts[static_cast<std::size_t>(truth * classes + predicted)];
  }
  [[nodiscard]] double of_truth(std::int64_t c) const;      ///< rows of that true class
  [[nodiscard]] double of_predicted(std::int64_t c) const;  ///< rows predicted to be of that class
  [[nodiscard]] double total() const;
};

confusion_matrix confusion(std::span<const std::int32_t> truth, std::span<const std::int32_t> predicted,
                           std::int64_t classes, std::span<const double> weights = {});

/// The part of rows that is predicted right.
double accuracy(const confusion_matrix& c);
/// The mean over the classes that occur of the part of their rows that is predicted right.
double balanced_accuracy(const confusion_matrix& c);
/// Right predictions of a class over all predictions of it; 0 when it was never predicted.
double precision(const confusion_matrix& c, std::int64_t of_class);
/// Right predictions of a class over all its rows; 0 when it has none.
double recall(const confusion_matrix& c, std::int64_t of_class);
/// (1 + b^2) P R / (b^2 P + R) of precision P and recall R: b > 1 weighs recall more. 0 when there is neither a row nor
/// a prediction of the class.
/// @throws domain_error  unless beta is positive and finite
double f_beta(const confusion_matrix& c, std::int64_t of_class, double beta = 1.0);
/// The mean of f_beta over the classes that occur or are predicted.
double macro_f_beta(const confusion_matrix& c, double beta = 1.0);
/// (observed - chance agreement) / (1 - chance agreement); NaN when chance agreement is 1.
/// @source Cohen, "A coefficient of agreement for nominal scales", 1960
double cohen_kappa(const confusion_matrix& c);
/// Matthews' correlation coefficient, for any number of classes; 0 when truth or prediction is constant.
/// @source Gorodkin, "Comparing two K-category assignments by a K-category correlation coefficient", 2004
double matthews_correlation(const confusion_matrix& c);

/// The class of largest probability of each row; of equal ones the smallest.
std::vector<std::int32_t> most_probable(view<const double, 2> probabilities);

/// Mean of -ln p(true class). Probabilities are first moved into [clip, 1 - clip] and the row scaled to sum to one, so
/// that a certain and wrong prediction costs -ln clip, not infinity.
/// @param probabilities  (rows, classes)
double log_loss(view<const double, 2> probabilities, std::span<const std::int32_t> truth,
                std::span<const double> weights = {}, double clip = 0x1p-52);

/// Mean squared distance of the probability of class 1 from the truth (0 or 1): from 0 to 1.
/// @source Brier, "Verification of forecasts expressed in terms of probability", 1950 (half of his sum over two
/// classes)
double brier_score(std::span<const double> probability, std::span<const std::int32_t> truth,
                   std::span<const double> weights = {});
/// Brier's own sum over all classes: from 0 to 2.
double brier_score(view<const double, 2> probabilities, std::span<const std::int32_t> truth,
                   std::span<const double> weights = {});

}  // namespace credence::metrics
