// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/errors.hpp"
#include "credence/random/fill.hpp"
#include "credence/random/gamma.hpp"
#include "support/catch.hpp"
#include "support/sample_tests.hpp"

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <type_traits>

using namespace credence;
using test::smallest_p;

namespace {

constexpr std::int64_t draws = 20000;

rng_key test_key(std::uint64_t seed) { return rng_key{seed, 0}.split(purpose::test, 1); }

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }
double exponential_cdf(double x) { return -std::expm1(-x); }
double gumbel_cdf(double x) { return std::exp(-std::exp(-x)); }

/// The cdf of log(X) for a gamma X: its leading term where X underflows.
double log_gamma_cdf(double shape, double log_x) {
  if (log_x < -40.0) return std::exp(shape * log_x - std::lgamma(shape + 1.0));
  return boost::math::gamma_p(shape, std::exp(log_x));
}

void check_uniform(const std::vector<double>& u) {
  CHECK(test::kolmogorov_smirnov(u) > smallest_p);
  CHECK(test::chi_square_uniform(u) > smallest_p);
}

/// Fills n numbers by `fill`, checks them against the cdf.
template <class T, class Fill, class Cdf>
void check_fill(const Fill& fill, const Cdf& cdf) {
  const std::uint64_t seed = GENERATE(1, 42, 0xDEADBEEFCAFEULL);
  std::vector<T> x(draws);
  fill(test_key(seed), std::span<T>(x));
  std::vector<double> u(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) u[i] = cdf(static_cast<double>(x[i]));
  CAPTURE(seed);
  check_uniform(u);
}

}  // namespace

TEST_CASE("unit_f64 and unit_f32: are exact, open and symmetric", "[random][uniform]") {
  CHECK(random::unit_f64(0) == 0x1p-53);
  CHECK(random::unit_f64(~0ULL) == 1.0 - 0x1p-53);
  CHECK(random::unit_f64(1ULL << 63) == 0.5 + 0x1p-53);
  CHECK(random::unit_f32(0) == 0x1p-24F);
  CHECK(random::unit_f32(~0U) == 1.0F - 0x1p-24F);
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const std::uint64_t bits = random::bits64(test_key(3), i);
    CHECK(random::unit_f64(bits) + random::unit_f64(~bits) == 1.0);
    CHECK(random::unit_f32(static_cast<std::uint32_t>(bits)) + random::unit_f32(static_cast<std::uint32_t>(~bits)) ==
          1.0F);
  }
}

TEST_CASE("uniform: has the uniform distribution", "[random][uniform]") {
  check_fill<double>([](rng_key k, std::span<double> x) { random::fill_uniform(k, x); }, [](double x) { return x; });
  check_fill<float>([](rng_key k, std::span<float> x) { random::fill_uniform(k, x); }, [](double x) { return x; });
}

TEST_CASE("normal: has the normal distribution", "[random][normal]") {
  check_fill<double>([](rng_key k, std::span<double> x) { random::fill_normal(k, x); }, normal_cdf);
  check_fill<float>([](rng_key k, std::span<float> x) { random::fill_normal(k, x); }, normal_cdf);
}

TEST_CASE("exponential: has the exponential distribution", "[random][exponential]") {
  check_fill<double>([](rng_key k, std::span<double> x) { random::fill_exponential(k, x); }, exponential_cdf);
  check_fill<float>([](rng_key k, std::span<float> x) { random::fill_exponential(k, x); }, exponential_cdf);
}

TEST_CASE("gumbel: has the Gumbel distribution", "[random][gumbel]") {
  check_fill<double>([](rng_key k, std::span<double> x) { random::fill_gumbel(k, x); }, gumbel_cdf);
  check_fill<float>([](rng_key k, std::span<float> x) { random::fill_gumbel(k, x); }, gumbel_cdf);
}

TEST_CASE("gumbel and exponential: keep both tails in float", "[random][gumbel]") {
  // The largest bits give the smallest exponential, 2^-33, and the largest Gumbel, 33 log 2.
  CHECK_THAT(random::exponential_of(~std::uint32_t{0}), WithinRel(0x1p-33, 1e-9));
  CHECK_THAT(-std::log(random::exponential_of(~std::uint32_t{0})), WithinRel(33 * std::log(2.0), 1e-9));
  CHECK_THAT(random::exponential_of(std::uint32_t{0}), WithinRel(33 * std::log(2.0), 1e-15));
  CHECK_THAT(random::exponential_of(~std::uint64_t{0}), WithinRel(0x1p-53, 1e-15));
}

