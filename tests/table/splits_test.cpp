// SPDX-License-Identifier: BSD-3-Clause
#include "credence/table/splits.hpp"

#include "credence/base/errors.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <numeric>
#include <set>

using namespace credence;

namespace {

std::vector<std::int64_t> counts(const std::vector<std::int32_t>& folds, std::size_t k) {
  std::vector<std::int64_t> result(k, 0);
  for (const std::int32_t f : folds) ++result[static_cast<std::size_t>(f)];
  return result;
}

}  // namespace

TEST_CASE("splits: shuffled rows are a permutation that depends on seed and repeat", "[table][splits]") {
  const auto a = shuffled_rows(1000, {1, 0}), b = shuffled_rows(1000, {1, 0}), c = shuffled_rows(1000, {2, 0}),
             d = shuffled_rows(1000, {1, 0}, 1);
  CHECK(a == b);
  CHECK(a != c);
  CHECK(a != d);
  CHECK(std::set<std::int64_t>(a.begin(), a.end()).size() == 1000);
  CHECK(*std::max_element(a.begin(), a.end()) == 999);
  // Mean position of the first half of the rows: uniform, sd of the mean about 1000 / sqrt(12 * 500) / sqrt(2) = 9.1.
  double sum = 0;
  for (std::size_t i = 0; i < 1000; ++i) sum += a[i] < 500 ? static_cast<double>(i) : 0.0;
  CHECK(std::abs(sum / 500 - 499.5) < 5 * 9.1);
}

TEST_CASE("splits: train and test cover the rows once", "[table][splits]") {
  const auto s = train_test_split(101, 0.25, {3, 0});
  CHECK(s.test.size() == 25);
  std::set<std::int64_t> all(s.train.begin(), s.train.end());
  all.insert(s.test.begin(), s.test.end());
  CHECK(all.size() == 101);
  CHECK_THROWS_AS(train_test_split(10, 1.5, {}), domain_error);
}

TEST_CASE("splits: the fold of a row is its hash", "[table][splits]") {
  const auto f = hashed_folds(10, 5);
  // i * 2654435761 mod 2^32 mod 5, worked with Python integers.
  CHECK(f == std::vector<std::int32_t>{0, 1, 1, 2, 2, 2, 3, 3, 4, 4});
  CHECK_THROWS_WITH(hashed_folds(10, 1), Contains("folds is 1"));
  CHECK_THROWS_WITH(hashed_folds(3, 4), Contains("folds is 4"));
}

TEST_CASE("splits: shuffled folds are balanced, stratified ones within classes", "[table][splits]") {
  CHECK(counts(shuffled_folds(103, 5, {9, 0}), 5) == std::vector<std::int64_t>{21, 21, 21, 20, 20});
  std::vector<std::int32_t> classes;
  for (int i = 0; i < 100; ++i) classes.push_back(i % 10 == 0 ? 1 : 0);
  const auto folds = stratified_folds(classes, 5, {9, 0});
  CHECK(counts(folds, 5) == std::vector<std::int64_t>(5, 20));
  std::vector<std::int64_t> rare(5, 0);
  for (std::size_t i = 0; i < 100; ++i) rare[static_cast<std::size_t>(folds[i])] += classes[i];
  CHECK(rare == std::vector<std::int64_t>(5, 2));
}

TEST_CASE("splits: groups stay together", "[table][splits]") {
  const std::vector<std::int32_t> groups{0, 0, 0, 1, 1, 2, 3, 3, 5};
  const auto folds = grouped_folds(groups, 2);
  // sizes 3, 2, 1, 2, -, 1: 0 -> A(3); 1 -> B(2); 3 -> B(4); 2 -> A(4); 5 -> A(5)
  CHECK(folds == std::vector<std::int32_t>{0, 0, 0, 1, 1, 0, 1, 1, 0});
  CHECK_THROWS_AS(grouped_folds(std::vector<std::int32_t>{0, 0, 1}, 3), domain_error);
}

TEST_CASE("splits: leave one out, by fold, time series", "[table][splits]") {
  CHECK(leave_one_out(3) == std::vector<std::int32_t>{0, 1, 2});
  const auto s = split_by_fold(leave_one_out(3), 1);
  CHECK(s.train == std::vector<std::int64_t>{0, 2});
  CHECK(s.test == std::vector<std::int64_t>{1});
  const auto t = time_series_splits(10, 3);  // blocks of 2: as scikit-learn's TimeSeriesSplit(3)
  REQUIRE(t.size() == 3);
  CHECK(t[0].train == std::vector<std::int64_t>{0, 1, 2, 3});
  CHECK(t[0].test == std::vector<std::int64_t>{4, 5});
  CHECK(t[2].test == std::vector<std::int64_t>{8, 9});
  CHECK_THROWS_AS(time_series_splits(3, 3), domain_error);
}

TEST_CASE("splits: bootstrap rows are uniform draws", "[table][splits]") {
  const auto rows = bootstrap_rows(1000, {1, 0}, 4);
  CHECK(rows == bootstrap_rows(1000, {1, 0}, 4));
  CHECK(rows != bootstrap_rows(1000, {1, 0}, 5));
  CHECK(*std::max_element(rows.begin(), rows.end()) < 1000);
  // About 1 - 1/e of the rows are there; sd of the number of distinct rows is about 9.6.
  const auto distinct = static_cast<double>(std::set<std::int64_t>(rows.begin(), rows.end()).size());
  CHECK(std::abs(distinct - 632.3) < 5 * 9.6);
  CHECK_THROWS_AS(bootstrap_rows(0, {}), domain_error);
}
