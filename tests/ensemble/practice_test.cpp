// SPDX-License-Identifier: BSD-3-Clause
// Resampling, calibration, search, importances; losses and options of boosting; textbook figures.
#include "credence/base/errors.hpp"
#include "credence/ensemble/calibration.hpp"
#include "credence/ensemble/frame.hpp"
#include "credence/ensemble/resampling.hpp"
#include "credence/ensemble/tuning.hpp"
#include "credence/metrics/calibration.hpp"
#include "credence/metrics/ranking.hpp"
#include "credence/metrics/regression.hpp"
#include "credence/table/json.hpp"
#include "credence/table/splits.hpp"
#include "ensemble/support.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <set>

using namespace credence;
using namespace credence::ensemble;
using test::made_rows;
using test::make_rows;

namespace {

/// Two classes, class 1 rare; P(1) is known.
struct rare_class {
  made_rows rows;
  std::vector<double> probability;
};
rare_class make_rare(std::uint64_t seed, std::int64_t n) {
  rare_class out;
  out.rows = make_rows({.seed = seed, .rows = n, .columns = 3});
  out.rows.classes = 2;
  for (std::int64_t i = 0; i < n; ++i) {
    const double z =
        -3.0 + 1.5 * out.rows.x[static_cast<std::size_t>(3 * i)] + out.rows.x[static_cast<std::size_t>(3 * i + 1)];
    const double p = 1.0 / (1.0 + std::exp(-z));
    out.probability.push_back(p);
    out.rows.y[static_cast<std::size_t>(i)] =
        random::uniform(rng_key{seed, 77}, static_cast<std::uint64_t>(i)) < p ? 1.0 : 0.0;
  }
  return out;
}

}  // namespace

TEST_CASE("resampling: classes even out, and corrected probabilities are those of the population",
          "[ensemble][resampling]") {
  const rare_class data = make_rare(3, 6000), fresh = make_rare(4, 6000);
  const fold_set folds(data.rows.labelled(), hashed_folds(6000, 3));
  const training_fold fold = folds.training(0);
  const auto mean_of = [](const std::vector<double>& p) {
    double sum = 0.0;
    for (std::size_t i = 1; i < p.size(); i += 2) sum += p[i];
    return 2.0 * sum / static_cast<double>(p.size());
  };
  double truth = 0.0;
  for (const double p : fresh.probability) truth += p / 6000.0;
  for (int how = 0; how < 3; ++how) {
    const resampled_rows even =
        how == 0 ? oversample(fold, {1, 0}) : (how == 1 ? undersample(fold, {1, 0}) : smote(fold, {.key = {1, 0}}));
    CHECK_THAT(even.share_after[1], WithinAbs(0.5, 1e-12));
    boosting_options o;
    o.rounds = 60;
    o.max_depth = 3;
    const model_pointer model = boosting_learner(o)->fit(even.rows(), {});
    std::vector<double> p = model->predict(fresh.rows.matrix(), exec::cpu(1));
    const double before = mean_of(p);
    correct_probabilities(p, even.share_before, even.share_after);
    CAPTURE(how, before, mean_of(p), truth);
    CHECK(before > truth + 0.1);  // uncorrected: far too many
    // A third of 4000 training rows' share of class 1: standard error 0.005; undersampling keeps few rows.
    CHECK(std::abs(mean_of(p) - truth) < 0.03);
  }
}

TEST_CASE("smote: new rows lie between a row and a near one of the same class", "[ensemble][resampling]") {
  const rare_class data = make_rare(5, 300);
  const fold_set folds(data.rows.labelled(), hashed_folds(300, 3));
  const training_fold fold = folds.training(1);
  const labelled_rows from = fold.rows();
  const resampled_rows made = smote(fold, {.neighbours = 3, .key = {2, 0}});
  std::vector<std::int64_t> rare;
  for (std::int64_t i = 0; i < from.x.rows(); ++i) {
    if (from.y[static_cast<std::size_t>(i)] == 1.0) rare.push_back(i);
  }
  REQUIRE(static_cast<std::int64_t>(made.y.size()) > from.x.rows());
  for (auto r = static_cast<std::size_t>(from.x.rows()); r < made.y.size(); ++r) {
    CHECK(made.y[r] == 1.0);
    bool between = false;
    for (const std::int64_t a : rare) {
      for (const std::int64_t b : rare) {
        double along = -1.0;
        bool on = a != b;
        for (std::int64_t c = 0; c < 3 && on; ++c) {
          const double from_a = made.x[r * 3 + static_cast<std::size_t>(c)] - from.x(a, c),
                       whole = from.x(b, c) - from.x(a, c);
          if (along < 0.0) along = from_a / whole;
          on = along >= 0.0 && along <= 1.0 && std::abs(from_a - along * whole) < 1e-9;
        }
        between = between || on;
      }
    }
    CHECK(between);
  }
}