TEST_CASE("normal: the four quarters of the angle meet the library's sine and cosine", "[random][normal]") {
  for (std::uint64_t i = 0; i < 4096; ++i) {
    const std::uint64_t bits = random::bits64(test_key(5), i), angle = random::bits64(test_key(6), i);
    const auto z = random::normal_pair(bits, angle);
    const std::uint32_t turns = static_cast<std::uint32_t>(angle);
    const double theta = (static_cast<double>(turns) + (static_cast<double>(angle >> 33) + 0.5) * 0x1p-31) * 0x1p-32 *
                         6.283185307179586477;
    const double radius = std::sqrt(-2.0 * std::log(random::unit_f64(bits)));
    // absolute: the reference angle itself is rounded
    CHECK_THAT(z.first, WithinAbs(radius * std::cos(theta), 1e-14));
    CHECK_THAT(z.second, WithinAbs(radius * std::sin(theta), 1e-14));
    const auto f = random::normal_pair(static_cast<std::uint32_t>(bits), turns);
    const double u = (static_cast<double>(static_cast<std::uint32_t>(bits)) + 0.5) * 0x1p-32;
    const double r = std::sqrt(-2.0 * std::log(u));
    const double t = (static_cast<double>(turns) + 0.5) * 0x1p-32 * 6.283185307179586477;
    // 4 ulp of float at the largest radius, and what rounding u to float does to the radius near u = 1
    CHECK_THAT(f.first, WithinAbs(r * std::cos(t), 2e-6 + 1e-7 / (r + 1e-4)));
    CHECK_THAT(f.second, WithinAbs(r * std::sin(t), 2e-6 + 1e-7 / (r + 1e-4)));
  }
}

TEST_CASE("gamma: has the gamma distribution, from tiny to huge shapes", "[random][gamma]") {
  const double shape = GENERATE(0.1, 0.5, 0.999, 1.0, 1.001, 2.5, 80.0, 1e4, 1e8, 1e12);
  CAPTURE(shape);
  check_fill<double>([=](rng_key k, std::span<double> x) { random::fill_gamma(k, shape, x); },
                     [=](double x) {
                       if (shape < 1e10) return boost::math::gamma_p(shape, x);
                       // beyond the reach of Boost's series: the cube root is normal (Wilson, Hilferty), here to 1e-13
                       return normal_cdf((std::cbrt(x / shape) - 1.0 + 1.0 / (9.0 * shape)) * 3.0 * std::sqrt(shape));
                     });
}

TEST_CASE("gamma: the logarithm is right where the value underflows", "[random][gamma]") {
  const double shape = GENERATE(1e-6, 1e-3, 0.02, 0.3, 1.0, 7.0);
  CAPTURE(shape);
  check_fill<double>([=](rng_key k, std::span<double> x) { random::fill_log_gamma(k, shape, x); },
                     [=](double x) { return log_gamma_cdf(shape, x); });
  const random::gamma_draw tiny = random::gamma_with_log(test_key(9), 4, 1e-300);
  CHECK(tiny.value == 0.0);
  CHECK(tiny.log_value < -1e290);
  CHECK(std::isfinite(tiny.log_value));
}

TEST_CASE("gamma: shapes that are none give NaN", "[random][gamma]") {
  const double shape = GENERATE(0.0, -1.0, std::nan(""), HUGE_VAL);
  CHECK(std::isnan(random::gamma(test_key(1), 0, shape)));
  CHECK(std::isnan(random::gamma_with_log(test_key(1), 0, shape).log_value));
  CHECK(std::isnan(random::beta(test_key(1), 0, shape, 1.0)));
  std::vector<double> out(3);
  CHECK_THROWS_WITH(random::fill_gamma(test_key(1), shape, out), Contains("shape") && Contains("positive"));
}

TEST_CASE("beta: has the beta distribution", "[random][beta]") {
  const auto [a, b] = GENERATE(
      table<double, double>({{0.3, 0.4}, {0.5, 0.5}, {1.0, 1.0}, {2.5, 3.0}, {0.2, 30.0}, {1e5, 3e4}, {40.0, 0.7}}));
  CAPTURE(a, b);
  check_fill<double>([=, a = a, b = b](rng_key k, std::span<double> x) { random::fill_beta(k, a, b, x); },
                     [=, a = a, b = b](double x) { return boost::math::ibeta(a, b, x); });
}

