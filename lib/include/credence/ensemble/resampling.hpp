// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/ensemble/validation.hpp"

#include <cstdint>
#include <span>
#include <vector>

/// Sampling against imbalance. It takes training folds only, so that no test row can leak into it, and tells what it
/// did to the classes, so that probabilities can be put right afterwards.
namespace credence::ensemble {

/// Rows of a fold with more or fewer of some classes, in memory of their own.
struct resampled_rows {
  std::vector<double> x, y, weights;
  std::vector<feature_info> features;
  std::int64_t columns = 0;
  std::int32_t classes = 0;
  std::vector<double> share_before, share_after;  ///< of each class, by weight

  [[nodiscard]] labelled_rows rows() const {
    return {view<const double, 2>(x.data(), static_cast<std::int64_t>(y.size()), columns), y, classes, weights,
            features};
  }
};

/// Rows of smaller classes again, drawn with replacement, until all classes have as many rows as the largest.
/// @throws domain_error  for regression, or a class without rows
resampled_rows oversample(const training_fold& fold, rng_key key);
/// A random part of the rows of larger classes, so that all classes have as many rows as the smallest.
resampled_rows undersample(const training_fold& fold, rng_key key);

struct smote_options {
  std::int64_t neighbours = 5;  ///< of the same class, by euclidean distance of standardised columns
  rng_key key{};
};
/// New rows of smaller classes, each at a random place between a row and one of its nearest of the same class, until
/// all classes have as many rows as the largest. Weights become one.
/// @throws domain_error  also for missing values, categorical columns, rows with other weights, or a class of one row
/// @source Chawla, Bowyer, Hall, Kegelmeyer, "SMOTE: synthetic minority over-sampling technique", JAIR 2002
resampled_rows smote(const training_fold& fold, const smote_options& options = {});

/// Probabilities of a model of resampled rows, for rows as they were: p_c * before_c / after_c, scaled to sum to one.
/// @param probabilities  (rows, classes), in place
/// @source Saerens, Latinne, Decaestecker, "Adjusting the outputs of a classifier to new a priori probabilities", 2002
void correct_probabilities(std::span<double> probabilities, std::span<const double> share_before,
                           std::span<const double> share_after);

}  // namespace credence::ensemble