TEST_CASE("platt_scaling: recovers a logistic curve; isotonic_regression: is the least squares one",
          "[ensemble][calibration]") {
  std::vector<double> scores, probability;
  std::vector<std::int32_t> truth;
  for (std::uint64_t i = 0; i < 20000; ++i) {
    const double s = 100.0 + 5.0 * random::normal<double>({1, 1}, i);
    const double p = 1.0 / (1.0 + std::exp(-(0.4 * s - 41.0)));
    scores.push_back(s);
    truth.push_back(random::uniform(rng_key{1, 2}, i) < p ? 1 : 0);
  }
  const platt_scaling fitted = platt_scaling::fit(scores, truth);
  // Standard errors of the slope and of the curve at its middle are about 0.006 and 0.004.
  CHECK_THAT(fitted.slope, WithinAbs(-0.4, 0.025));
  CHECK_THAT(fitted(102.5), WithinAbs(0.5, 0.02));
  const isotonic_regression steps = isotonic_regression::fit(scores, std::vector<double>(truth.begin(), truth.end()));
  for (double s = 85.0; s < 115.0; s += 0.5) CHECK(steps(s + 0.5) >= steps(s));
  CHECK_THAT(steps(102.5), WithinAbs(0.5, 0.12));
  // The textbook example: pools 3 and 2.
  const std::vector<double> x = {1, 2, 3, 4, 4}, y = {1, 3, 2, 4, 6};
  const isotonic_regression small = isotonic_regression::fit(x, y);
  CHECK(small(1) == 1.0);
  CHECK(small(2) == 2.5);
  CHECK(small(3) == 2.5);
  CHECK(small(4) == 5.0);
  CHECK(small(1.5) == 1.75);
  CHECK(small(0) == 1.0);
  CHECK(small(9) == 5.0);
  CHECK_THROWS_WITH(platt_scaling::fit(x, std::vector<std::int32_t>(5, 1)), Contains("class 0"));
}

TEST_CASE("grid_search, importances, partial dependence: find what matters", "[ensemble][tuning]") {
  const made_rows data = make_rows({.seed = 12, .rows = 1500, .columns = 5}),
                  fresh = make_rows({.seed = 13, .rows = 1500, .columns = 5});
  const fold_set folds(data.labelled(), hashed_folds(1500, 3));
  const std::vector<candidate> grid = {{"stump", tree_learner({.max_depth = 1})},
                                       {"tree", tree_learner({.max_depth = 5})},
                                       {"boosting", boosting_learner()}};
  const search_result found = grid_search(grid, folds);
  CHECK(found.best == 2);
  CHECK(found.means[0] < found.means[1]);
  const auto drawn = random_candidates(3, 2, {5, 0}, [](std::span<const double> u) {
    return candidate{"depth", tree_learner({.max_depth = 1 + static_cast<std::int32_t>(u[0] * 6.0)})};
  });
  CHECK(grid_search(drawn, folds).means.size() == 3);
  const model_pointer model = boosting_learner()->fit(data.labelled(), {});
  const std::vector<importance> falls = permutation_importances(*model, fresh.labelled(), 3, {.key = {1, 0}});
  const std::vector<double> gains = model->impurity_importances();
  double sum = 0.0;
  for (const double g : gains) sum += g;
  CHECK_THAT(sum, WithinAbs(1.0, 1e-12));
  for (std::size_t c = 0; c < 3; ++c) {  // the answer depends on the first three columns only
    for (std::size_t other = 3; other < 5; ++other) {
      CHECK(falls[c].mean > 5.0 * std::abs(falls[other].mean));
      CHECK(gains[c] > 3.0 * gains[other]);
    }
  }
  const std::vector<double> at = {-1.0, 0.0, 1.0};
  const std::vector<double> curve = partial_dependence(*model, fresh.matrix(), 1, at);
  CHECK_THAT(curve[2] - curve[0], WithinAbs(1.4, 0.25));  // slope 0.7
}

