// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/progress.hpp"
#include "credence/ensemble/forest.hpp"
#include "credence/ensemble/gradient_boosting.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// What ensembles are made of: a learner fits rows and gives a model. Any ensemble takes any learner, an ensemble among
/// them, or a class of one's own.
namespace credence::ensemble {

/// A fitted model. Immutable: any number of threads may predict at once.
class fitted_model {
 public:
  virtual ~fitted_model() = default;
  [[nodiscard]] virtual std::string kind() const = 0;      ///< "gradient-boosting", "forest", ...
  [[nodiscard]] virtual std::int32_t classes() const = 0;  ///< 0: regression
  [[nodiscard]] virtual const std::vector<feature_info>& features() const = 0;
  /// Numbers (rows), or probabilities (rows, classes).
  [[nodiscard]] virtual std::vector<double> predict(const feature_rows& x, const exec::context& context) const = 0;
  /// How much each column did for the splits, summing to one; empty where a model has no such thing.
  [[nodiscard]] virtual std::vector<double> impurity_importances() const { return {}; }
  [[nodiscard]] std::int64_t outputs() const { return classes() > 0 ? classes() : 1; }
};
using model_pointer = std::shared_ptr<const fitted_model>;

/// What a fit is given besides rows.
struct fit_settings {
  exec::context context = exec::cpu();
  rng_key key{};
  progress_callback progress{};
  const interrupt_flag* interrupt = nullptr;
};

/// A way to fit. Equal rows and settings give equal models, for any number of threads.
class learner {
 public:
  virtual ~learner() = default;
  [[nodiscard]] virtual model_pointer fit(const labelled_rows& train, const fit_settings& settings) const = 0;
};
using learner_pointer = std::shared_ptr<const learner>;

// Learners over the options of each method; their context, key, progress and interrupt come from the fit_settings.
learner_pointer tree_learner(const tree_options& options = {}, double prune_alpha = 0.0);
learner_pointer forest_learner(const forest_options& options = {});
learner_pointer boosting_learner(const boosting_options& options = {});

/// Gaussian densities of numbers and frequencies of categories, independent given the class. Missing values are left
/// out.
struct naive_bayes_options {
  double variance_floor = 1e-9;  ///< added to variances, as part of the largest one
  double pseudo_count = 1.0;     ///< added to the count of each category
};
learner_pointer naive_bayes_learner(const naive_bayes_options& options = {});

/// The k nearest rows. Numbers are standardised (mean, population standard deviation) with the median for missing ones;
/// categories are spread over columns.
struct nearest_options {
  std::int64_t k = 5;
  bool by_distance = false;  ///< votes by 1 / distance, else equal ones
};
learner_pointer nearest_learner(const nearest_options& options = {});

/// Models fitted to bootstrap samples; predictions are means.
/// @source Breiman, "Bagging predictors", 1996
learner_pointer bagging_learner(learner_pointer base, std::int64_t models = 10);

/// Boosting by weights: SAMME for classes, R2 for numbers. The base must use weights; a null base is a tree of depth 1
/// for classes and 3 for numbers.
struct adaboost_options {
  learner_pointer base{};
  std::int64_t rounds = 50;
  double learning_rate = 1.0;
};
/// @source Zhu, Zou, Rosset, Hastie, "Multi-class AdaBoost", 2009; Drucker, "Improving regressors using boosting
///         techniques", 1997
learner_pointer adaboost_learner(const adaboost_options& options = {});

/// The mean of the predictions of several learners, or for classes the part of their votes.
enum class vote_kind : std::uint8_t { mean, majority };
learner_pointer voting_learner(std::vector<learner_pointer> members, vote_kind how = vote_kind::mean);

/// A final learner on the out-of-fold predictions of several members; the members are then fitted to all rows.
struct stacking_options {
  std::vector<learner_pointer> members{};
  learner_pointer final_learner{};  ///< null: boosted trees of depth 2
  std::int32_t folds = 5;           ///< stratified for classes
  double blend_fraction = 0.0;      ///< above 0: the final learner sees one held-out part of that size (blending)
};
/// @source Wolpert, "Stacked generalization", 1992
learner_pointer stacking_learner(const stacking_options& options);

/// As a fitted_model, for models that were fitted directly.
model_pointer as_model(gradient_boosting fitted);
model_pointer as_model(forest fitted);
model_pointer as_model(cart fitted);

}  // namespace credence::ensemble
