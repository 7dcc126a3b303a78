// SPDX-License-Identifier: BSD-3-Clause
#include "credence/neighbors/approximate.hpp"
#include "credence/base/errors.hpp"
#include "credence/neighbors/knn.hpp"
#include "credence/neighbors/search.hpp"
#include "credence/table/csv.hpp"

#include "neighbors/support.hpp"
#include "support/catch.hpp"

#include <set>

using namespace credence;
using namespace credence::neighbors;
using namespace credence::test;

TEMPLATE_TEST_CASE("kd_forest: certificates hold, and a large budget is exact", "[neighbors][approximate]", float,
                   double, std::uint8_t, std::int8_t) {
  using T = TestType;
  std::uint64_t seed = 500;
  std::int64_t certified = 0, missed = 0;
  for (int shape = 0; shape < static_cast<int>(shape_of_data::count); ++shape) {
    for (const std::int64_t d : {2, 16}) {
      for (const std::int64_t trees : {1, 3}) {
        const auto set = make_points<T>(static_cast<shape_of_data>(shape), 1500, d, ++seed);
        const auto queries = make_queries(set, 16, seed);
        const kd_forest<T> forest(set.points(), {.trees = trees, .seed = seed, .leaf_size = 16});
        for (const std::int64_t budget : {1, 5, 40, 100000}) {
          const auto found = forest.nearest(queries.points(), 4, {.max_leaves = budget});
          for (std::int64_t q = 0; q < 16; ++q) {
            const auto truth = slow_order(set, metric::euclidean(), queries.row(q));
            const auto begin = found.neighbors.indices.begin() + 4 * q;
            std::set<std::int64_t> unique(begin, begin + 4);
            const auto found_here = std::count_if(begin, begin + 4, [](std::int64_t i) { return i >= 0; });
            unique.erase(-1);  // a leaf may have fewer than four points
            CAPTURE(shape, d, trees, budget, q);
            if (unique.size() != static_cast<std::size_t>(found_here)) FAIL("a point was found twice");
            bool all_there = true;
            for (std::size_t i = 0; i < 4; ++i) {
              const bool there = unique.count(truth[i].second) > 0;
              all_there &= there;
              // What is missing is not nearer than the certificate says.
              if (!there && truth[i].first < found.lower_bounds[static_cast<std::size_t>(q)])
                FAIL("a false certificate");
            }
            if (found.certified(q)) {
              ++certified;
              for (std::size_t i = 0; i < 4; ++i) {
                if (begin[static_cast<std::ptrdiff_t>(i)] != truth[i].second) FAIL("certified, but not exact");
              }
            }
            missed += all_there ? 0 : 1;
            if (budget == 100000 && !all_there) FAIL("not exact with every leaf allowed");
          }
        }
      }
    }
  }
  CHECK(certified > 0);
  CHECK(missed > 0);  // else nothing was tested
}

TEST_CASE("kd_forest: more budget, more recall; the same results from the same seed", "[neighbors][approximate]") {
  const auto set = make_points<float>(shape_of_data::uniform, 20000, 16, 31);
  const auto queries = make_points<float>(shape_of_data::uniform, 100, 16, 32);
  const auto exact = brute_force<float>(set.points()).nearest(queries.points(), 10);
  const kd_forest<float> forest(set.points(), {.trees = 4, .seed = 7, .context = exec::cpu(1)});
  const kd_forest<float> again(set.points(), {.trees = 4, .seed = 7, .context = exec::cpu(3)});
  std::int64_t before = 0;
  for (const std::int64_t budget : {8, 64, 512}) {
    const auto a = forest.nearest(queries.points(), 10, {.max_leaves = budget, .context = exec::cpu(1)});
    const auto b = again.nearest(queries.points(), 10, {.max_leaves = budget, .context = exec::cpu(2)});
    CHECK(a.neighbors.indices == b.neighbors.indices);
    CHECK(a.lower_bounds == b.lower_bounds);
    CHECK(a.neighbors.work == b.neighbors.work);
    CHECK(a.neighbors.work.leaves <= 100 * budget);
    std::int64_t hits = 0;
    for (std::size_t q = 0; q < 100; ++q) {
      const std::set<std::int64_t> got(a.neighbors.indices.begin() + 10 * static_cast<std::ptrdiff_t>(q),
                                       a.neighbors.indices.begin() + 10 * static_cast<std::ptrdiff_t>(q + 1));
      for (std::size_t i = 0; i < 10; ++i) hits += got.count(exact.indices[10 * q + i]) > 0 ? 1 : 0;
    }
    CHECK(hits > before);
    before = hits;
  }
}