TEST_CASE("boosting losses: each finds what it is the loss of", "[ensemble][boosting]") {
  made_rows data = make_rows({.seed = 14, .rows = 4000, .columns = 2});
  std::vector<double> rate;
  for (std::size_t i = 0; i < data.y.size(); ++i) {
    rate.push_back(std::exp(0.5 + 0.5 * (data.x[2 * i] > 0.0 ? 1.0 : -1.0)));
    const double u = random::uniform(rng_key{14, 1}, i);
    data.y[i] = -rate[i] * std::log(u);  // exponential with that mean: skewed
  }
  const auto fit = [&](boosting_options o) {
    o.rounds = 60;
    o.max_depth = 2;
    o.min_child_weight = 50.0;
    return gradient_boosting::fit(data.labelled(), o).predict(data.matrix());
  };
  const auto mean_ratio = [&](const std::vector<double>& p, bool high) {
    double sum = 0.0, count = 0.0;
    for (std::size_t i = 0; i < p.size(); ++i) {
      if ((data.x[2 * i] > 0.0) != high) continue;
      sum += p[i] / rate[i];
      count += 1.0;
    }
    return sum / count;
  };
  for (const bool high : {false, true}) {  // 2000 rows each: relative standard error about 0.03
    CHECK_THAT(mean_ratio(fit({.loss = boosting_loss::squared}), high), WithinAbs(1.0, 0.08));
    CHECK_THAT(mean_ratio(fit({.loss = boosting_loss::poisson}), high), WithinAbs(1.0, 0.08));
    CHECK_THAT(mean_ratio(fit({.loss = boosting_loss::absolute}), high), WithinAbs(std::log(2.0), 0.08));
    CHECK_THAT(mean_ratio(fit({.loss = boosting_loss::quantile, .quantile = 0.9}), high),
               WithinAbs(std::log(10.0), 0.3));
    CHECK(mean_ratio(fit({.loss = boosting_loss::huber, .huber_delta = 0.3}), high) < 0.95);  // between median and mean
  }
  struct log_cosh final : user_loss {
    [[nodiscard]] terms evaluate(double s, double y) const override {
      const double t = std::tanh(s - y);
      return {std::log(std::cosh(s - y)), t, 1.0 - t * t + 1e-3};
    }
  };
  const std::vector<double> own = fit({.loss = boosting_loss::user, .loss_of_user = std::make_shared<log_cosh>()});
  CHECK(mean_ratio(own, true) < 0.95);
  CHECK(mean_ratio(own, true) > 0.6);
}

