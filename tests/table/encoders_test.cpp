// SPDX-License-Identifier: BSD-3-Clause
#include "credence/table/encoders.hpp"

#include "credence/base/errors.hpp"
#include "support/catch.hpp"

#include <cmath>

using namespace credence;

namespace {
column texts(std::vector<std::string> values) { return make_column("g", values); }
}  // namespace

TEST_CASE("categories: sorted codes, unseen texts by policy", "[table][encoders]") {
  const category_encoder e = fit_categories(texts({"b", "a", "c", "b"}));
  CHECK(e.levels == std::vector<std::string>{"a", "b", "c"});
  CHECK(e.codes(texts({"c", "a"})) == std::vector<std::int32_t>{2, 0});
  CHECK_THROWS_WITH(e.codes(texts({"d"})), Contains("column g has the value d"));
  const category_encoder lenient = fit_categories(texts({"b", "a"}), unseen_policy::treat_missing);
  CHECK(lenient.codes(texts({"z", "b"})) == std::vector<std::int32_t>{-1, 1});
  // Numbers are sorted as numbers, and levels that no row has any more are left out.
  CHECK(fit_categories(make_column("n", std::vector<std::int64_t>{10, 9, 10})).levels ==
        std::vector<std::string>{"9", "10"});
  const table t({texts({"b", "a", "c"})});
  CHECK(fit_categories(t.take(std::vector<std::int64_t>{0, 2}).at("g")).levels == std::vector<std::string>{"b", "c"});
}

TEST_CASE("categories: one-hot and treatment columns", "[table][encoders]") {
  const category_encoder e = fit_categories(texts({"b", "a", "c"}), unseen_policy::treat_missing);
  column data = texts({"c", "a", "z"});
  CHECK(spread(e, data, contrasts::one_hot) == std::vector<double>{0, 0, 1, 1, 0, 0, 0, 0, 0});
  CHECK(spread(e, data, contrasts::treatment) == std::vector<double>{0, 1, 0, 0, 0, 0});
  CHECK(spread_names(e, contrasts::treatment) == std::vector<std::string>{"gb", "gc"});
  std::get<2>(data.values).codes[1] = -1;
  data.missing = {0, 1, 0};
  CHECK(std::isnan(spread(e, data, contrasts::treatment)[2]));
}

TEST_CASE("standardiser: centres, scales, and back", "[table][encoders]") {
  std::vector<double> x{1, 5, 0.1, 3, 5, 0.1, 5, 5, 0.1};
  const std::vector<double> old = x;
  const view<double, 2> v(x.data(), 3, 3);
  const standardiser s = fit_standardiser(v);
  CHECK(s.means[0] == 3.0);
  CHECK_THAT(s.scales[0], WithinRel(std::sqrt(8.0 / 3.0), 1e-15));
  CHECK(s.scales[1] == 1.0);
  CHECK(s.scales[2] == 1.0);  // 0.1 + 0.1 + 0.1 rounds
  s.transform(v);
  CHECK(x[3] == 0.0);
  CHECK(x[1] == 0.0);
  s.inverse(v);
  for (std::size_t i = 0; i < x.size(); ++i) CHECK_THAT(x[i], WithinAbs(old[i], 1e-15));
  CHECK_THROWS_AS(s.transform(view<double, 2>(x.data(), 1, 2)), shape_error);
}

TEST_CASE("imputer: mean, median, most frequent", "[table][encoders]") {
  column n = make_column("n", std::vector<std::int64_t>{1, 0, 4, 4, 2});
  n.missing = {0, 1, 0, 0, 0};
  CHECK(fit_imputer(n, impute_by::mean).number == 2.75);
  CHECK(fit_imputer(n, impute_by::median).number == 3.0);
  CHECK(fit_imputer(n, impute_by::most_frequent).number == 4.0);
  CHECK(fit_imputer(n, impute_by::median).transform(n).integers()[1] == 3);
  const column real = fit_imputer(n, impute_by::mean).transform(n);
  CHECK(real.reals() == std::vector<double>{1, 2.75, 4, 4, 2});
  CHECK(real.missing.empty());
  column g = texts({"b", "a", "b", "a"});
  std::get<2>(g.values).codes[3] = -1;
  g.missing = {0, 0, 0, 1};
  CHECK(fit_imputer(g, impute_by::most_frequent).transform(g).text(3) == "b");
  CHECK_THROWS_AS(fit_imputer(g, impute_by::mean), domain_error);
  column none = make_column("none", std::vector<double>{0.0});
  none.missing = {1};
  CHECK_THROWS_WITH(fit_imputer(none, impute_by::mean), Contains("column none has no values"));
}
