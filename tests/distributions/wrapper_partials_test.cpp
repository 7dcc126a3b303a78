// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/censored.hpp"
#include "credence/distributions/independent.hpp"
#include "credence/distributions/kl_divergence.hpp"
#include "credence/distributions/mixture.hpp"
#include "credence/distributions/transformed.hpp"
#include "credence/distributions/truncated.hpp"
#include "credence/distributions/zero_inflated.hpp"
#include "credence/distributions/zero_inflated_poisson.hpp"
#include "several_numbers.hpp"

#include <boost/math/quadrature/gauss_kronrod.hpp>

using namespace credence;
using namespace credence::test;

TEST_CASE("truncated, censored, interval: partials by the parameters of the base", "[distributions][wrappers]") {
  struct place {
    double low, high, x;
  };
  for (const auto [low, high, x] :
       {place{-1.0, 2.0, 0.7}, place{40.0, 41.0, 40.4}, place{-inf, -6.0, -7.0}, place{8.0, inf, 9.0}}) {
    CAPTURE(low, high, x);
    const auto g = log_pdf_partials(truncated{normal{0.3, 1.2}, low, high}, x);
    CHECK(g.value == log_pdf(truncated{normal{0.3, 1.2}, low, high}, x));
    check_slopes(
        [&](const doubles& p) {
          return log_pdf(truncated{normal{p[0], p[1]}, low, high}, p[2]);
        },
        {0.3, 1.2, x}, {g.parameters[0], g.parameters[1], g.x});
    const auto b = log_probability_between_partials(normal{0.3, 1.2}, low, high);
    check_slopes(
        [&](const doubles& p) {
          return log_probability_between(normal{p[0], p[1]}, low, high);
        },
        {0.3, 1.2}, {b.parameters[0], b.parameters[1]});
  }
  const auto counts = log_pdf_partials(truncated{poisson{3.0}, 2.0, 5.0}, 4.0);
  check_slopes(
      [](const doubles& p) {
        return log_pdf(truncated{poisson{p[0]}, 2.0, 5.0}, 4.0);
      },
      {3.0}, {counts.parameters[0]});
  const auto out = log_pdf_partials(truncated{normal{0.0, 1.0}, -1.0, 1.0}, 2.0);
  CHECK((out.value == -inf && out.x == 0.0 && out.parameters[0] == 0.0));

  for (const double x : {0.0, 1.5, 3.0}) {
    const auto g = log_pdf_partials(censored{normal{1.0, 2.0}, 0.0, 3.0}, x);
    CHECK(g.value == log_pdf(censored{normal{1.0, 2.0}, 0.0, 3.0}, x));
    check_slopes(
        [&](const doubles& p) {
          return log_pdf(censored{normal{p[0], p[1]}, 0.0, 3.0}, x);
        },
        {1.0, 2.0}, {g.parameters[0], g.parameters[1]});
    const auto k = log_pdf_partials(censored{poisson{2.2}, 0.0, 3.0}, std::floor(x));
    check_slopes(
        [&](const doubles& p) {
          return log_pdf(censored{poisson{p[0]}, 0.0, 3.0}, std::floor(x));
        },
        {2.2}, {k.parameters[0]});
  }
}

TEST_CASE("mixture: partials", "[distributions][wrappers]") {
  const mixture d({0.3, 0.7}, std::vector{normal{-2.0, 0.5}, normal{1.0, 1.5}});
  for (const double x : {-2.5, 0.0, 60.0}) {  // 60: every density underflows
    const auto g = log_pdf_partials(d, x);
    CHECK(g.value == log_pdf(d, x));
    check_slopes(
        [&](const doubles& p) {
          auto e = d;
          e.weights = {p[0], p[1]};
          e.components = {normal{p[2], p[3]}, normal{p[4], p[5]}};
          return log_pdf(e, p[6]);
        },
        {0.3, 0.7, -2.0, 0.5, 1.0, 1.5, x},
        {g.weights[0], g.weights[1], g.components[0][0], g.components[0][1], g.components[1][0], g.components[1][1],
         g.x});
  }
}

