// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/errors.hpp"
#include "credence/distributions/beta_binomial.hpp"
#include "credence/distributions/binomial.hpp"
#include "credence/distributions/multinomial.hpp"
#include "credence/distributions/ordered_regression.hpp"
#include "several_numbers.hpp"

#include <numeric>

using namespace credence;
using namespace credence::test;

namespace {

template <class D>
void check_ordered(const D& d, const doubles& expected) {
  double sum = 0.0;
  for (std::size_t k = 0; k < expected.size(); ++k) {
    CHECK_THAT(probabilities(d)[k], WithinRel(expected[k], 1e-13));
    sum += probabilities(d)[k];
    double dlocation = 0.0;
    doubles dcutpoints(d.cutpoints.size());
    const auto x = static_cast<double>(k);
    CHECK(log_pdf_partials(d, x, dlocation, dcutpoints) == log_pdf(d, x));
    check_slopes([&](const doubles& v) { return log_pdf(D(v[0], d.cutpoints), x); }, {d.location}, {dlocation});
    check_slopes([&](const doubles& v) { return log_pdf(D(d.location, v), x); }, d.cutpoints, dcutpoints);
  }
  CHECK_THAT(sum, WithinAbs(1.0, 1e-14));
  for (const double x : {-1.0, 4.0, 0.5, inf}) CHECK(log_pdf(d, x) == -inf);
  CHECK(std::isnan(log_pdf(d, std::nan(""))));
  constexpr int draws = 20000;
  doubles seen(expected.size(), 0.0);
  for (std::uint64_t i = 0; i < draws; ++i) ++seen[static_cast<std::size_t>(sample(d, rng_key{2, 0}, i))];
  for (std::size_t k = 0; k < seen.size(); ++k) {
    const double p = expected[k];
    CHECK_THAT(seen[k] / draws, WithinAbs(p, 5.0 * std::sqrt(p * (1.0 - p) / draws)));  // 5 standard errors
  }
  CHECK_THROWS_WITH(D(0.0, {1.0, 1.0}), Contains("cutpoints[1] is 1, but must be above the one before"));
  CHECK_THROWS_WITH(D(inf, {1.0}), Contains("location is Infinity"));
}

}  // namespace

TEST_CASE("ordered_logistic: probabilities, partials, draws", "[distributions][ordered_logistic]") {
  const double location = 0.4;
  const doubles cuts{-1.0, 0.5, 2.0};
  const auto f = [&](double c) { return 1.0 / (1.0 + std::exp(location - c)); };
  check_ordered(ordered_logistic(location, cuts), {f(-1.0), f(0.5) - f(-1.0), f(2.0) - f(0.5), 1.0 - f(2.0)});
  // far tails: 1 / (1 + e^-a) - 1 / (1 + e^-b) with both near 1 is e^-b - e^-a
  const ordered_logistic far(-100.0, {700.0, 701.0});
  CHECK_THAT(log_pdf(far, 1.0), WithinRel(-800.0 + std::log(1.0 - std::exp(-1.0)), 1e-15));
}

TEST_CASE("ordered_probit: probabilities, partials, draws", "[distributions][ordered_probit]") {
  const double location = 0.4;
  const doubles cuts{-1.0, 0.5, 2.0};
  const auto f = [&](double c) { return 0.5 * std::erfc((location - c) / std::sqrt(2.0)); };
  check_ordered(ordered_probit(location, cuts), {f(-1.0), f(0.5) - f(-1.0), f(2.0) - f(0.5), 1.0 - f(2.0)});
  // log(Phi(41) - Phi(40)) by mpmath with 60 digits, in both tails
  CHECK_THAT(log_pdf(ordered_probit(0.0, {40.0, 41.0}), 1.0), WithinRel(-804.60844201375378817, 1e-14));
  CHECK_THAT(log_pdf(ordered_probit(0.0, {-41.0, -40.0}), 1.0), WithinRel(-804.60844201375378817, 1e-14));
}

