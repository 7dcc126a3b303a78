// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/errors.hpp"
#include "credence/ensemble/frame.hpp"
#include "credence/ensemble/model_file.hpp"
#include "credence/ensemble/validation.hpp"
#include "credence/table/json.hpp"
#include "credence/table/splits.hpp"
#include "ensemble/support.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>

using namespace credence;
using namespace credence::ensemble;
using test::made_rows;
using test::make_rows;

// Leaks are refused by type: neither can be made from rows at hand.
static_assert(!std::is_default_constructible_v<training_fold>);
static_assert(!std::is_constructible_v<training_fold, const labelled_rows&, std::vector<std::int64_t>>);
static_assert(!std::is_constructible_v<out_of_fold, std::vector<double>>);

namespace {

/// A learner of one's own: the mean of the targets, or the parts of the classes.
class mean_learner final : public learner {
 public:
  class model final : public fitted_model {
   public:
    std::vector<double> parts;
    std::vector<feature_info> columns;
    std::int32_t count = 0;
    [[nodiscard]] std::string kind() const override { return "mean"; }
    [[nodiscard]] std::int32_t classes() const override { return count; }
    [[nodiscard]] const std::vector<feature_info>& features() const override { return columns; }
    [[nodiscard]] std::vector<double> predict(const feature_rows& x, const exec::context&) const override {
      std::vector<double> out;
      for (std::int64_t i = 0; i < x.rows(); ++i) out.insert(out.end(), parts.begin(), parts.end());
      return out;
    }
  };
  [[nodiscard]] model_pointer fit(const labelled_rows& train, const fit_settings&) const override {
    auto out = std::make_shared<model>();
    out->columns.assign(train.features.begin(), train.features.end());
    out->count = train.classes;
    out->parts.assign(static_cast<std::size_t>(out->outputs()), 0.0);
    double all = 0.0;
    for (std::int64_t i = 0; i < train.x.rows(); ++i) {
      const double y = train.y[static_cast<std::size_t>(i)], w = train.weight(i);
      if (train.classes > 0) {
        out->parts[static_cast<std::size_t>(y)] += w;
      } else {
        out->parts[0] += w * y;
      }
      all += w;
    }
    for (double& p : out->parts) p /= all;
    return out;
  }
};

std::vector<learner_pointer> all_learners(std::int32_t classes) {
  boosting_options boosting;
  boosting.rounds = 30;
  forest_options small;
  small.trees = 20;
  std::vector<learner_pointer> out = {
      tree_learner({.max_depth = 5}),
      forest_learner(small),
      boosting_learner(boosting),
      nearest_learner(),
      bagging_learner(tree_learner(), 8),
      adaboost_learner({.rounds = 30}),
      voting_learner({tree_learner({.max_depth = 4}), nearest_learner()}),
      stacking_learner({.members = {tree_learner({.max_depth = 4}), nearest_learner()}, .folds = 3}),
      stacking_learner({.members = {tree_learner({.max_depth = 4})}, .blend_fraction = 0.4})};
  if (classes > 0) out.push_back(naive_bayes_learner());
  return out;
}

}  // namespace

TEST_CASE("learners: learn, repeat themselves on any number of threads, and survive their file",
          "[ensemble][learner]") {
  for (const std::int32_t classes : {0, 2, 3}) {
    const made_rows data =
        make_rows({.seed = 3, .rows = 900, .columns = 5, .classes = classes, .missing = 0.03, .categorical = 1});
    const made_rows fresh =
        make_rows({.seed = 4, .rows = 500, .columns = 5, .classes = classes, .missing = 0.03, .categorical = 1});
    const model_pointer mean = mean_learner().fit(data.labelled(), {});
    const scores floor = score_predictions(mean->predict(fresh.matrix(), exec::cpu(1)), fresh.y, classes);
    for (const learner_pointer& by : all_learners(classes)) {
      const model_pointer one = by->fit(data.labelled(), {.context = exec::cpu(1), .key = {1, 0}});
      const model_pointer three = by->fit(data.labelled(), {.context = exec::cpu(3), .key = {1, 0}});
      CAPTURE(one->kind(), classes);
      const std::vector<double> p = one->predict(fresh.matrix(), exec::cpu(1));
      CHECK(p == three->predict(fresh.matrix(), exec::cpu(3)));
      const scores got = score_predictions(p, fresh.y, classes);
      if (classes > 0) {
        CHECK(got.accuracy > floor.accuracy + 0.05);
        for (std::size_t i = 0; i < p.size(); i += static_cast<std::size_t>(classes)) {
          double sum = 0.0;
          for (std::int32_t c = 0; c < classes; ++c) sum += p[i + static_cast<std::size_t>(c)];
          REQUIRE_THAT(sum, WithinAbs(1.0, 1e-12));
        }
      } else {
        CHECK(got.rmse < 0.9 * floor.rmse);
      }
      std::vector<std::string> names;
      for (std::int32_t c = 0; c < classes; ++c) names.push_back(std::string(1, static_cast<char>('a' + c)));
      const std::string text = to_json({one, "answer", names});
      const named_model back = parse_model(text);
      CHECK(back.model->predict(fresh.matrix(), exec::cpu(2)) == p);
      CHECK(to_json(back) == text);
      CHECK(back.class_names == names);
    }
  }
}

