// SPDX-License-Identifier: BSD-3-Clause
#include "credence/random/discrete.hpp"

#include "credence/base/errors.hpp"
#include "credence/random/fill.hpp"
#include "support/catch.hpp"
#include "support/sample_tests.hpp"

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/poisson.hpp>
#include <cmath>
#include <numeric>

using namespace credence;
using test::smallest_p;

namespace {

constexpr std::size_t draws = 20000;

rng_key test_key(std::uint64_t seed) { return rng_key{seed, 0}.split(purpose::test, 2); }

std::uint64_t three_seeds() { return GENERATE(1, 42, 0xDEADBEEFCAFEULL); }

}  // namespace

TEST_CASE("poisson: has the Poisson distribution on both sides of every switch", "[random][poisson]") {
  const double rate = GENERATE(1e-3, 0.5, 3.0, 9.999, 10.0, 10.5, 55.5, 1234.5, 1e6);
  CAPTURE(rate);
  std::vector<std::int64_t> x(draws);
  random::fill_poisson(test_key(three_seeds()), rate, x);
  const boost::math::poisson_distribution<> reference(rate);
  CHECK(test::chi_square_counts(
            x, [&](std::int64_t k) { return boost::math::pdf(reference, static_cast<double>(k)); },
            [&](std::int64_t k) { return boost::math::cdf(reference, static_cast<double>(k)); }) > smallest_p);
}

TEST_CASE("poisson: huge rates", "[random][poisson]") {
  const double rate = GENERATE(1e9, 1e13, 0x1p52);
  CAPTURE(rate);
  std::vector<std::int64_t> x(draws);
  random::fill_poisson(test_key(three_seeds()), rate, x);
  std::vector<double> u(draws);
  for (std::size_t i = 0; i < draws; ++i) {
    // The normal limit with its skewness term: the error is below 1e-9 here, the resolution of this test is 1e-2.
    const double z = (static_cast<double>(x[i]) + 0.5 - rate) / std::sqrt(rate);
    u[i] = 0.5 * std::erfc(-z / std::sqrt(2.0)) -
           (z * z - 1.0) / (6.0 * std::sqrt(rate)) * std::exp(-0.5 * z * z) / std::sqrt(2 * M_PI);
  }
  CHECK(test::kolmogorov_smirnov(u) > smallest_p);
  CHECK(test::chi_square_uniform(u) > smallest_p);
}

TEST_CASE("poisson and binomial: the acceptance tests use the right log probabilities", "[random][poisson]") {
  for (const double rate : {10.0, 33.3, 1e3, 1e5}) {
    const boost::math::poisson_distribution<> reference(rate);
    for (const double step : {-3.0, -1.0, 0.0, 0.7, 2.0, 6.0}) {
      const double k = std::max(0.0, std::floor(rate + step * std::sqrt(rate)));
      // Boost forms the probability from lgamma of numbers of size k log k
      CHECK_THAT(random::detail::poisson_log_pmf(k, rate),
                 WithinAbs(std::log(boost::math::pdf(reference, k)), 1e-12 + 1e-15 * k * std::log(k + 1)));
    }
  }
  for (const double n : {21.0, 400.0, 1e5}) {
    for (const double p : {0.5, 0.48, 0.3}) {
      const boost::math::binomial_distribution<> reference(n, p);
      for (const double part : {0.0, 0.1, 0.3, 0.5, 0.9, 1.0}) {
        const double k = std::floor(part * n);
        const double want = boost::math::pdf(reference, k);
        if (want < 1e-290) continue;
        CHECK_THAT(random::detail::binomial_log_pmf(k, n, p), WithinAbs(std::log(want), 1e-11 + 1e-14 * n));
      }
    }
  }
}

TEST_CASE("poisson: invalid and boundary rates", "[random][poisson]") {
  CHECK(random::poisson(test_key(1), 0, 0.0) == 0);
  CHECK(random::poisson(test_key(1), 0, -1.0) == -1);
  CHECK(random::poisson(test_key(1), 0, std::nan("")) == -1);
  CHECK(random::poisson(test_key(1), 0, 0x1p53) == -1);
  std::vector<std::int64_t> out(2);
  CHECK_THROWS_WITH(random::fill_poisson(test_key(1), -2.0, out), Contains("rate is -2"));
}