TEST_CASE("beta: logarithms stay finite and consistent for tiny parameters", "[random][beta]") {
  // For a = b -> 0 the variate is 0 or 1 with probability 1/2 each, but log x and log(1 - x) keep the rest.
  int ones = 0;
  for (std::uint64_t i = 0; i < 4000; ++i) {
    const random::beta_draw x = random::beta_with_logs(test_key(2), i, 1e-4, 1e-4);
    REQUIRE(std::isfinite(x.log_value));
    REQUIRE(std::isfinite(x.log_complement));
    REQUIRE(x.value == random::beta(test_key(2), i, 1e-4, 1e-4));
    REQUIRE_THAT(std::exp(x.log_value) + std::exp(x.log_complement), WithinAbs(1.0, 1e-14));
    if (x.value > 0.5) ++ones;
  }
  CHECK_THAT(static_cast<double>(ones), WithinAbs(2000.0, 5 * std::sqrt(1000.0)));  // five standard errors
}

TEST_CASE("dirichlet: sums to one and has beta margins", "[random][dirichlet]") {
  const std::vector<double> concentration = GENERATE(std::vector<double>{0.5, 1.0, 3.5}, std::vector<double>{0.05, 0.1},
                                                     std::vector<double>{40.0, 2.0, 9.0, 1.0});
  const std::uint64_t seed = GENERATE(1, 42, 77);
  const std::size_t n = concentration.size();
  double total = 0.0;
  for (const double c : concentration) total += c;
  std::vector<double> out(n * draws);
  random::fill_dirichlet(test_key(seed), concentration, out);
  for (std::size_t k = 0; k < n; ++k) {
    std::vector<double> u(draws);
    for (std::size_t row = 0; row < u.size(); ++row) {
      u[row] = boost::math::ibeta(concentration[k], total - concentration[k], std::min(1.0, out[row * n + k]));
    }
    // KS only: with concentrations of 0.05 a good part of the draws rounds to exactly 1, where the cdf is 1
    if (*std::min_element(concentration.begin(), concentration.end()) > 0.2) {
      check_uniform(u);
    } else {
      double mean = 0.0;
      for (std::size_t row = 0; row < u.size(); ++row) mean += out[row * n + k] / static_cast<double>(draws);
      const double p = concentration[k] / total,
                   sd = std::sqrt(p * (1 - p) / (total + 1.0) / static_cast<double>(draws));
      CHECK_THAT(mean, WithinAbs(p, 5 * sd));
    }
  }
  for (std::size_t row = 0; row < draws; ++row) {
    double sum = 0.0;
    for (std::size_t k = 0; k < n; ++k) sum += out[row * n + k];
    REQUIRE_THAT(sum, WithinAbs(1.0, 1e-14));
  }
}

TEST_CASE("dirichlet: tiny concentrations still sum to one", "[random][dirichlet]") {
  const std::vector<double> concentration(5, 1e-200);
  std::vector<double> out(5 * 100);
  random::fill_dirichlet(test_key(1), concentration, out);
  for (std::size_t row = 0; row < 100; ++row) {
    double sum = 0.0;
    for (std::size_t k = 0; k < 5; ++k) sum += out[row * 5 + k];
    REQUIRE(sum == 1.0);
  }
  CHECK_THROWS_AS(random::fill_dirichlet(test_key(1), concentration, std::span(out).first(7)), shape_error);
}

TEST_CASE("normal, exponential, gamma: moments within five standard errors", "[random][moments]") {
  constexpr std::size_t n = 1 << 20;
  std::vector<double> x(n);
  const auto moment = [&](int power) {
    double sum = 0.0;
    for (const double v : x) sum += std::pow(v, power);
    return sum / static_cast<double>(n);
  };
  const double root = std::sqrt(static_cast<double>(n));
  random::fill_normal(test_key(11), std::span(x));
  CHECK_THAT(moment(1), WithinAbs(0.0, 5 / root));
  CHECK_THAT(moment(2), WithinAbs(1.0, 5 * std::sqrt(2.0) / root));
  CHECK_THAT(moment(3), WithinAbs(0.0, 5 * std::sqrt(15.0) / root));
  CHECK_THAT(moment(4), WithinAbs(3.0, 5 * std::sqrt(96.0) / root));
  double lag = 0.0;
  for (std::size_t i = 1; i < n; ++i) lag += x[i] * x[i - 1];
  CHECK_THAT(lag / static_cast<double>(n), WithinAbs(0.0, 5 / root));
  random::fill_exponential(test_key(12), std::span(x));
  CHECK_THAT(moment(1), WithinAbs(1.0, 5 / root));
  CHECK_THAT(moment(2), WithinAbs(2.0, 5 * std::sqrt(20.0) / root));
  random::fill_gamma(test_key(13), 2.5, x);
  CHECK_THAT(moment(1), WithinAbs(2.5, 5 * std::sqrt(2.5) / root));
  CHECK_THAT(moment(2), WithinAbs(8.75, 5 * std::sqrt(2.5 * 3.5 * (4.5 * 5.5 - 2.5 * 3.5)) / root));
}
