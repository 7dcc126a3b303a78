// SPDX-License-Identifier: BSD-3-Clause
#include "bayesnet/learning_support.hpp"
#include "bayesnet/support.hpp"

#include "credence/bayesnet/family_score.hpp"
#include "credence/bayesnet/independence_test.hpp"
#include "credence/bayesnet/score.hpp"
#include "credence/table/csv.hpp"

#include <boost/math/distributions/chi_squared.hpp>

using namespace credence;
using namespace credence::bayesnet;
using namespace credence::test;

namespace {

/// The counts of `outer` rows and `inner` cells as a map, whatever the layout.
void check_counts(const discrete_data& data, const std::vector<node_id>& outer, const std::vector<node_id>& inner) {
  const contingency table = count(data, outer, inner);
  std::vector<node_id> all = outer;
  all.insert(all.end(), inner.begin(), inner.end());
  const auto expected = counted(data, all);
  std::int64_t rows = 1;
  for (const node_id v : outer) rows = std::min<std::int64_t>(rows * data.cardinality(v), 1 << 20);
  const auto found = static_cast<std::int64_t>(table.counts.size()) / table.cells;
  std::int64_t sum = 0, used = 0;
  for (const std::int32_t n : table.counts) {
    sum += n;
    used += n > 0 ? 1 : 0;
  }
  CHECK(sum == data.rows());
  CHECK(used == static_cast<std::int64_t>(expected.size()));
  std::map<std::vector<int>, std::int64_t> order;  // configurations of outer by first appearance
  if (found != rows) {
    for (std::int64_t row = 0; row < data.rows(); ++row) {
      std::vector<int> key;
      for (const node_id v : outer) key.push_back(data.codes(v)[static_cast<std::size_t>(row)]);
      order.try_emplace(key, static_cast<std::int64_t>(order.size()));
    }
    CHECK(found == static_cast<std::int64_t>(order.size()));
  }
  for (const auto& [key, n] : expected) {
    std::int64_t row = 0, cell = 0;
    for (std::size_t i = 0; i < outer.size(); ++i) row = row * data.cardinality(outer[i]) + key[i];
    if (found != rows) row = order.at({key.begin(), key.begin() + static_cast<std::ptrdiff_t>(outer.size())});
    for (std::size_t i = 0; i < inner.size(); ++i) cell = cell * data.cardinality(inner[i]) + key[outer.size() + i];
    CHECK(table.counts[static_cast<std::size_t>(row * table.cells + cell)] == n);
  }
}

table rows_of(const std::string& text, bool infer = false) {
  return parse_csv(exec::cpu(1), text, {.infer_types = infer});
}

}  // namespace

TEST_CASE("counts: bits, keys and maps agree with counting row by row", "[bayesnet][learning]") {
  std::mt19937_64 engine(7);
  for (const std::int64_t rows : {0, 1, 63, 64, 65, 700}) {
    CAPTURE(rows);
    const discrete_data small = made_up_data(6, rows, 4, engine);
    check_counts(small, {}, {2});
    check_counts(small, {0}, {1});
    check_counts(small, {}, {1, 0});
    check_counts(small, {4}, {1, 0});
    check_counts(small, {4, 2, 3}, {1, 5});
    check_counts(small, {5, 4, 3, 2}, {1});
    check_counts(small, {5, 4}, {0, 1, 2});
    const discrete_data wide = made_up_data(9, rows, 90, engine);  // past the bit slices, past dense tables
    check_counts(wide, {0}, {1});
    check_counts(wide, {0, 1, 2, 3}, {4});
    check_counts(wide, {0, 1, 2, 3, 4, 5, 6, 7}, {8});  // beyond 2^45 configurations
  }
}

TEST_CASE("discrete data: states come from the columns", "[bayesnet][learning]") {
  const discrete_data texts(rows_of("a,b\nyes,1\nno,10\nyes,2\n"));
  CHECK(texts.variables()[0].states == std::vector<std::string>{"no", "yes"});
  CHECK(texts.variables()[1].states == std::vector<std::string>{"1", "10", "2"});
  const discrete_data numbers(rows_of("a,b\n3,1.5\n10,-2\n3,\n", true));
  CHECK(numbers.variables()[0].states == std::vector<std::string>{"3", "10"});
  CHECK(numbers.variables()[1].states == std::vector<std::string>{"-2", "1.5"});
  CHECK(numbers.first_missing(0) == -1);
  CHECK(numbers.first_missing(1) == 2);
  CHECK_FALSE(numbers.complete());
  CHECK_THROWS_WITH(discrete_data(rows_of("a,b\n1,\n2,\n")), Contains("'b'") && Contains("empty"));
  CHECK_THROWS_WITH(count(numbers, {}, std::vector<node_id>{1}), Contains("'b' is missing in row 2"));
  CHECK_THROWS_AS(discrete_data({{"a", {"x"}, {}}}, {{1}}), domain_error);
  CHECK_THROWS_AS(discrete_data({{"a", {"x"}, {}}, {"b", {"x"}, {}}}, {{0}, {0, 0}}), shape_error);
  const discrete_data taken = texts.take(std::vector<std::int64_t>{2, 2, 0});
  CHECK(std::vector<int>(taken.codes(1).begin(), taken.codes(1).end()) == std::vector<int>{2, 2, 0});
  CHECK_THROWS_AS(texts.take(std::vector<std::int64_t>{3}), domain_error);
}