TEST_CASE("multinomial: two categories are a binomial, all counts sum to one", "[distributions][multinomial]") {
  const multinomial two(7, {0.3, 0.7});
  for (double k = 0.0; k <= 7.0; k += 1.0) {
    CHECK_THAT(log_pdf(two, doubles{k, 7.0 - k}), WithinAbs(log_pdf(binomial{7.0, 0.3}, k), 1e-13));
  }
  const multinomial d(5, {0.2, 0.0, 0.5, 0.3});
  double sum = 0.0;
  for (int a = 0; a <= 5; ++a) {
    for (int b = 0; a + b <= 5; ++b) {
      for (int c = 0; a + b + c <= 5; ++c) {
        sum += std::exp(log_pdf(d, doubles{double(a), double(b), double(c), double(5 - a - b - c)}));
      }
    }
  }
  CHECK_THAT(sum, WithinAbs(1.0, 1e-14));
  doubles dp(4);
  const doubles x{1.0, 0.0, 3.0, 1.0};
  CHECK(log_pdf_partials(d, x, dp) == log_pdf(d, x));
  for (std::size_t k : {0U, 2U, 3U}) CHECK_THAT(dp[k], WithinRel(x[k] / d.probabilities[k], 1e-15));
  CHECK(dp[1] == 0.0);
  for (const doubles& out : {doubles{1.0, 0.0, 3.0, 2.0}, doubles{1.5, 0.0, 3.0, 0.5}, doubles{-1.0, 0.0, 5.0, 1.0}}) {
    CHECK(log_pdf_partials(d, out, dp) == -inf);
    CHECK(dp[2] == 0.0);
  }
  CHECK(log_pdf(d, doubles{1.0, 1.0, 2.0, 1.0}) == -inf);  // what has probability 0
  CHECK(std::isnan(log_pdf(d, doubles{1.0, std::nan(""), 2.0, 1.0})));
  CHECK_THROWS_WITH(multinomial(-1, {1.0}), Contains("trials is -1"));
  CHECK_THROWS_WITH(multinomial(1, {0.5, 0.6}), Contains("sum of probabilities is 1.1"));
  CHECK_THROWS_AS(log_pdf(d, doubles{5.0}), shape_error);
}

TEST_CASE("multinomial and dirichlet_multinomial: draws have their moments", "[distributions][multinomial]") {
  const multinomial d(30, {0.2, 0.0, 0.5, 0.3});
  const dirichlet_multinomial e(30, {2.0, 0.5, 4.0});
  constexpr int draws = 20000;
  const auto check = [](const auto& law, std::size_t n) {
    doubles sum(n, 0.0), square(n, 0.0), x(n);
    for (std::uint64_t i = 0; i < draws; ++i) {
      sample(law, rng_key{8, 0}, i, x);
      CHECK(std::accumulate(x.begin(), x.end(), 0.0) == 30.0);
      for (std::size_t k = 0; k < n; ++k) {
        const double centred = x[k] - mean(law)[k];
        sum[k] += centred;
        square[k] += centred * centred;
      }
    }
    for (std::size_t k = 0; k < n; ++k) {
      CHECK_THAT(sum[k] / draws, WithinAbs(0.0, 5.0 * std::sqrt(variance(law)[k] / draws) + 1e-300));
      CHECK_THAT(square[k] / draws, WithinRel(variance(law)[k], 0.08) || WithinAbs(variance(law)[k], 0.0));
    }
  };
  check(d, 4);
  check(e, 3);
}

TEST_CASE("dirichlet_multinomial: two categories are a beta_binomial", "[distributions][dirichlet_multinomial]") {
  const dirichlet_multinomial two(9, {2.0, 3.5});
  for (double k = 0.0; k <= 9.0; k += 1.0) {
    CHECK_THAT(log_pdf(two, doubles{k, 9.0 - k}), WithinAbs(log_pdf(beta_binomial{9.0, 2.0, 3.5}, k), 1e-13));
  }
  const dirichlet_multinomial d(5, {2.0, 0.5, 40.0});
  const doubles x{1.0, 0.0, 4.0};
  doubles da(3);
  CHECK(log_pdf_partials(d, x, da) == log_pdf(d, x));
  check_slopes([&](const doubles& a) { return log_pdf(dirichlet_multinomial(5, a), x); }, d.concentration, da);
  CHECK_THROWS_WITH(dirichlet_multinomial(5, {1.0, 0.0}), Contains("concentration[1] is 0"));
  // many equal pseudo-counts: the multinomial, to the relative size 1 / concentration
  const dirichlet_multinomial sharp(5, {2e9, 3e9, 5e9});
  CHECK_THAT(log_pdf(sharp, x), WithinAbs(log_pdf(multinomial(5, {0.2, 0.3, 0.5}), x), 1e-8));
}
