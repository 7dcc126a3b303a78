// SPDX-License-Identifier: BSD-3-Clause
#include "credence/diagnostics/convergence.hpp"

#include "credence/base/errors.hpp"
#include "diagnostics/slow_twin.hpp"
#include "support/catch.hpp"

#include <limits>
#include <numeric>
#include <random>

using namespace credence;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Autoregressive chains of the first order, each with its own offset; rounded to steps where step > 0 (ties).
twin::chains simulate(std::size_t chains, std::size_t draws, double correlation, double offset, double step,
                      unsigned seed) {
  std::mt19937_64 engine(seed);
  std::normal_distribution<double> normal;
  twin::chains result(chains, twin::chain(draws));
  for (std::size_t c = 0; c < chains; ++c) {
    double x = normal(engine);
    for (double& value : result[c]) {
      x = correlation * x + std::sqrt(1 - correlation * correlation) * normal(engine);
      value = x + offset * static_cast<double>(c);
      if (step > 0) value = step * std::round(value / step);
    }
  }
  return result;
}

struct flat {
  explicit flat(const twin::chains& x) : memory(twin::pooled(x)), draws(memory.data(), x.size(), x.front().size()) {}
  std::vector<double> memory;
  view<const double, 2> draws;
};

/// Equal as numbers, or both NaN. The tolerance is rounding: sums of up to 1e4 products in another order.
void check_same(double got, double expected, double tolerance = 1e-10) {
  if (std::isnan(expected)) {
    CHECK(std::isnan(got));
  } else {
    CHECK_THAT(got, WithinRel(expected, tolerance));
  }
}

void check_all(const twin::chains& x) {
  const flat f(x);
  check_same(r_hat(f.draws), twin::r_hat(x));
  check_same(r_hat_plain(f.draws), twin::plain_r_hat(twin::split(x)));
  check_same(ess_bulk(f.draws), twin::ess_bulk(x));
  check_same(ess_tail(f.draws), twin::ess_tail(x));
  check_same(ess_mean(f.draws), twin::ess(twin::split(x)));
  check_same(ess_sd(f.draws), twin::ess_sd(x));
  check_same(mcse_mean(f.draws), twin::mcse_mean(x));
  check_same(mcse_sd(f.draws), twin::mcse_sd(x));
  for (const double p : {0.0, 0.05, 0.5, 0.9, 1.0}) {
    CAPTURE(p);
    check_same(ess_quantile(f.draws, p), twin::ess_quantile(x, p));
    check_same(quantile(f.draws, p), twin::quantile(twin::pooled(x), p), 1e-15);
    if (!std::isnan(twin::ess_quantile(x, p))) check_same(mcse_quantile(f.draws, p), twin::mcse_quantile(x, p), 1e-12);
  }
}

}  // namespace

TEST_CASE("convergence: agrees with the slow twin on autocorrelated chains", "[diagnostics][convergence]") {
  const std::size_t chains = GENERATE(1, 2, 4);
  const std::size_t draws = GENERATE(6, 7, 8, 9, 10, 11, 25, 100, 597);
  const double correlation = GENERATE(-0.9, 0.0, 0.7, 0.995);
  const double step = GENERATE(0.0, 0.5);
  CAPTURE(chains, draws, correlation, step);
  check_all(simulate(chains, draws, correlation, 0.0, step, static_cast<unsigned>(chains * 1000 + draws)));
}

TEST_CASE("convergence: agrees with the slow twin where lags need the Fourier transform",
          "[diagnostics][convergence]") {
  // At correlation 0.9995 the positive sequence runs past every lag that is summed directly.
  const std::size_t draws = GENERATE(2000, 3001);
  check_all(simulate(3, draws, 0.9995, 0.0, 0.0, 11));
}

TEST_CASE("convergence: chains that disagree have a large R-hat and a small effective size",
          "[diagnostics][convergence]") {
  const twin::chains x = simulate(4, 500, 0.3, 1.5, 0.0, 5);
  check_all(x);
  const flat f(x);
  CHECK(r_hat(f.draws) > 1.3);
  CHECK(ess_bulk(f.draws) < 20);
}

