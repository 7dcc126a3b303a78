// SPDX-License-Identifier: BSD-3-Clause
// Reference numbers: tests/reference/psis.py (ArviZ 0.23.4).
#include "credence/diagnostics/psis.hpp"

#include "credence/base/errors.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace credence;

namespace {

/// The additive sequence of the golden ratio.
double uniform(std::int64_t i) { return std::fmod(static_cast<double>(i + 1) * 0.6180339887498949, 1.0); }

/// (2 chains, 200 draws, 6 points)
std::vector<double> log_likelihood() {
  const std::vector<double> y{-1.0, 0.0, 0.3, 0.8, 2.0, 6.0};
  std::vector<double> result;
  for (int i = 0; i < 400; ++i) {
    const double mean = std::sin(1.7 * i) + 0.5 * std::cos(0.9 * i * i);
    for (const double value : y) result.push_back(-0.5 * (value - mean) * (value - mean) - 0.91893853320467274178);
  }
  return result;
}

}  // namespace

TEST_CASE("psis: agrees with ArviZ", "[diagnostics][psis]") {
  struct known {
    double power, k, largest, first, ess;
  };
  // The sums run over 1000 logarithms on both sides: 1e-10 is far above their rounding.
  for (const known& c : {known{0.4, 0.3815446726540746, -4.524281741661153, -7.219067961986545, 682.8536419883424},
                         known{0.8, 0.7216007058043428, -2.5022646293637356, -7.89183707001452, 85.54728777778503},
                         known{1.2, 1.0623846928590974, -1.2268904610884181, -9.20087022179304, 9.809006301267624}}) {
    CAPTURE(c.power);
    std::vector<double> ratios;
    for (int i = 0; i < 1000; ++i)
      ratios.push_back(-c.power * std::log(uniform(i)) + 700.0);  // a constant is no matter
    const psis_result got = psis(ratios);
    CHECK(got.tail_length == 95);
    CHECK_THAT(got.pareto_k, WithinRel(c.k, 1e-10));
    CHECK_THAT(*std::max_element(got.log_weights.begin(), got.log_weights.end()), WithinRel(c.largest, 1e-10));
    CHECK_THAT(got.log_weights[0], WithinRel(c.first, 1e-10));
    double sum = 0.0, squares = 0.0;
    for (const double w : got.log_weights) sum += std::exp(w), squares += std::exp(2.0 * w);
    CHECK_THAT(sum, WithinRel(1.0, 1e-12));
    CHECK_THAT(1.0 / squares, WithinRel(c.ess, 1e-10));
  }
}

TEST_CASE("psis: the tail fit agrees with ArviZ", "[diagnostics][psis]") {
  std::vector<double> x;
  for (int i = 0; i < 200; ++i) x.push_back(std::pow(uniform(i), -0.7) - 1.0 + 1e-3);
  std::sort(x.begin(), x.end());
  const pareto_tail tail = fit_pareto_tail(x);
  CHECK_THAT(tail.shape, WithinRel(0.6581255391937015, 1e-10));
  CHECK_THAT(tail.scale, WithinRel(0.7040347338528212, 1e-10));
  CHECK(std::isnan(fit_pareto_tail(std::vector<double>{1.0}).shape));
  CHECK(std::isnan(fit_pareto_tail(std::vector<double>(10, 1.0)).shape));
}