TEST_CASE("tune_forest: reaches the recall on its sample, and repeats", "[neighbors][approximate]") {
  const auto set = make_points<float>(shape_of_data::clustered, 6000, 12, 41);
  const recall_target target{.recall = 0.9, .k = 5, .sample = 100, .most_trees = 4, .seed = 3};
  const auto tuned = tune_forest<float>(set.points(), target), again = tune_forest<float>(set.points(), target);
  CHECK(tuned.sample_recall >= 0.9);
  CHECK(tuned.max_leaves == again.max_leaves);
  CHECK(tuned.forest.trees() == again.forest.trees());
  CHECK(tuned.sample_recall == again.sample_recall);
  // Other points of the same data: the recall of the sample, less four standard errors of 500 yes-no answers.
  const auto others = make_queries(set, 400, 43);
  point_set<float> near{{}, 100, 12};
  for (std::int64_t q = 0; q < 100; ++q)
    near.values.insert(near.values.end(), others.row(4 * q), others.row(4 * q) + 12);
  const auto found = tuned.forest.nearest(near.points(), 5, {.max_leaves = tuned.max_leaves});
  const auto exact = brute_force<float>(set.points()).nearest(near.points(), 5);
  std::int64_t hits = 0;
  for (std::size_t q = 0; q < 100; ++q) {
    for (std::size_t i = 0; i < 5; ++i) {
      const auto begin = found.neighbors.indices.begin() + 5 * static_cast<std::ptrdiff_t>(q);
      hits += std::find(begin, begin + 5, exact.indices[5 * q + i]) != begin + 5 ? 1 : 0;
    }
  }
  CHECK(static_cast<double>(hits) / 500.0 >= 0.9 - 4.0 * std::sqrt(0.9 * 0.1 / 500.0));
  CHECK_THROWS_AS(tune_forest<float>(set.points(), {.recall = 1.5}), domain_error);
  CHECK_THROWS_AS(tune_forest<float>(set.points(), {.k = 6000}), domain_error);
}

TEST_CASE("kd_tree: with epsilon every distance is within its factor, and there is less work",
          "[neighbors][approximate]") {
  const auto set = make_points<float>(shape_of_data::uniform, 20000, 8, 51);
  const auto queries = make_queries(set, 60, 51);
  const metric how = GENERATE(metric::euclidean(), metric::manhattan(), metric::chebyshev(), metric::minkowski(3.0));
  const kd_tree<float> tree(set.points(), {.how = how});
  const auto exact = tree.nearest(queries.points(), 6);
  search_work before = exact.work;
  for (const double epsilon : {0.1, 0.5, 2.0}) {
    const auto rough = tree.nearest(queries.points(), 6, {.epsilon = epsilon});
    const auto near = exact.distances(), far = rough.distances();
    for (std::size_t i = 0; i < near.size(); ++i) {
      if (far[i] > near[i] * (1.0 + epsilon) * (1.0 + 1e-6))
        FAIL("epsilon " << epsilon << " at " << i);  // f32 rounding
    }
    CHECK(rough.work.leaves < before.leaves);
    before = rough.work;
  }
}