TEST_CASE("binomial: has the binomial distribution on both sides of every switch", "[random][binomial]") {
  const auto [n, p] = GENERATE(table<std::int64_t, double>({{1, 0.3},
                                                            {10, 0.5},
                                                            {10, 0.95},
                                                            {40, 0.2499},
                                                            {40, 0.25},
                                                            {100, 0.6},
                                                            {20, 0.5},
                                                            {1000000, 3e-6},
                                                            {1000000, 0.02},
                                                            {100000, 0.5},
                                                            {100000, 0.999}}));
  CAPTURE(n, p);
  std::vector<std::int64_t> x(draws);
  random::fill_binomial(test_key(three_seeds()), n, p, x);
  const boost::math::binomial_distribution<> reference(static_cast<double>(n), p);
  CHECK(test::chi_square_counts(
            x, [&](std::int64_t k) { return boost::math::pdf(reference, static_cast<double>(k)); },
            [&](std::int64_t k) { return boost::math::cdf(reference, static_cast<double>(k)); }) > smallest_p);
}

TEST_CASE("binomial: huge numbers of trials", "[random][binomial]") {
  const auto [n, p] = GENERATE(table<std::int64_t, double>({{1000000000000, 0.3}, {std::int64_t{1} << 52, 0.5}}));
  std::vector<std::int64_t> x(draws);
  random::fill_binomial(test_key(three_seeds()), n, p, x);
  const double mean = static_cast<double>(n) * p, sd = std::sqrt(mean * (1.0 - p));
  std::vector<double> u(draws);
  for (std::size_t i = 0; i < draws; ++i) {
    u[i] = 0.5 * std::erfc(-(static_cast<double>(x[i]) + 0.5 - mean) / sd / std::sqrt(2.0));  // skewness below 1e-6
  }
  CHECK(test::kolmogorov_smirnov(u) > smallest_p);
  CHECK(test::chi_square_uniform(u) > smallest_p);
  // A huge n with a small mean is almost Poisson: the difference is n p^2 = 1e-11.
  random::fill_binomial(test_key(three_seeds()), 1000000000000, 12.5e-12, x);
  const boost::math::poisson_distribution<> reference(12.5);
  CHECK(test::chi_square_counts(
            x, [&](std::int64_t k) { return boost::math::pdf(reference, static_cast<double>(k)); },
            [&](std::int64_t k) { return boost::math::cdf(reference, static_cast<double>(k)); }) > smallest_p);
}

TEST_CASE("binomial: invalid and boundary parameters", "[random][binomial]") {
  CHECK(random::binomial(test_key(1), 0, 0, 0.5) == 0);
  CHECK(random::binomial(test_key(1), 0, 12, 0.0) == 0);
  CHECK(random::binomial(test_key(1), 0, 12, 1.0) == 12);
  CHECK(random::binomial(test_key(1), 0, std::int64_t{1} << 52, 1.0) == std::int64_t{1} << 52);
  CHECK(random::binomial(test_key(1), 0, -1, 0.5) == -1);
  CHECK(random::binomial(test_key(1), 0, 5, 1.5) == -1);
  CHECK(random::binomial(test_key(1), 0, 5, std::nan("")) == -1);
  for (std::uint64_t i = 0; i < 10000; ++i) {
    const std::int64_t k = random::binomial(test_key(8), i, 30, 0.5);
    REQUIRE((k >= 0 && k <= 30));
  }
}

TEST_CASE("bernoulli: has the right frequency", "[random][bernoulli]") {
  const double p = GENERATE(0.0, 0.02, 0.5, 0.98, 1.0);
  std::vector<std::uint8_t> x(draws);
  random::fill_bernoulli(test_key(three_seeds()), p, x);
  const double sum = std::accumulate(x.begin(), x.end(), 0.0);
  CHECK_THAT(sum, WithinAbs(draws * p, 5 * std::sqrt(draws * p * (1 - p))));
}

TEST_CASE("integer_below: is uniform", "[random][integers]") {
  const std::int64_t n = GENERATE(1, 2, 3, 6, 52, 1000);
  std::vector<std::int64_t> x(draws);
  random::fill_integers(test_key(three_seeds()), n, x);
  std::vector<double> counts(static_cast<std::size_t>(n), 0.0);
  for (const std::int64_t k : x) ++counts.at(static_cast<std::size_t>(k));
  CHECK(test::chi_square(counts, std::vector<double>(
                                     counts.size(), static_cast<double>(draws) / static_cast<double>(n))) > smallest_p);
}

