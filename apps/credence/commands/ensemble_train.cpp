// SPDX-License-Identifier: BSD-3-Clause
// credence ensemble train: a model from a table.
#include "credence/ensemble_common.hpp"

#include "credence/ensemble/model_file.hpp"

#include <fmt/format.h>
#include <chrono>

namespace credence::app {

namespace {

using namespace ensemble;

document run(const ensemble_options& given, session& now) {
  const table data = read_rows(now, given.data, given.no_header);
  const frame_schema schema = describe_file(given, data);
  const std::int32_t positive = positive_class(given, schema);
  const learner_pointer learner = make_learner(given, schema.classes());
  const frame rows = encode_file(given.data, data, schema, true, unseen_category::error);
  const auto start = std::chrono::steady_clock::now();
  const model_pointer model = learner->fit(
      rows.labelled(),
      {.context = now.context, .key = {now.seed, 0}, .progress = now.progress, .interrupt = now.interrupt});
  const auto fitted = std::chrono::steady_clock::now();
  const std::vector<double> predicted = model->predict(rows.matrix(), now.context);
  const auto done = std::chrono::steady_clock::now();
  save_model(now.output, {model, schema.target, schema.class_names});
  const scores training = score_predictions(predicted, rows.y, rows.classes, {}, positive);
  document result;
  result.data["method"] = given.method;
  result.data["task"] = rows.classes > 0 ? "classification" : "regression";
  result.data["rows"] = rows.rows;
  result.data["metrics"] = scores_to_json(training);
  result.data["metrics_of"] = "training rows";
  result.data["folds"] = json::array();
  result.data["seconds_train"] = std::chrono::duration<double>(fitted - start).count();
  result.data["seconds_predict"] = std::chrono::duration<double>(done - fitted).count();
  result.data["output"] = now.output;
  table_text shown{"", score_columns(rows.classes > 0), {}};
  add_score_rows(shown, "training", training);
  result.tables.push_back(std::move(shown));
  result.notes.push_back(fmt::format(
      "{} of {} rows and {} columns, written to {}; scores of training rows flatter, `ensemble evaluate` does not",
      given.method, rows.rows, rows.features.size(), now.output));
  return result;
}

}  // namespace

void add_ensemble_train(program& all) {
  all.add({.name = "ensemble train",
           .summary = "fit an ensemble to a table",
           .example = "credence ensemble train titanic.csv --target Survived --method gradient-boosting --param "
                      "rounds=200 --output titanic.json",
           .output = "the model (versioned JSON)",
           .default_output = "model.json",
           .random = true},
          add_ensemble_options, run);
}

}  // namespace credence::app