TEST_CASE("zero_inflated: agrees with the family of the same name", "[distributions][wrappers]") {
  const zero_inflated d{0.25, poisson{3.0}};
  const zero_inflated_poisson same{0.25, 3.0};
  for (double k = 0.0; k < 9.0; k += 1.0) {
    CHECK_THAT(log_pdf(d, k), WithinAbs(log_pdf(same, k), 1e-13));
    CHECK_THAT(cdf(d, k), WithinAbs(cdf(same, k), 1e-14));
    const auto g = log_pdf_partials(d, k);
    const auto expected = log_pdf_partials(same, k);
    CHECK_THAT(g.zero_probability, WithinAbs(expected.parameters[0], 1e-12));
    CHECK_THAT(g.parameters[0], WithinAbs(expected.parameters[1], 1e-12));
  }
  CHECK(log_pdf(d, 0.5) == -inf);
  CHECK(log_pdf_partials(d, -1.0).parameters[0] == 0.0);
  CHECK_THAT(mean(d), WithinRel(mean(same), 1e-15));
  CHECK_THAT(variance(d), WithinRel(variance(same), 1e-14));
  int zeros = 0;
  for (std::uint64_t i = 0; i < 20000; ++i) zeros += sample(d, rng_key{1, 0}, i) == 0.0 ? 1 : 0;
  const double p = std::exp(log_pdf(d, 0.0));
  CHECK_THAT(zeros / 20000.0, WithinAbs(p, 5.0 * std::sqrt(p * (1.0 - p) / 20000.0)));  // 5 standard errors
  CHECK_THROWS_WITH((zero_inflated{1.5, poisson{3.0}}), Contains("zero_probability is 1.5"));
  CHECK_THROWS_WITH((zero_inflated{0.5, normal{0.0, 1.0}}), Contains("discrete"));
}

TEST_CASE("transformed: a lognormal, a mirrored gamma", "[distributions][wrappers]") {
  const transformed d{normal{0.4, 0.7}, exp_map{}};
  const lognormal same{0.4, 0.7};
  for (const double y : {0.01, 1.0, 30.0}) {
    CHECK_THAT(log_pdf(d, y), WithinAbs(log_pdf(same, y), 1e-14 * 30.0));
    CHECK_THAT(cdf(d, y), WithinRel(cdf(same, y), 1e-14));
    const auto g = log_pdf_partials(d, y);
    CHECK_THAT(g.parameters[0], WithinRel(log_pdf_partials(same, y).parameters[0], 1e-12));
  }
  CHECK(log_pdf(d, -1.0) == -inf);
  CHECK(log_pdf_partials(d, -1.0).parameters[1] == 0.0);
  CHECK_THAT(quantile(d, 0.9), WithinRel(quantile(same, 0.9), 1e-14));
  CHECK(sample(d, rng_key{3, 0}, 5) == std::exp(sample(normal{0.4, 0.7}, rng_key{3, 0}, 5)));
  const transformed mirrored{credence::gamma{2.0, 1.0}, affine_map{1.0, -2.0}};
  CHECK_THAT(cdf(mirrored, -3.0), WithinRel(ccdf(credence::gamma{2.0, 1.0}, 2.0), 1e-15));
  CHECK_THAT(quantile(mirrored, 0.1), WithinRel(1.0 - 2.0 * quantile(credence::gamma{2.0, 1.0}, 0.9), 1e-15));
  CHECK_THAT(log_pdf(mirrored, -3.0), WithinRel(log_pdf(credence::gamma{2.0, 1.0}, 2.0) - std::log(2.0), 1e-15));
  const transformed squashed{normal{0.0, 1.5}, inv_logit_map{}};
  using rule = boost::math::quadrature::gauss_kronrod<double, 61>;
  CHECK_THAT(rule::integrate([&](double y) { return std::exp(log_pdf(squashed, y)); }, 0.0, 0.3, 12, 1e-12),
             WithinRel(cdf(squashed, 0.3), 1e-10));
  CHECK_THROWS_WITH((transformed{poisson{1.0}, exp_map{}}), Contains("continuous"));
}