TEST_CASE("family scores: their sum is the score of the network", "[bayesnet][learning][score]") {
  std::mt19937_64 engine(11);
  for (int repeat = 0; repeat < 5; ++repeat) {
    const network net = random_network(7, 0.5, engine, true);
    const discrete_data data = sampled(net, 500, static_cast<std::uint64_t>(repeat));
    std::vector<column> columns;
    for (node_id v = 0; v < net.size(); ++v) {
      std::vector<std::string> texts;
      for (const auto code : data.codes(v)) texts.push_back(net.at(v).states[code]);
      columns.push_back(make_column(net.at(v).name, std::span<const std::string>(texts)));
    }
    const network_scores s = score(net, table(columns), 3.0);
    const auto sum = [&](score_kind kind) { return family_scores(data, kind, 3.0).of(net.graph()); };
    // 1e-11: sums of some thousand terms of up to 1e3
    CHECK_THAT(sum(score_kind::loglik), WithinRel(s.loglik, 1e-11));
    CHECK_THAT(sum(score_kind::aic), WithinRel(s.aic, 1e-11));
    CHECK_THAT(sum(score_kind::bic), WithinRel(s.bic, 1e-11));
    CHECK_THAT(sum(score_kind::bdeu), WithinRel(s.bdeu, 1e-11));
    CHECK_THAT(sum(score_kind::k2), WithinRel(s.k2, 1e-11));
  }
}

TEST_CASE("family scores: each family is scored once, in any order of parents", "[bayesnet][learning][score]") {
  std::mt19937_64 engine(3);
  const family_scores scores(made_up_data(5, 100, 3, engine), score_kind::bdeu);
  const double first = scores(0, std::vector<node_id>{3, 1});
  CHECK(scores(0, std::vector<node_id>{1, 3}) == first);
  CHECK(scores.fresh(0, std::vector<node_id>{1, 3}) == first);
  CHECK(scores.evaluations() == 1);
  CHECK_THROWS_WITH(family_scores(discrete_data(rows_of("a,b\nx,\ny,z\n"))), Contains("'b' is missing in row 0"));
  CHECK_THROWS_AS(family_scores(discrete_data(rows_of("a\nx\n")), score_kind::bdeu, -1.0), domain_error);
}

TEST_CASE("Gaussian BIC: the density of the fitted regression, row by row", "[bayesnet][learning][score]") {
  std::mt19937_64 engine(5);
  std::normal_distribution<double> normal;
  const int rows = 60;
  std::vector<double> a, b, c;
  for (int i = 0; i < rows; ++i) {
    a.push_back(2.0 + normal(engine));
    b.push_back(normal(engine));
    c.push_back(1.0 - 2.0 * a.back() + 0.5 * b.back() + 0.3 * normal(engine));
  }
  const gaussian_data data(table({make_column("a", a), make_column("b", b), make_column("c", c)}));
  const std::vector<node_id> parents{0, 1};
  const gaussian_family f = regress(data, 2, parents);
  double squares = 0.0, by_a = 0.0, by_b = 0.0, loglik = 0.0;
  for (int i = 0; i < rows; ++i) {
    const auto r = static_cast<std::size_t>(i);
    const double off = c[r] - f.intercept - f.coefficients[0] * a[r] - f.coefficients[1] * b[r];
    squares += off * off;
    by_a += off * a[r];
    by_b += off * b[r];
    loglik += -0.5 * std::log(2.0 * M_PI * f.variance) - 0.5 * off * off / f.variance;
  }
  CHECK_THAT(by_a, WithinAbs(0.0, 1e-9));  // residuals are orthogonal to the parents: these are the least squares
  CHECK_THAT(by_b, WithinAbs(0.0, 1e-9));
  CHECK_THAT(f.variance, WithinRel(squares / rows, 1e-9));
  CHECK_THAT(gaussian_bic(data)(2, parents), WithinRel(loglik - 2.0 * std::log(60.0), 1e-10));
  const gaussian_data copies(table({make_column("a", a), make_column("b", a)}));
  CHECK(gaussian_bic(copies)(0, std::vector<node_id>{1}) == -std::numeric_limits<double>::infinity());
  CHECK_THROWS_WITH(regress(data, 2, std::vector<node_id>{0, 1, 0}), Contains("linear function"));
  CHECK_THROWS_AS(gaussian_data(rows_of("a\nx\ny\n")), domain_error);
  CHECK_THROWS_WITH(gaussian_data(rows_of("a,b\n1,2\n3,\n", true)), Contains("'b'") && Contains("row 1"));
}