TEST_CASE("convergence: values far from zero, heavy tails and huge scales", "[diagnostics][convergence]") {
  twin::chains x = simulate(3, 200, 0.4, 0.0, 0.0, 9);
  SECTION("far from zero") {
    for (auto& c : x) {
      for (double& v : c) v = 1e9 + v;
    }
    // Here 1e9 + v keeps nine digits of v; both sides see the same numbers, the means differ by rounding.
    const flat f(x);
    check_same(r_hat(f.draws), twin::r_hat(x));
    check_same(ess_bulk(f.draws), twin::ess_bulk(x));
    check_same(ess_mean(f.draws), twin::ess(twin::split(x)), 1e-6);
  }
  SECTION("Cauchy-like tails") {
    for (auto& c : x) {
      for (double& v : c) v = std::tan(1.5 * std::tanh(v)) * std::exp(4 * v);
    }
    check_all(x);
  }
  SECTION("the order of magnitude is no matter") {
    const flat f(x);
    const double expected = ess_bulk(f.draws);
    for (auto& c : x) {
      for (double& v : c) v = std::ldexp(v, 900);
    }
    CHECK(ess_bulk(flat(x).draws) == expected);
  }
}

TEST_CASE("convergence: what has no answer is NaN", "[diagnostics][convergence]") {
  twin::chains x = simulate(2, 20, 0.0, 0.0, 0.0, 3);
  SECTION("one NaN") { x[1][7] = twin::nan; }
  SECTION("one infinity") { x[0][0] = infinity; }
  SECTION("minus infinity") { x[0][3] = -infinity; }
  SECTION("a constant") { x = {twin::chain(20, 3.5), twin::chain(20, 3.5)}; }
  SECTION("constant up to the tolerance of 2^-52") {
    x = {twin::chain(20, 0.0), twin::chain(20, 0.0)};
    x[0][1] = 1e-17;
    const flat f(x);
    CHECK(std::isnan(ess_mean(f.draws)));
    CHECK(std::isnan(ess_tail(f.draws)));
    return;  // the ranks differ, so R-hat and bulk ESS exist
  }
  SECTION("a single draw") { x = {{1.0}, {2.0}}; }
  SECTION("three draws") { x = {{1.0, 2.0, 3.0}, {2.0, 1.0, 4.0}}; }
  const flat f(x);
  CHECK(std::isnan(r_hat(f.draws)));
  CHECK(std::isnan(ess_bulk(f.draws)));
  CHECK(std::isnan(ess_tail(f.draws)));
  CHECK(std::isnan(ess_mean(f.draws)));
  CHECK(std::isnan(mcse_mean(f.draws)));
  CHECK(std::isnan(mcse_sd(f.draws)));
  CHECK(std::isnan(mcse_quantile(f.draws, 0.5)));
}

TEST_CASE("convergence: four draws are enough for R-hat and six for an effective size", "[diagnostics][convergence]") {
  const flat five(simulate(2, 5, 0.0, 0.0, 0.0, 3)), six(simulate(2, 6, 0.0, 0.0, 0.0, 3));
  CHECK(std::isfinite(r_hat(five.draws)));
  CHECK(std::isnan(ess_bulk(five.draws)));
  CHECK(std::isfinite(ess_bulk(six.draws)));
}

TEST_CASE("convergence: no draws at all", "[diagnostics][convergence]") {
  const view<const double, 2> none(nullptr, 2, 0), no_chains(nullptr, 0, 10);
  for (const auto& v : {none, no_chains}) {
    CHECK(std::isnan(r_hat(v)));
    CHECK(std::isnan(ess_bulk(v)));
    CHECK(std::isnan(ess_tail(v)));
    CHECK(std::isnan(mcse_sd(v)));
    CHECK(std::isnan(quantile(v, 0.5)));
  }
}

TEST_CASE("convergence: strides do not matter", "[diagnostics][convergence]") {
  const twin::chains x = simulate(3, 50, 0.5, 0.1, 0.0, 8);
  std::vector<double> other(150);  // (draws, chains)
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t d = 0; d < 50; ++d) other[d * 3 + c] = x[c][d];
  }
  view<const double, 2> turned(other.data(), 3, 50);
  turned.strides[0] = 1;
  turned.strides[1] = 3;
  CHECK(r_hat(turned) == r_hat(flat(x).draws));
  CHECK(ess_tail(turned) == ess_tail(flat(x).draws));
}