TEST_CASE("independent: sums of its parts", "[distributions][wrappers]") {
  const independent d(std::vector{normal{0.0, 1.0}, normal{2.0, 3.0}});
  const doubles x{0.5, -1.0};
  CHECK(log_pdf(d, x) == log_pdf(d.parts[0], 0.5) + log_pdf(d.parts[1], -1.0));
  doubles dx(2), draw(2);
  std::vector<std::array<double, 2>> dp(2);
  CHECK(log_pdf_partials(d, x, dx, dp) == log_pdf(d, x));
  CHECK((dx[1] == log_pdf_partials(d.parts[1], -1.0).x && dp[0][1] == log_pdf_partials(d.parts[0], 0.5).parameters[1]));
  sample(d, rng_key{1, 0}, 3, draw);
  CHECK(draw[1] == sample(d.parts[1], rng_key{1, 0}, 7));
  CHECK(mean(d) == doubles{0.0, 2.0});
  CHECK(variance(d) == doubles{1.0, 9.0});
  CHECK_THROWS_AS(log_pdf(d, doubles{1.0}), shape_error);
}

namespace {
template <class D>
void check_divergence(const D& p, const D& q, double low, double high) {
  double expected = 0.0;
  const auto part = [&](double x) {
    const double l = log_pdf(p, x);
    return l == -inf ? 0.0 : std::exp(l) * (l - log_pdf(q, x));
  };
  if (support(p).discrete) {
    for (double k = low; k <= high; k += 1.0) expected += part(k);
  } else {
    using rule = boost::math::quadrature::gauss_kronrod<double, 61>;
    const double middle = quantile(p, 0.5);
    expected = rule::integrate(part, low, middle, 15, 1e-12) + rule::integrate(part, middle, high, 15, 1e-12);
  }
  CHECK_THAT(kl_divergence(p, q), WithinAbs(expected, 1e-9));  // the quadrature
  CHECK_THAT(kl_divergence(p, p), WithinAbs(0.0, 1e-14));
}
}  // namespace

TEST_CASE("kl_divergence: against quadrature and sums", "[distributions][kl_divergence]") {
  check_divergence(normal{1.0, 2.0}, normal{0.0, 1.5}, -30.0, 30.0);
  check_divergence(lognormal{0.2, 0.4}, lognormal{0.0, 0.7}, 1e-3, 60.0);
  check_divergence(laplace{1.0, 0.5}, laplace{1.0, 2.0}, -20.0, 22.0);
  check_divergence(exponential{2.0}, exponential{0.5}, 0.0, 25.0);
  check_divergence(credence::gamma{2.5, 1.0}, credence::gamma{4.0, 0.7}, 1e-12, 60.0);
  check_divergence(beta{2.0, 3.0}, beta{1.5, 4.5}, 1e-12, 1.0 - 1e-12);
  check_divergence(bernoulli{0.3}, bernoulli{0.6}, 0.0, 1.0);
  check_divergence(poisson{3.0}, poisson{5.0}, 0.0, 80.0);
  check_divergence(geometric{0.3}, geometric{0.5}, 0.0, 200.0);
  CHECK(kl_divergence(bernoulli{0.3}, bernoulli{0.0}) == inf);
  CHECK_THAT(kl_divergence(laplace{0.0, 1.0}, laplace{2.0, 3.0}),
             WithinRel(std::log(3.0) + (std::exp(-2.0) + 2.0) / 3.0 - 1.0, 1e-15));
}