TEST_CASE("psis: equal, few and impossible ratios", "[diagnostics][psis]") {
  const psis_result equal = psis(std::vector<double>(100, 3.0));
  CHECK(std::isinf(equal.pareto_k));
  CHECK_THAT(equal.log_weights[7], WithinRel(-std::log(100.0), 1e-14));
  const psis_result few = psis(std::vector<double>{0.0, std::log(3.0)});
  CHECK(std::isinf(few.pareto_k));
  CHECK_THAT(std::exp(few.log_weights[1]), WithinRel(0.75, 1e-14));
  const double infinity = std::numeric_limits<double>::infinity();
  const psis_result zero = psis(std::vector<double>{0.0, -infinity});
  CHECK(std::exp(zero.log_weights[1]) == 0.0);
  CHECK_THROWS_AS(psis({}), domain_error);
  CHECK_THROWS_AS(psis(std::vector<double>{0.0, std::nan("")}), domain_error);
  CHECK_THROWS_AS(psis(std::vector<double>{0.0, infinity}), domain_error);
  CHECK_THROWS_AS(psis(std::vector<double>{-infinity}), domain_error);
  CHECK_THROWS_WITH(psis(std::vector<double>{0.0, 1.0}, 0.0), Contains("relative_efficiency is 0"));
  CHECK(pareto_k_threshold(100) == 0.5);
  CHECK(pareto_k_threshold(100000) == 0.7);
}

TEST_CASE("psis_loo, waic: agree with ArviZ", "[diagnostics][psis]") {
  const std::vector<double> values = log_likelihood();
  const view<const double, 3> ll(values.data(), 2, 200, 6);
  const int threads = GENERATE(1, 3);
  const predictive_density loo = psis_loo(exec::cpu(threads), ll);
  const std::vector<double> elpd{-2.208397093472831,  -1.282918128358945, -1.3614648763743424,
                                 -1.8488364809265116, -4.559878616865581, -25.4557196655155};
  const std::vector<double> k{-0.40620316878417173, -0.40572797581429596, -0.27480761601108156,
                              -0.24925664252281954, -0.09827670163360339, 0.40284387400700433};
  for (std::size_t p = 0; p < 6; ++p) {
    CHECK_THAT(loo.pointwise_elpd[p], WithinRel(elpd[p], 1e-9));
    CHECK_THAT(loo.pareto_k[p], WithinAbs(k[p], 1e-8));
  }
  CHECK_THAT(loo.elpd, WithinRel(-36.71721486151371, 1e-9));
  CHECK_THAT(loo.se_elpd, WithinRel(23.389446981442813, 1e-9));
  CHECK_THAT(loo.effective_parameters, WithinRel(15.26283838523161, 1e-9));
  CHECK(loo.information_criterion == -2.0 * loo.elpd);
  CHECK(loo.unreliable == 0);

  const predictive_density w = waic(exec::cpu(threads), ll);
  CHECK_THAT(w.elpd, WithinRel(-47.68302502774518, 1e-12));
  CHECK_THAT(w.pointwise_elpd[5], WithinRel(-36.12235331154738, 1e-12));
  CHECK(w.unreliable == 4);
  CHECK_THROWS_AS(psis_loo(exec::cpu(1), view<const double, 3>(values.data(), 2, 200, 0)), domain_error);
}

TEST_CASE("sbc: ranks and their uniformity", "[diagnostics][sbc]") {
  const std::vector<double> draws{1.0, 2.0, 3.0};
  CHECK(sbc_rank(0.0, draws) == 0);
  CHECK(sbc_rank(2.5, draws) == 2);
  CHECK(sbc_rank(9.0, draws) == 3);
  // 3 bins over ranks 0..4 hold 2, 2 and 1 of them; 10 ranks: expected 4, 4, 2, found 6, 2, 2: 1 + 1 + 0 = 2.
  const std::vector<std::int64_t> ranks{0, 0, 0, 1, 1, 1, 2, 3, 4, 4};
  const uniformity_test t = test_uniform_ranks(ranks, 4, 3);
  CHECK_THAT(t.chi_square, WithinRel(2.0, 1e-14));
  CHECK(t.degrees == 2);
  CHECK_THAT(t.p_value, WithinRel(std::exp(-1.0), 1e-13));  // two degrees: exp(-x / 2)
  CHECK_THROWS_AS(test_uniform_ranks(ranks, 3, 2), domain_error);
  CHECK_THROWS_AS(test_uniform_ranks(ranks, 4, 6), domain_error);
}
