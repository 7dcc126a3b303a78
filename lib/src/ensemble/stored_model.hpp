// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/ensemble/learner.hpp"

#include <nlohmann/json.hpp>

#include <span>

/// What the library's own models have besides: a JSON body.
namespace credence::ensemble::detail {

using json = nlohmann::ordered_json;

class stored_model : public fitted_model {
 public:
  stored_model(std::int32_t classes, std::vector<feature_info> features)
      : classes_(classes), features_(std::move(features)) {}
  [[nodiscard]] std::int32_t classes() const final { return classes_; }
  [[nodiscard]] const std::vector<feature_info>& features() const final { return features_; }
  [[nodiscard]] virtual json body() const = 0;

 private:
  std::int32_t classes_;
  std::vector<feature_info> features_;
};

json features_to_json(const std::vector<feature_info>& features);
std::vector<feature_info> features_from_json(const json& from);
json tree_to_json(const decision_tree& tree);
/// @throws domain_error  when the parts do not fit together
decision_tree tree_from_json(const json& from, std::int64_t columns);

/// {kind, classes, features, ...body}
json model_to_json(const fitted_model& model);
model_pointer model_from_json(const json& from);

// One for each kind of model, from its body.
model_pointer tree_from_body(const json& body, std::int32_t classes, std::vector<feature_info> features);
model_pointer forest_from_body(const json& body, std::int32_t classes, std::vector<feature_info> features);
model_pointer boosting_from_body(const json& body, std::int32_t classes, std::vector<feature_info> features);
model_pointer naive_bayes_from_body(const json& body, std::int32_t classes, std::vector<feature_info> features);
model_pointer nearest_from_body(const json& body, std::int32_t classes, std::vector<feature_info> features);
model_pointer committee_from_body(const std::string& kind, const json& body, std::int32_t classes,
                                  std::vector<feature_info> features);

/// Gains of splits by column, over trees, summing to one.
std::vector<double> gain_importances(std::span<const decision_tree> trees, std::size_t columns);

}  // namespace credence::ensemble::detail