TEST_CASE("boosting options: monotone, early stopping, interruption, weights, constant answers",
          "[ensemble][boosting]") {
  const made_rows data = make_rows({.seed = 15, .rows = 2000, .columns = 4, .missing = 0.02}),
                  fresh = make_rows({.seed = 16, .rows = 800, .columns = 4});
  // Column 0 enters as a sine: forced to rise, predictions must never fall along it.
  const auto rising = gradient_boosting::fit(data.labelled(), {.rounds = 40, .monotone = {1, 0, 0, -1}});
  for (std::int64_t i = 0; i < 40; ++i) {
    std::vector<double> row(fresh.x.begin() + 4 * i, fresh.x.begin() + 4 * i + 4), last(1, -HUGE_VAL), now(1);
    for (double x = -3.0; x <= 3.0; x += 0.05) {
      row[0] = x;
      rising.predict_row(row, now);
      REQUIRE(now[0] >= last[0]);
      last = now;
    }
    last[0] = HUGE_VAL;
    for (double x = -3.0; x <= 3.0; x += 0.05) {
      row[3] = x;
      rising.predict_row(row, now);
      REQUIRE(now[0] <= last[0]);
      last = now;
    }
  }
  const labelled_rows valid = fresh.labelled();
  const auto stopped = gradient_boosting::fit(
      data.labelled(), {.rounds = 3000, .learning_rate = 0.3, .validation = &valid, .early_stopping_rounds = 10});
  CHECK(stopped.why == boosting_stop::no_improvement);
  CHECK(stopped.rounds() == stopped.best_round);
  CHECK(stopped.history.size() == static_cast<std::size_t>(stopped.best_round + 10));
  // The history is the loss of the model cut there.
  const std::vector<double> p = stopped.predict(fresh.matrix());
  const double loss = 0.5 * metrics::mean_squared_error(fresh.y, p);
  CHECK_THAT(stopped.history[static_cast<std::size_t>(stopped.best_round - 1)].valid_loss, WithinRel(loss, 1e-10));
  interrupt_flag flag;
  struct stop_after {
    interrupt_flag* flag;
  } state{&flag};
  boosting_options o{.rounds = 50};
  o.interrupt = &flag;
  o.on_round_state = &state;
  o.on_round = [](void* s, const boosting_round& now) {
    if (now.round == 7) static_cast<stop_after*>(s)->flag->request();
  };
  const auto cut = gradient_boosting::fit(data.labelled(), o);
  CHECK(cut.why == boosting_stop::interrupted);
  CHECK(cut.rounds() == 7);
  const auto whole = gradient_boosting::fit(data.labelled(), {.rounds = 7});
  CHECK(cut.trees == whole.trees);
  made_rows constant = data;
  for (double& y : constant.y) y = 4.25;
  const auto flat = gradient_boosting::fit(constant.labelled(), {});
  CHECK(flat.why == boosting_stop::no_split);
  for (const double v : flat.predict(fresh.matrix())) CHECK(v == 4.25);
  // A weight of 2 is a row twice: the same trees (powers of two keep the fixed-point grid).
  made_rows doubled = data, twice = data;
  doubled.weights.assign(static_cast<std::size_t>(data.rows), 2.0);
  twice.x.insert(twice.x.end(), data.x.begin(), data.x.end());
  twice.y.insert(twice.y.end(), data.y.begin(), data.y.end());
  twice.rows *= 2;
  const auto a = gradient_boosting::fit(doubled.labelled(), {.rounds = 5, .max_depth = 4}),
             b = gradient_boosting::fit(twice.labelled(), {.rounds = 5, .max_depth = 4});
  for (std::size_t t = 0; t < a.trees.size(); ++t) {
    REQUIRE(a.trees[t].nodes.size() == b.trees[t].nodes.size());
    for (std::size_t i = 0; i < a.trees[t].nodes.size(); ++i) {
      CHECK(a.trees[t].nodes[i].feature == b.trees[t].nodes[i].feature);
      CHECK(a.trees[t].nodes[i].threshold == b.trees[t].nodes[i].threshold);
    }
  }
  CHECK_THROWS_WITH(gradient_boosting::fit(data.labelled(), {.rounds = 0}), Contains("rounds is 0"));
  CHECK_THROWS_WITH(gradient_boosting::fit(data.labelled(), {.loss = boosting_loss::logistic}),
                    Contains("loss is logistic"));
  CHECK_THROWS_WITH(gradient_boosting::fit(data.labelled(), {.row_fraction = 1.5}), Contains("row_fraction is 1.5"));
  made_rows one_class = make_rows({.seed = 17, .rows = 100, .columns = 2, .classes = 2});
  std::fill(one_class.y.begin(), one_class.y.end(), 0.0);
  CHECK_THROWS_WITH(gradient_boosting::fit(one_class.labelled(), {}), Contains("class 1") && Contains("positive"));
}

