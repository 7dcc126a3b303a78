// SPDX-License-Identifier: BSD-3-Clause
// credence ensemble evaluate: cross-validation, or training on one table and testing on another.
#include "credence/ensemble_common.hpp"

#include "credence/table/splits.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <chrono>

namespace credence::app {

namespace {

using namespace ensemble;

struct options {
  ensemble_options common;
  std::int64_t folds = 5;
  bool shuffle = false;
  bool stratify = false;
  std::string test;
  std::string unseen = "error";
};

double seconds(std::chrono::steady_clock::duration d) { return std::chrono::duration<double>(d).count(); }

std::vector<std::int32_t> fold_of_rows(const options& given, const frame& rows, std::uint64_t seed) {
  const auto folds = static_cast<std::int32_t>(given.folds);
  if (folds > rows.rows)
    throw parse_error(given.common.data, 1, 1,
                      fmt::format("the table has {} rows, expected at least {} for as many folds", rows.rows, folds));
  if (given.stratify) {
    if (rows.classes == 0) throw usage_error("ensemble: --stratify is for classes");
    std::vector<std::int32_t> classes;
    for (const double y : rows.y) classes.push_back(static_cast<std::int32_t>(y));
    return stratified_folds(classes, folds, {seed, 0});
  }
  return given.shuffle ? shuffled_folds(rows.rows, folds, {seed, 0}) : hashed_folds(rows.rows, folds);
}

struct outcome {
  scores all;
  std::int64_t rows;
  double seconds_train, seconds_predict;
};

outcome fit_and_score(const learner& by, const labelled_rows& train, const labelled_rows& test, std::int32_t positive,
                      session& now, std::uint64_t fold) {
  const auto start = std::chrono::steady_clock::now();
  const rng_key key = rng_key{now.seed, 0}.split(purpose::split, 0, 0, fold + 1);
  const model_pointer model = by.fit(train, {.context = now.context, .key = key, .interrupt = now.interrupt});
  const auto fitted = std::chrono::steady_clock::now();
  const std::vector<double> predicted = model->predict(test.x, now.context);
  const auto done = std::chrono::steady_clock::now();
  return {score_predictions(predicted, test.y, test.classes, {}, positive), test.x.rows(), seconds(fitted - start),
          seconds(done - fitted)};
}

document run(const options& given, session& now) {
  const table data = read_rows(now, given.common.data, given.common.no_header);
  const frame_schema schema = describe_file(given.common, data);
  const std::int32_t positive = positive_class(given.common, schema);
  const learner_pointer learner = make_learner(given.common, schema.classes());
  const frame rows = encode_file(given.common.data, data, schema, true, unseen_category::error);
  const labelled_rows all = rows.labelled();
  std::vector<outcome> outcomes;
  if (!given.test.empty()) {
    const table other = read_rows(now, given.test, given.common.no_header);
    const frame test = encode_file(given.test, other, schema, true,
                                   given.unseen == "error" ? unseen_category::error : unseen_category::missing);
    outcomes.push_back(fit_and_score(*learner, all, test.labelled(), positive, now, 0));
  } else {
    const fold_set folds(all, fold_of_rows(given, rows, now.seed));
    for (std::int32_t f = 0; f < folds.folds() && !now.interrupt->requested(); ++f) {
      const training_fold training = folds.training(f);
      const row_subset test(all, folds.test_rows(f));
      outcomes.push_back(
          fit_and_score(*learner, training.rows(), test.rows(), positive, now, static_cast<std::uint64_t>(f)));
      if (now.progress) now.progress({"folds", f + 1, folds.folds()});
    }
  }
  document result;
  std::vector<scores> each;
  double train = 0.0, predict = 0.0;
  json folds = json::array();
  table_text shown{"", score_columns(rows.classes > 0), {}};
  for (const outcome& o : outcomes) {
    each.push_back(o.all);
    train += o.seconds_train;
    predict += o.seconds_predict;
    json fold = scores_to_json(o.all);
    fold["rows"] = o.rows;
    folds.push_back(std::move(fold));
    add_score_rows(shown, given.test.empty() ? fmt::format("fold {}", each.size() - 1) : "test", o.all);
  }
  if (each.empty()) return result;
  const scores mean = mean_scores(each);
  if (each.size() > 1) add_score_rows(shown, "mean", mean);
  result.data["method"] = given.common.method;
  result.data["task"] = rows.classes > 0 ? "classification" : "regression";
  result.data["metrics"] = scores_to_json(mean);
  result.data["folds"] = given.test.empty() ? folds : json::array();
  result.data["seconds_train"] = train;
  result.data["seconds_predict"] = predict;
  result.tables.push_back(std::move(shown));
  return result;
}

}  // namespace

void add_ensemble_evaluate(program& all) {
  all.add(
      {.name = "ensemble evaluate",
       .summary = "how well a method predicts rows it has not seen: by folds, or on a table of its own",
       .example = "credence ensemble evaluate titanic.csv --target Survived --method random-forest --folds 5",
       .csv = true,
       .random = true},
      +[](CLI::App& app, options& given) {
        add_ensemble_options(app, given.common);
        app.add_option("--folds", given.folds, "parts; each is tested by a model of the others")
            ->check(between(2, 1000000));
        auto* shuffle = app.add_flag("--shuffle", given.shuffle, "folds by the seed, not by the row number");
        app.add_flag("--stratify", given.stratify, "folds by the seed, each class spread evenly")->excludes(shuffle);
        app.add_option("--test", given.test, "train on all rows and test on this table");
        app.add_option("--unseen", given.unseen,
                       "a text of the test table that was not there in training: error or missing")
            ->check(CLI::IsMember({"error", "missing"}));
      },
      run);
}

}  // namespace credence::app