TEST_CASE("independence tests: the definition, and the chi-square of Boost.Math", "[bayesnet][learning]") {
  std::mt19937_64 engine(13);
  const discrete_data data = made_up_data(6, 400, 4, engine);
  for (const std::vector<node_id>& given : {std::vector<node_id>{}, {3}, {3, 5}}) {
    std::vector<node_id> all = given;
    all.insert(all.end(), {0, 1});
    double g2 = 0.0, x2 = 0.0;
    const auto joint = counted(data, all), z = counted(data, given);
    std::vector<node_id> with_x = given, with_y = given;
    with_x.push_back(0);
    with_y.push_back(1);
    const auto zx = counted(data, with_x), zy = counted(data, with_y);
    for (const auto& [kx, nx] : zx) {
      for (const auto& [ky, ny] : zy) {
        if (!std::equal(kx.begin(), kx.end() - 1, ky.begin())) continue;
        std::vector<int> key(kx.begin(), kx.end() - 1);
        const double expected = static_cast<double>(nx) * static_cast<double>(ny) / static_cast<double>(z.at(key));
        key.insert(key.end(), {kx.back(), ky.back()});
        const auto found = joint.find(key);
        const double n = found == joint.end() ? 0.0 : static_cast<double>(found->second);
        if (n > 0) g2 += 2.0 * n * std::log(n / expected);
        x2 += (n - expected) * (n - expected) / expected;
      }
    }
    double df = static_cast<double>((data.cardinality(0) - 1) * (data.cardinality(1) - 1));
    for (const node_id v : given) df *= static_cast<double>(data.cardinality(v));
    const auto likelihood_ratio = test_independence(data, 0, 1, given);
    CHECK(likelihood_ratio.degrees_of_freedom == df);
    CHECK_THAT(likelihood_ratio.statistic, WithinRel(g2, 1e-9));
    const auto pearson = test_independence(data, 0, 1, given, independence_statistic::x2);
    CHECK_THAT(pearson.statistic, WithinRel(x2, 1e-9));
    const boost::math::chi_squared law(df);
    CHECK_THAT(pearson.p_value, WithinRel(boost::math::cdf(boost::math::complement(law, x2)), 1e-9));
    const auto information = test_independence(data, 0, 1, given, independence_statistic::mutual_information);
    CHECK_THAT(information.statistic, WithinRel(g2 / 800.0, 1e-9));
    CHECK(information.p_value == likelihood_ratio.p_value);
  }
}

TEST_CASE("Fisher's z: the partial correlation by inverting the correlation matrix", "[bayesnet][learning]") {
  // Correlations 0.6 (x, y), 0.5 (x, z), 0.4 (y, z): partial (0.6 - 0.2) / sqrt(0.75 * 0.84)
  const gaussian_data data({"x", "y", "z"}, {0, 0, 0}, {1, 0.6, 0.5, 0.6, 1, 0.4, 0.5, 0.4, 1}, 103);
  const auto answer = fisher_z(data)(0, 1, std::vector<node_id>{2});
  const double partial = 0.4 / std::sqrt(0.75 * 0.84), z = std::sqrt(99.0) * std::atanh(partial);
  CHECK_THAT(answer.statistic, WithinRel(z, 1e-12));
  CHECK_THAT(answer.p_value, WithinRel(std::erfc(z / std::sqrt(2.0)), 1e-9));
  CHECK_THAT(fisher_z(data)(0, 1, {}).statistic, WithinRel(10.0 * std::atanh(0.6), 1e-12));
  const gaussian_data few({"x", "y"}, {0, 0}, {1, 0.9, 0.9, 1}, 3);
  CHECK(fisher_z(few)(0, 1, {}).p_value == 1.0);
}