TEST_CASE("21 independent voters of error 0.3: the majority errs in 0.0264", "[ensemble][textbook]") {
  // Dietterich, "Ensemble methods in machine learning", 2000: the binomial tail from 11 on.
  double tail = 0.0;
  for (int k = 11; k <= 21; ++k)
    tail += std::exp(std::lgamma(22.0) - std::lgamma(k + 1.0) - std::lgamma(22.0 - k) + k * std::log(0.3) +
                     (21 - k) * std::log(0.7));
  CHECK_THAT(tail, WithinAbs(0.026390, 1e-6));
  // Each member copies a column that is wrong in 30 % of the rows, independently; the vote is the library's.
  made_rows data = make_rows({.seed = 18, .rows = 20000, .columns = 21, .classes = 2});
  for (std::size_t i = 0; i < data.y.size(); ++i) {
    data.y[i] = static_cast<double>(random::integer_below({18, 5}, i, 2));
    for (std::size_t c = 0; c < 21; ++c) {
      const bool wrong = random::uniform(rng_key{18, 6}, i * 21 + c) < 0.3;
      data.x[i * 21 + c] = wrong ? 1.0 - data.y[i] : data.y[i];
    }
  }
  class copy_of final : public learner {
   public:
    explicit copy_of(std::int64_t column) : column_(column) {}
    class model final : public fitted_model {
     public:
      std::int64_t column = 0;
      std::vector<feature_info> columns;
      [[nodiscard]] std::string kind() const override { return "copy"; }
      [[nodiscard]] std::int32_t classes() const override { return 2; }
      [[nodiscard]] const std::vector<feature_info>& features() const override { return columns; }
      [[nodiscard]] std::vector<double> predict(const feature_rows& x, const exec::context&) const override {
        std::vector<double> out;
        for (std::int64_t i = 0; i < x.rows(); ++i) {
          out.push_back(1.0 - x(i, column));
          out.push_back(x(i, column));
        }
        return out;
      }
    };
    [[nodiscard]] model_pointer fit(const labelled_rows& train, const fit_settings&) const override {
      auto out = std::make_shared<model>();
      out->column = column_;
      out->columns.assign(train.features.begin(), train.features.end());
      return out;
    }

   private:
    std::int64_t column_;
  };
  std::vector<learner_pointer> members;
  for (std::int64_t c = 0; c < 21; ++c) members.push_back(std::make_shared<copy_of>(c));
  const model_pointer vote = voting_learner(members, vote_kind::majority)->fit(data.labelled(), {});
  const double error = 1.0 - score_predictions(vote->predict(data.matrix(), exec::cpu(1)), data.y, 2).accuracy;
  CHECK_THAT(error, WithinAbs(tail, 4.0 * std::sqrt(tail * (1.0 - tail) / 20000.0)));
}

TEST_CASE("nested spheres: a stump, a large tree, AdaBoost", "[ensemble][textbook]") {
  // Hastie, Tibshirani, Friedman, section 10.1: Y = 1 where the sum of ten squared normals is above 9.34.
  const auto make = [](std::uint64_t seed, std::int64_t n) {
    made_rows out = make_rows({.seed = seed, .rows = n, .columns = 10, .classes = 2});
    for (std::size_t i = 0; i < out.y.size(); ++i) {
      double sum = 0.0;
      for (std::size_t c = 0; c < 10; ++c) sum += out.x[i * 10 + c] * out.x[i * 10 + c];
      out.y[i] = sum > 9.34 ? 1.0 : 0.0;
    }
    return out;
  };
  const made_rows train = make(21, 2000), test = make(22, 10000);
  const auto error = [&](const learner_pointer& by) {
    return 1.0 -
           score_predictions(by->fit(train.labelled(), {.context = exec::cpu(2)})->predict(test.matrix(), exec::cpu(2)),
                             test.y, 2)
               .accuracy;
  };
  const double stump = error(tree_learner({.max_depth = 1})), tree = error(tree_learner()),
               boosted = error(adaboost_learner({.rounds = 400}));
  CAPTURE(stump, tree, boosted);
  // The book: 45.8 % and 24.7 %; re-runs with Gini stumps give 45.7 to 46.2 %, 26.3 to 27.2 % and 11.1 to 11.8 %. (The
  // book's 5.8 % is not reached by discrete AdaBoost with Gini stumps.) Training samples of 2000 vary by a point or
  // two.
  CHECK(stump > 0.43);
  CHECK(stump < 0.48);
  CHECK(tree > 0.235);
  CHECK(tree < 0.295);
  CHECK(boosted > 0.09);
  CHECK(boosted < 0.135);
  CHECK(boosted < 0.5 * tree);
}

