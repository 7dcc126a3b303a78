// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/censored.hpp"
#include "credence/distributions/mixture.hpp"
#include "credence/distributions/normal.hpp"
#include "credence/distributions/poisson.hpp"
#include "credence/distributions/truncated.hpp"
#include "support/catch.hpp"

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

using namespace credence;

namespace {
constexpr double inf = std::numeric_limits<double>::infinity();
using rule = boost::math::quadrature::gauss_kronrod<double, 61>;
}  // namespace

TEST_CASE("log_probability_between: keeps its digits in both tails", "[distributions][between]") {
  const normal z{0.0, 1.0};
  // log(Phi(41) - Phi(40)) by mpmath with 60 digits
  CHECK_THAT(log_probability_between(z, 40.0, 41.0), WithinRel(-804.60844201375378817, 1e-14));
  CHECK_THAT(log_probability_between(z, -41.0, -40.0), WithinRel(-804.60844201375378817, 1e-14));
  CHECK_THAT(log_probability_between(z, -1.0, 2.0), WithinRel(std::log(cdf(z, 2.0) - cdf(z, -1.0)), 1e-14));
  CHECK(log_probability_between(z, -inf, inf) == 0.0);
  CHECK(log_probability_between(z, 1.0, 1.0) == -inf);
  CHECK(std::isnan(log_probability_between(z, std::nan(""), 1.0)));
  CHECK_THAT(log_probability_between(poisson{3.0}, 1.0, 3.0),
             WithinRel(std::log(std::exp(log_pdf(poisson{3.0}, 2)) + std::exp(log_pdf(poisson{3.0}, 3))), 1e-13));
}

TEST_CASE("truncated: integrates to one and inverts, also far in the tail", "[distributions][truncated]") {
  struct bounds {
    double low, high;
  };
  for (const auto [low, high] : {bounds{-1.0, 2.0}, bounds{40.0, 41.0}, bounds{-inf, -6.0}, bounds{8.0, inf}}) {
    CAPTURE(low, high);
    const truncated d{normal{0.0, 1.0}, low, high};
    const double a = std::max(low, -16.0), b = std::min(high, low == 40.0 ? 41.0 : 18.0);
    CHECK_THAT(rule::integrate([&](double x) { return std::exp(log_pdf(d, x)); }, a, b, 12, 1e-13),
               WithinAbs(1.0, 1e-10));
    for (const double q : {1e-6, 0.2, 0.5, 0.9, 1.0 - 1e-9}) {
      const double x = quantile(d, q);
      // one rounding of x moves the probability by |x| f(x) eps; the logarithms are of size 800
      CHECK_THAT(cdf(d, x), WithinAbs(q, 1e-12 + 4e-16 * std::abs(x) * std::exp(log_pdf(d, x))));
      CHECK_THAT(cdf(d, x) + ccdf(d, x), WithinAbs(1.0, 1e-12));
    }
    CHECK(log_pdf(d, low - 0.5) == -inf);
    CHECK(log_pdf(d, high + 0.5) == -inf);
    CHECK(std::isnan(log_pdf(d, std::nan(""))));
    for (std::uint64_t i = 0; i < 1000; ++i) {
      const double x = sample(d, rng_key{1, 0}, i);
      if (!(x >= low && x <= high)) FAIL("draw " << i << " is " << x);
    }
  }
  CHECK_THROWS_WITH((truncated{normal{0.0, 1.0}, 2.0, 1.0}), Contains("high is 1, but must be at least low"));
}

TEST_CASE("truncated: both ends of a discrete interval count", "[distributions][truncated]") {
  const truncated d{poisson{3.0}, 2.0, 5.0};
  double sum = 0.0;
  for (double k = 2.0; k <= 5.0; k += 1.0) {
    sum += std::exp(log_pdf(d, k));
    CHECK_THAT(cdf(d, k), WithinAbs(sum, 1e-14));
  }
  CHECK_THAT(sum, WithinAbs(1.0, 1e-14));
  CHECK(quantile(d, 1e-9) == 2.0);
  CHECK(quantile(d, 1.0) == 5.0);
  CHECK(cdf(d, 1.0) == 0.0);
}

TEST_CASE("censored: bounds carry the probability beyond them", "[distributions][censored]") {
  const normal z{1.0, 2.0};
  const censored d{z, 0.0, 3.0};
  CHECK(log_pdf(d, 0.0) == log_cdf(z, 0.0));
  CHECK(log_pdf(d, 3.0) == log_ccdf(z, 3.0));
  CHECK(log_pdf(d, 1.5) == log_pdf(z, 1.5));
  CHECK(log_pdf(d, -0.1) == -inf);
  const double inside = rule::integrate([&](double x) { return std::exp(log_pdf(z, x)); }, 0.0, 3.0, 10, 1e-13);
  CHECK_THAT(std::exp(log_pdf(d, 0.0)) + inside + std::exp(log_pdf(d, 3.0)), WithinAbs(1.0, 1e-13));
  const censored counted{poisson{3.0}, 1.0, 4.0};
  double sum = 0.0;
  for (double k = 1.0; k <= 4.0; k += 1.0) sum += std::exp(log_pdf(counted, k));
  CHECK_THAT(sum, WithinAbs(1.0, 1e-14));
  for (std::uint64_t i = 0; i < 200; ++i) {
    const double x = sample(d, rng_key{1, 0}, i);
    CHECK((x >= 0.0 && x <= 3.0));
  }
}

TEST_CASE("mixture: log density, moments, responsibilities, draws", "[distributions][mixture]") {
  const mixture d({0.3, 0.7}, std::vector{normal{-2.0, 0.5}, normal{1.0, 1.5}});
  CHECK_THAT(rule::integrate([&](double x) { return std::exp(log_pdf(d, x)); }, -12.0, 16.0, 15, 1e-13),
             WithinAbs(1.0, 1e-11));
  const auto moment = [&](const std::function<double(double)>& g) {
    return rule::integrate([&](double x) { return g(x) * std::exp(log_pdf(d, x)); }, -12.0, 16.0, 15, 1e-13);
  };
  CHECK_THAT(moment([](double x) { return x; }), WithinAbs(mean(d), 1e-11));
  CHECK_THAT(moment([&](double x) { return (x - mean(d)) * (x - mean(d)); }), WithinAbs(variance(d), 1e-10));
  CHECK_THAT(log_pdf(d, 90.0), WithinRel(std::log(0.7) + log_pdf(normal{1.0, 1.5}, 90.0), 1e-15));
  const auto r = responsibilities(d, -1.0);
  CHECK_THAT(r[0] + r[1], WithinAbs(1.0, 1e-15));
  CHECK_THAT(r[0], WithinRel(0.3 * std::exp(log_pdf(normal{-2.0, 0.5}, -1.0) - log_pdf(d, -1.0)), 1e-14));
  constexpr int draws = 20000;
  double sum = 0.0;
  for (std::uint64_t i = 0; i < draws; ++i) sum += sample(d, rng_key{2, 0}, i) < -1.5 ? 1.0 : 0.0;
  const double p = cdf(d, -1.5);
  CHECK_THAT(sum / draws, WithinAbs(p, 5.0 * std::sqrt(p * (1.0 - p) / draws)));  // 5 standard errors
  CHECK_THROWS_WITH((mixture<normal<>>({0.3, 0.3}, {normal{0, 1}, normal{1, 1}})),
                    Contains("sum of the weights is 0.6"));
  CHECK_THROWS_AS((mixture<normal<>>({1.0}, {normal{0, 1}, normal{1, 1}})), shape_error);
}