TEST_CASE("integer_below: has no bias where a plain multiplication has much", "[random][integers]") {
  // For n = 3 * 2^62 a quarter of the words must be rejected; without that each third value would be twice as likely.
  const std::uint64_t n = 3ULL << 62;
  std::vector<double> residues(3, 0.0), thirds(3, 0.0);
  for (std::uint64_t i = 0; i < 30000; ++i) {
    const std::uint64_t k = random::integer_below(test_key(4), i, n);
    REQUIRE(k < n);
    ++residues[k % 3];
    ++thirds[k >> 62];
  }
  CHECK(test::chi_square(residues, std::vector<double>(3, 10000.0)) > smallest_p);
  CHECK(test::chi_square(thirds, std::vector<double>(3, 10000.0)) > smallest_p);
}

TEST_CASE("categorical: all three ways follow the weights", "[random][categorical]") {
  const std::vector<double> weights =
      GENERATE(std::vector<double>{1.0}, std::vector<double>{0.2, 0.0, 0.5, 0.3},
               std::vector<double>{1e-3, 5.0, 2.0, 0.0}, std::vector<double>{3e300, 1e300, 2e300});
  const rng_key key = test_key(three_seeds());
  const std::int64_t n = static_cast<std::int64_t>(weights.size());
  const double scale = 1e-300, total = std::accumulate(weights.begin(), weights.end(), 0.0,
                                                       [=](double s, double w) { return s + w * scale; });
  std::vector<double> expected, logs, linear(weights.size(), 0.0), alias(linear), gumbel(linear);
  for (const double w : weights) {
    expected.push_back(static_cast<double>(draws) * (w * scale / total));
    logs.push_back(std::log(w));
  }
  const random::alias_table table(weights);
  for (std::uint64_t i = 0; i < draws; ++i) {
    ++linear.at(static_cast<std::size_t>(random::categorical(key, i, weights.data(), n)));
    ++alias.at(static_cast<std::size_t>(table(key, i)));
    ++gumbel.at(static_cast<std::size_t>(random::categorical_log(key, i, logs.data(), n)));
  }
  CHECK(test::chi_square(linear, expected) > smallest_p);
  CHECK(test::chi_square(alias, expected) > smallest_p);
  CHECK(test::chi_square(gumbel, expected) > smallest_p);
  for (std::size_t k = 0; k < weights.size(); ++k) {
    if (weights[k] == 0.0) CHECK(linear[k] + alias[k] + gumbel[k] == 0.0);
  }
}

TEST_CASE("alias_table: its columns add up to the weights", "[random][categorical]") {
  const std::size_t n = GENERATE(1, 2, 17, 1000);
  std::vector<double> weights(n);
  random::fill_gamma(test_key(6), 0.3, weights);
  if (n > 5) weights[3] = 0.0;
  const random::alias_table table(weights);
  std::vector<double> made(n, 0.0);
  for (std::size_t c = 0; c < n; ++c) {
    const random::alias_column& column = table.columns()[c];
    const double keep = static_cast<double>(column.keep) * 0x1p-64;
    made[c] += keep / static_cast<double>(n);
    made[static_cast<std::size_t>(column.alias)] += (1.0 - keep) / static_cast<double>(n);
  }
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (std::size_t k = 0; k < n; ++k) {
    CHECK_THAT(made[k], WithinAbs(weights[k] / total, 1e-13));  // a large share is rounded up to n times
    if (weights[k] == 0.0) CHECK(made[k] == 0.0);
  }
  CHECK_THROWS_WITH(random::alias_table(std::vector<double>{1.0, -0.5}), Contains("weights is -0.5"));
  CHECK_THROWS_AS(random::alias_table(std::vector<double>{0.0, 0.0}), domain_error);
  CHECK_THROWS_AS(random::alias_table(std::vector<double>{}), domain_error);
}

TEST_CASE("categorical: impossible weights give -1", "[random][categorical]") {
  const std::vector<double> negative{1.0, -1.0}, none{0.0, 0.0}, nan{1.0, std::nan("")};
  const double inf = HUGE_VAL;
  const std::vector<double> impossible{-inf, -inf};
  CHECK(random::categorical(test_key(1), 0, negative.data(), 2) == -1);
  CHECK(random::categorical(test_key(1), 0, none.data(), 2) == -1);
  CHECK(random::categorical(test_key(1), 0, nan.data(), 2) == -1);
  CHECK(random::categorical_log(test_key(1), 0, impossible.data(), 2) == -1);
  CHECK(random::categorical_log(test_key(1), 0, nan.data(), 2) == -1);
}