TEST_CASE("ess_quantile: refuses what is no probability", "[diagnostics][convergence]") {
  const flat f(simulate(2, 20, 0.0, 0.0, 0.0, 3));
  CHECK_THROWS_WITH(ess_quantile(f.draws, 1.5), Contains("probability is 1.5"));
  CHECK_THROWS_AS(mcse_quantile(f.draws, std::nan("")), domain_error);
}

TEST_CASE("r_hat_nested: follows the equations", "[diagnostics][convergence]") {
  // Two superchains of two chains of three draws, worked by hand:
  // chain means 2, 4 | 6, 8; chain variances 1, 1 | 1, 1; superchain means 3, 7: B = 8; within = 1 + 2 = 3.
  const std::vector<double> x{1, 2, 3, 3, 4, 5, 5, 6, 7, 7, 8, 9};
  const std::vector<std::int64_t> ids{0, 0, 1, 1};
  CHECK_THAT(r_hat_nested(view<const double, 2>(x.data(), 4, 3), ids), WithinRel(std::sqrt(1.0 + 8.0 / 3.0), 1e-15));
  // One draw a chain: only the variance between chains is left inside a superchain.
  const std::vector<double> y{1, 3, 5, 7};
  CHECK_THAT(r_hat_nested(view<const double, 2>(y.data(), 4, 1), ids), WithinRel(std::sqrt(1.0 + 8.0 / 2.0), 1e-15));
  const std::vector<std::int64_t> uneven{0, 0, 0, 1}, one{2, 2, 2, 2}, few{0, 1};
  const view<const double, 2> w(y.data(), 4, 1);
  CHECK_THROWS_WITH(r_hat_nested(w, uneven), Contains("superchain 1 is 1"));
  CHECK_THROWS_AS(r_hat_nested(w, one), domain_error);
  CHECK_THROWS_AS(r_hat_nested(w, few), shape_error);
}

TEST_CASE("autocovariance: agrees with direct sums", "[diagnostics][convergence]") {
  const std::size_t n = GENERATE(1, 2, 3, 7, 64, 65, 300);
  const twin::chain x = simulate(1, n, 0.6, 0.0, 0.0, 77)[0];
  const double m = twin::mean(x);
  const auto got = autocovariance(x);
  REQUIRE(got.size() == n);
  for (std::size_t t = 0; t < n; ++t) {
    double sum = 0;
    for (std::size_t i = 0; i + t < n; ++i) sum += (x[i] - m) * (x[i + t] - m);
    CHECK_THAT(got[t], WithinAbs(sum / static_cast<double>(n), 1e-14));  // relative to a variance of about 1
  }
  if (n > 1) CHECK(autocorrelation(x)[0] == 1.0);
  CHECK(std::isnan(autocorrelation(std::vector<double>(5, 1.0))[0]));
}

TEST_CASE("rank_normalise: known scores, ties share theirs, NaN stays", "[diagnostics][convergence]") {
  const auto z = rank_normalise(std::vector<double>{3.0, 1.0, 3.0, twin::nan, 2.0});
  // n = 5: ranks 3.5, 1, 3.5, -, 2; scores quantile((r - 3/8) / 5.25), from scipy.special.ndtri
  CHECK_THAT(z[1], WithinAbs(-1.1797611176118612, 1e-14));
  CHECK_THAT(z[4], WithinAbs(-0.49720057068155404, 1e-14));
  CHECK(z[0] == z[2]);
  CHECK_THAT(z[0], WithinAbs(0.24104039388602685, 1e-14));
  CHECK(std::isnan(z[3]));
}

TEST_CASE("e_bfmi: ratio of squared steps to squared deviations", "[diagnostics][convergence]") {
  // steps 1, -2, 3: 14; mean 1.5, deviations -.5, .5, -1.5, 1.5: 5
  CHECK_THAT(e_bfmi(std::vector<double>{1, 2, 0, 3}), WithinRel(14.0 / 5.0, 1e-15));
  CHECK(std::isnan(e_bfmi(std::vector<double>{1, 1, 1, 1})));
  CHECK(std::isnan(e_bfmi(std::vector<double>{1, 2})));
  CHECK(std::isnan(e_bfmi(std::vector<double>{1, 2, infinity})));
}