TEST_CASE("k nearest neighbours: votes and means by hand", "[neighbors][knn]") {
  const std::vector<double> x{0, 1, 2, 3, 10};
  const std::vector<std::int32_t> labels{2, 0, 0, 2, 1};
  const view<const double, 2> points(x.data(), 5, 1);
  const std::vector<double> asked{1.25, 10.0};
  const view<const double, 2> queries(asked.data(), 2, 1);
  // Of 1.25 the neighbours are 1, 2, 0, 3: two votes for class 0 and two for class 2; the smaller class wins.
  const knn_classifier<double> even(points, labels, {.k = 4});
  CHECK(even.predict(queries) == std::vector<std::int32_t>{0, 0});
  CHECK(even.predict_proba(queries) == std::vector<double>{0.5, 0.0, 0.5, 0.5, 0.25, 0.25});
  const knn_classifier<double> near(points, labels, {.k = 4, .weights = vote::inverse_distance});
  CHECK(near.predict(queries) == std::vector<std::int32_t>{0, 1});  // 10 itself is at distance 0 and counts alone
  const auto shares = near.predict_proba(queries);
  const double all = 1 / 0.25 + 1 / 0.75 + 1 / 1.25 + 1 / 1.75;
  CHECK_THAT(shares[0], WithinRel((1 / 0.25 + 1 / 0.75) / all, 1e-15));
  const std::vector<double> targets{0, 10, 20, 30, 100};
  CHECK(knn_regressor<double>(points, targets, {.k = 2}).predict(queries) == std::vector<double>{15.0, 65.0});
  CHECK(knn_regressor<double>(points, targets, {.k = 50}).predict(queries) == std::vector<double>{32.0, 32.0});
  CHECK_THROWS_AS(knn_classifier<double>(points, std::vector<std::int32_t>{1, 2}), shape_error);
  CHECK_THROWS_AS(knn_classifier<double>(points, std::vector<std::int32_t>{1, 2, -1, 0, 0}), domain_error);
  CHECK_THROWS_AS((knn_regressor<double>(points, targets, {.k = 0})), domain_error);
}

TEST_CASE("k nearest neighbours: accuracy on data with published scores", "[neighbors][knn][data]") {
  // ../shared/data/tabular/scores.jsonl: five folds, five neighbours, standardised columns.
  CREDENCE_REQUIRE_DATA_FOLDER(folder);
  const auto accuracy = [&](const std::string& name) {
    const table all = read_csv(folder + "/tabular/" + name + ".csv.gz");
    std::vector<std::string> columns = all.names();
    columns.erase(std::find(columns.begin(), columns.end(), "target"));
    const std::vector<double> x = all.matrix(columns);
    const std::vector<double> target = all.at("target").numbers();
    const auto d = static_cast<std::int64_t>(columns.size());
    double total = 0.0;
    for (std::uint64_t fold = 0; fold < 5; ++fold) {
      std::vector<double> train, test, mean(columns.size(), 0.0), deviation = mean;
      std::vector<std::int32_t> labels, truth;
      for (std::int64_t i = 0; i < all.rows(); ++i) {
        const bool held = (static_cast<std::uint64_t>(i) * 2654435761ULL & 0xFFFFFFFFULL) % 5 == fold;
        (held ? test : train).insert((held ? test : train).end(), x.begin() + i * d, x.begin() + (i + 1) * d);
        (held ? truth : labels).push_back(static_cast<std::int32_t>(target[static_cast<std::size_t>(i)]));
      }
      const auto rows = static_cast<std::int64_t>(labels.size());
      for (std::size_t j = 0; j < columns.size(); ++j) {
        for (std::int64_t i = 0; i < rows; ++i)
          mean[j] += train[static_cast<std::size_t>(i * d) + j] / static_cast<double>(rows);
        for (std::int64_t i = 0; i < rows; ++i) {
          const double t = train[static_cast<std::size_t>(i * d) + j] - mean[j];
          deviation[j] += t * t / static_cast<double>(rows);
        }
        const double sd = deviation[j] > 0.0 ? std::sqrt(deviation[j]) : 1.0;
        for (std::size_t i = j; i < train.size(); i += columns.size()) train[i] = (train[i] - mean[j]) / sd;
        for (std::size_t i = j; i < test.size(); i += columns.size()) test[i] = (test[i] - mean[j]) / sd;
      }
      const knn_classifier<double> fit(view<const double, 2>(train.data(), rows, d), labels);
      const auto predicted =
          fit.predict(view<const double, 2>(test.data(), static_cast<std::int64_t>(truth.size()), d));
      double right = 0.0;
      for (std::size_t i = 0; i < truth.size(); ++i) right += predicted[i] == truth[i] ? 1.0 : 0.0;
      total += right / static_cast<double>(truth.size()) / 5.0;
    }
    return total;
  };
  // The same rule as the reference: differences are ties of votes and of distances only.
  CHECK_THAT(accuracy("spambase"), WithinAbs(0.905, 0.005));
  CHECK_THAT(accuracy("digits"), WithinAbs(0.979, 0.005));
}