TEST_CASE("learners: any ensemble takes a learner of one's own; its model is not written", "[ensemble][learner]") {
  const made_rows data = make_rows({.seed = 5, .rows = 100, .columns = 3, .classes = 2});
  const auto own = std::make_shared<mean_learner>();
  for (const learner_pointer& by :
       {bagging_learner(own, 3), voting_learner({own, own}), stacking_learner({.members = {own}})}) {
    const model_pointer model = by->fit(data.labelled(), {.context = exec::cpu(1)});
    CHECK(model->predict(data.matrix(), exec::cpu(1)).size() == 200);
    CHECK_THROWS_WITH(to_json({model, "y", {"a", "b"}}), Contains("mean"));
  }
}

TEST_CASE("cross_predict: no row is predicted by a model that saw it", "[ensemble][validation]") {
  // A nearest neighbour remembers: in its own training rows it is never wrong, out of fold on random classes half
  // right.
  made_rows data = make_rows({.seed = 6, .rows = 600, .columns = 3, .classes = 2});
  for (std::size_t i = 0; i < data.y.size(); ++i) data.y[i] = static_cast<double>(random::integer_below({9, 9}, i, 2));
  const learner_pointer by = nearest_learner({.k = 1});
  const scores seen = score_predictions(by->fit(data.labelled(), {})->predict(data.matrix(), exec::cpu(1)), data.y, 2);
  CHECK(seen.accuracy == 1.0);
  const fold_set folds(data.labelled(), hashed_folds(600, 5));
  const out_of_fold held = cross_predict(*by, folds);
  // 600 fair coins: standard error 0.02.
  CHECK(std::abs(score_predictions(held.predictions(), data.y, 2).accuracy - 0.5) < 0.1);
  std::vector<int> tested(600, 0);
  for (std::int32_t f = 0; f < folds.folds(); ++f) {
    const training_fold training = folds.training(f);
    for (const std::int64_t r : folds.test_rows(f)) {
      ++tested[static_cast<std::size_t>(r)];
      CHECK(std::find(training.sources().begin(), training.sources().end(), r) == training.sources().end());
    }
  }
  CHECK(std::count(tested.begin(), tested.end(), 1) == 600);
  const fold_set time = fold_set::in_time(data.labelled(), 4);
  for (std::int32_t f = 0; f < 4; ++f) CHECK(time.training(f).sources().back() < time.test_rows(f).front());
}

TEST_CASE("frames: categories, missing cells and classes by name", "[ensemble][frame]") {
  const table data = parse_json_table(
      R"([{"a": 1, "b": "x", "y": "no"}, {"a": null, "b": "z", "y": "yes"}, {"a": 3, "b": null, "y": "no"}])");
  const frame_schema schema = describe(data, "y");
  CHECK(schema.class_names == std::vector<std::string>{"no", "yes"});
  CHECK(schema.features[1].levels == std::vector<std::string>{"x", "z"});
  const frame rows = encode(data, schema, true);
  CHECK(rows.y == std::vector<double>{0, 1, 0});
  CHECK(rows.x[0] == 1.0);
  CHECK(std::isnan(rows.x[2]));
  CHECK(rows.x[3] == 1.0);
  CHECK(std::isnan(rows.x[5]));
  const table other = parse_json_table(R"([{"a": 1, "b": "w"}])");
  CHECK_THROWS_WITH(encode(other, schema, false), Contains("w"));
  CHECK(std::isnan(encode(other, schema, false, unseen_category::missing).x[1]));
  CHECK_THROWS_WITH(describe(data, "c"), Contains("c"));
}

TEST_CASE("model files: what is cut off or changed is refused", "[ensemble][model_file]") {
  const made_rows data = make_rows({.seed = 8, .rows = 200, .columns = 3, .classes = 2, .categorical = 1});
  const std::string text = to_json({boosting_learner({.rounds = 3})->fit(data.labelled(), {}), "y", {"a", "b"}});
  for (std::size_t cut = 0; cut + 2 < text.size(); cut += 97)
    CHECK_THROWS_AS(parse_model(text.substr(0, cut)), parse_error);
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string out = text;
    const auto at = out.find(from);
    REQUIRE(at != std::string::npos);
    return out.replace(at, from.size(), to);
  };
  CHECK_THROWS_WITH(parse_model(changed("\"left\":[1", "\"left\":[0")), Contains("points outside"));
  CHECK_THROWS_WITH(parse_model(changed("\"left\":[1", "\"left\":[99999")), Contains("points outside"));
  CHECK_THROWS_WITH(parse_model(changed("gradient-boosting", "gradient-boasting")), Contains("gradient-boasting"));
  CHECK_THROWS_WITH(parse_model(changed("\"loss\":\"logistic\"", "\"loss\":\"logic\"")), Contains("logic"));
  CHECK_THROWS_WITH(parse_model(changed("[\"a\",\"b\"]", "[\"a\"]")), Contains("class names"));
  CHECK_THROWS_AS(parse_model("[1, 2]"), parse_error);
}