TEST_CASE("measured scores of other software are matched on public data", "[ensemble][data]") {
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  struct reference {
    const char* file;
    const char* method;
    task_kind task;
    double accuracy, auc, average_precision, r2;  // scikit-learn and XGBoost, tabular/scores.jsonl; 0: not there
  };
  const reference all[] = {
      {"breast_cancer", "rf", task_kind::classification, 0.96304, 0.9899, 0.9934, 0},
      {"breast_cancer", "boosting", task_kind::classification, 0.97011, 0.99246, 0.99525, 0},
      {"breast_cancer", "ada", task_kind::classification, 0.972, 0.99273, 0.99496, 0},
      {"phoneme", "rf", task_kind::classification, 0.90877, 0.96278, 0.92124, 0},
      {"phoneme", "et", task_kind::classification, 0.91321, 0.96901, 0.93485, 0},
      {"phoneme", "boosting", task_kind::classification, 0.89841, 0.95567, 0.90106, 0},
      {"wine", "rf", task_kind::classification, 0.96662, 0, 0, 0},
      {"iris", "rf", task_kind::classification, 0.95435, 0, 0, 0},
      {"winequality_red", "rf", task_kind::regression, 0, 0, 0, 0.46774},
      {"winequality_red", "boosting", task_kind::regression, 0, 0, 0, 0.41517},
      {"diabetes_reg", "rf", task_kind::regression, 0, 0, 0, 0.44768},
  };
  for (const reference& r : all) {
    const table data = read_table(folder + "/tabular/" + r.file + ".csv.gz");
    const frame_schema schema = describe(data, "target", r.task);
    const frame rows = encode(data, schema, true);
    const std::string method = r.method;
    forest_options rf, et = extra_trees();
    rf.trees = et.trees = 200;
    boosting_options boosting;
    boosting.rounds = 200;
    const learner_pointer by = method == "rf"    ? forest_learner(rf)
                               : method == "et"  ? forest_learner(et)
                               : method == "ada" ? adaboost_learner({.rounds = 100})
                                                 : boosting_learner(boosting);
    const fold_set folds(rows.labelled(), hashed_folds(rows.rows, 5));
    const scores got = mean_scores(cross_validate(*by, folds, {.context = exec::cpu(2), .key = {1, 0}}));
    const auto n = static_cast<double>(rows.rows);
    CAPTURE(r.file, method, got.accuracy, got.auc, got.average_precision, got.r2);
    // As the reference says: 0.01 of accuracy, 0.005 of AUC, or three standard errors (both sides have one).
    if (r.accuracy > 0)
      CHECK(got.accuracy > r.accuracy - std::max(0.01, 3.0 * std::sqrt(r.accuracy * (1.0 - r.accuracy) / n)));
    if (r.auc > 0) CHECK(got.auc > r.auc - 0.005);
    if (r.r2 > 0) CHECK(got.r2 > r.r2 - 0.03);
  }
}

TEST_CASE("spam: a pruned tree, boosting, a forest", "[ensemble][textbook][data]") {
  // Hastie, Tibshirani, Friedman: test errors 8.7 % (pruned tree), 4.5 % (boosting), 4.9 % (forest) on their own split
  // of the 4601 mails; here five folds, so a fifth more training rows; standard error 0.3 to 0.4 points a run.
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  const table data = read_table(folder + "/tabular/spambase.csv.gz");
  const frame_schema schema = describe(data, "target", task_kind::classification);
  const frame rows = encode(data, schema, true);
  const fold_set folds(rows.labelled(), hashed_folds(rows.rows, 5));
  const auto error = [&](const learner_pointer& by) {
    return 1.0 - mean_scores(cross_validate(*by, folds, {.context = exec::cpu(2), .key = {1, 0}})).accuracy;
  };
  boosting_options boosting;
  boosting.rounds = 200;
  const double tree = error(tree_learner({}, 0.0005)), boosted = error(boosting_learner(boosting)),
               forest = error(forest_learner());
  CAPTURE(tree, boosted, forest);
  CHECK(tree < 0.095);
  CHECK(tree > forest);
  CHECK(boosted < 0.053);
  CHECK(forest < 0.057);
}
