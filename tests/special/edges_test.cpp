// SPDX-License-Identifier: BSD-3-Clause
#include "credence/special/arrays.hpp"
#include "credence/special/dual.hpp"

#include "credence/base/simd.hpp"

#include "support/catch.hpp"

#include <boost/math/special_functions/bessel.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/owens_t.hpp>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

using namespace credence;

namespace {
constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double not_number = std::numeric_limits<double>::quiet_NaN();
}  // namespace

TEST_CASE("special: poles, zeros and infinities of the gamma family", "[special][gamma]") {
  CHECK(special::lgamma(1.0) == 0.0);
  CHECK(special::lgamma(2.0) == 0.0);
  CHECK(special::lgamma(0.0) == inf);
  CHECK(special::lgamma(-3.0) == inf);
  CHECK(special::lgamma(inf) == inf);
  CHECK(special::lgamma(-inf) == inf);
  CHECK(std::isnan(special::lgamma(not_number)));
  CHECK(special::lgamma_positive(3.0) == special::lgamma(3.0));
  CHECK(std::isnan(special::lgamma_positive(-0.5)));
  CHECK(special::digamma(0.0) == -inf);
  CHECK(special::digamma(-0.0) == inf);
  CHECK(std::isnan(special::digamma(-2.0)));
  CHECK(special::digamma(inf) == inf);
  CHECK(special::trigamma(0.0) == inf);
  CHECK(special::trigamma(-2.0) == inf);
  CHECK(special::trigamma(inf) == 0.0);
  CHECK(std::isnan(special::digamma(not_number)));
  CHECK(std::isnan(special::trigamma(not_number)));
  CHECK_THAT(special::multivariate_lgamma(2, 3.0),
             WithinRel(0.57236494292470009 + std::lgamma(3.0) + std::lgamma(2.5), 1e-15));
}

TEST_CASE("special: domains and ends", "[special]") {
  CHECK(std::isnan(special::gamma_p(-1.0, 1.0)));
  CHECK(std::isnan(special::gamma_q(1.0, -1.0)));
  CHECK(std::isnan(special::gamma_p(1.0, not_number)));
  CHECK(special::gamma_p(2.0, 0.0) == 0.0);
  CHECK(special::gamma_p(2.0, inf) == 1.0);
  CHECK(special::log_gamma_q(2.0, inf) == -inf);
  CHECK(special::gamma_p_derivative_x(1.0, 0.0) == 1.0);
  CHECK(std::isnan(special::beta_p(0.0, 1.0, 0.5)));
  CHECK(std::isnan(special::beta_p(1.0, 1.0, 1.5)));
  CHECK(special::beta_p(2.0, 3.0, 0.0) == 0.0);
  CHECK(special::beta_p(2.0, 3.0, 1.0) == 1.0);
  CHECK(special::log_beta_q(2.0, 3.0, 1.0) == -inf);
  CHECK(special::erf(inf) == 1.0);
  CHECK(special::erf(-inf) == -1.0);
  CHECK(std::signbit(special::erf(-0.0)));
  CHECK(special::erfc(-inf) == 2.0);
  CHECK(special::erfc(inf) == 0.0);
  CHECK(special::erfcx(inf) == 0.0);
  CHECK(special::erfcx(-27.0) == inf);
  CHECK(special::log_erfc(inf) == -inf);
  CHECK(special::log_normal_cdf(-inf) == -inf);
  CHECK(special::log_normal_cdf(inf) == 0.0);
  CHECK(special::normal_cdf(0.0) == 0.5);
  CHECK(special::normal_quantile(0.0) == -inf);
  CHECK(special::normal_quantile(1.0) == inf);
  CHECK(std::isnan(special::normal_quantile(1.5)));
  CHECK(special::erf_inv(1.0) == inf);
  CHECK(std::isnan(special::erf_inv(-1.5)));
  CHECK(std::isnan(special::erf(not_number)));
  CHECK(std::isnan(special::normal_cdf(not_number)));
  CHECK(special::bessel_i0(0.0) == 1.0);
  CHECK(special::bessel_i0(-720.0) == inf);
  CHECK(special::bessel_i1(-inf) == -inf);
  CHECK(special::bessel_ratio(inf) == 1.0);
  CHECK(special::bessel_ratio(-1.0) == -special::bessel_ratio(1.0));
  CHECK(std::isnan(special::lambert_w0(-0.4)));
  CHECK(std::isnan(special::lambert_wm1(0.1)));
  CHECK(special::lambert_wm1(0.0) == -inf);
  CHECK(special::lambert_w0(inf) == inf);
  CHECK(special::owens_t(0.0, inf) == 0.25);
  CHECK_THAT(special::owens_t(1.0, inf), WithinRel(0.5 * special::normal_cdf(-1.0), 1e-15));
  CHECK(special::owens_t(-1.0, -2.0) == -special::owens_t(1.0, 2.0));
  CHECK(std::isnan(special::owens_t(not_number, 1.0)));
  CHECK(special::log_binomial(5.0, 6.0) == -inf);
  CHECK(special::log_beta(0.0, 1.0) == inf);
}

// Known answers of implicit reparameterization, 40-digit arithmetic; the first two gamma rows with (1.1, .) are
// grad_reg_inc_gamma of Stan Math's tests over the density.
TEST_CASE("special: how gamma and beta variates move with their parameters", "[special][implicit]") {
  const double gamma_rows[][3] = {
      {1.1, 0.2, 0.4287977553614971}, {1.1, 2.0, 1.541684582342365},  {0.1, 0.001, 0.064907247383740967},
      {0.1, 0.5, 5.11969156720947},   {0.5, 1, 1.8782472817325202},   {1, 1, 1.1735630272247269},
      {2, 2, 1.0862085766363285},     {5, 8, 1.2957390819956252},     {30, 25, 0.91668159973565724},
      {100, 120, 1.0957525107070083}, {1000, 1000, 1.000166683323806}};
  for (const auto& [a, x, expected] : gamma_rows) {
    CAPTURE(a, x);
    CHECK_THAT(special::gamma_variate_derivative(a, x), WithinRel(expected, 1e-13));
  }
  const double beta_rows[][5] = {{.5, .5, .3, 0.92542908588427586, -0.67483217789632361},
                                 {1, 1, .25, 0.34657359027997265, -0.2157615543388357},
                                 {2, 3, .4, 0.13939200005066932, -0.090477046535647438},
                                 {5, 2, .8, 0.032838280350455935, -0.10774713086261191},
                                 {10, 10, .5, 0.025849739300469887, -0.025849739300469887},
                                 {.2, 4, .01, 0.15513562631392701, -0.0027467082551108994}};
  for (const auto& [a, b, x, by_a, by_b] : beta_rows) {
    CAPTURE(a, b, x);
    CHECK_THAT(special::beta_variate_derivative_a(a, b, x), WithinRel(by_a, 1e-13));
    CHECK_THAT(special::beta_variate_derivative_b(a, b, x), WithinRel(by_b, 1e-13));
  }
}

// A second opinion on random points; the bounds cover Boost's own error, some hundred ulp for large parameters.
TEST_CASE("special: agrees with Boost.Math", "[special]") {
  std::mt19937_64 engine(11);
  std::uniform_real_distribution<double> u(0.0, 1.0);
  for (int i = 0; i < 2000; ++i) {
    const double a = std::exp(12.0 * u(engine) - 6.0), b = std::exp(12.0 * u(engine) - 6.0), x = u(engine);
    const double g = a * (0.3 + 2.0 * u(engine)) + 0.5 * u(engine);
    CAPTURE(a, b, x, g);
    CHECK_THAT(special::lgamma(a),
               WithinRel(boost::math::lgamma(a), 1e-14) || WithinAbs(boost::math::lgamma(a), 1e-15));
    CHECK_THAT(special::digamma(a), WithinRel(boost::math::digamma(a), 2e-14));
    CHECK_THAT(special::gamma_p(a, g), WithinRel(boost::math::gamma_p(a, g), 1e-12));
    CHECK_THAT(special::gamma_q(a, g), WithinRel(boost::math::gamma_q(a, g), 1e-11) || WithinAbs(0.0, 1e-250));
    CHECK_THAT(special::beta_p(a, b, x), WithinRel(boost::math::ibeta(a, b, x), 1e-11) || WithinAbs(0.0, 1e-250));
    CHECK_THAT(special::beta_q(a, b, x), WithinRel(boost::math::ibetac(a, b, x), 1e-11) || WithinAbs(0.0, 1e-250));
    CHECK_THAT(special::owens_t(4 * x, a), WithinRel(boost::math::owens_t(4 * x, a), 1e-12));
    CHECK_THAT(special::bessel_i0(std::min(a, 500.0)),
               WithinRel(boost::math::cyl_bessel_i(0, std::min(a, 500.0)), 1e-14));
  }
}

TEST_CASE("log_sum_exp_accumulator: streams, merges and keeps infinities", "[special][log_sum_exp]") {
  special::log_sum_exp_accumulator<double> all, left, right;
  CHECK(all.value() == -inf);
  all.add(-inf);
  CHECK(all.value() == -inf);
  long double expected = 0.0L;
  for (int i = 0; i < 200; ++i) {
    const double x = 1000.0 + std::sin(i * 1.7) * 30.0;
    expected += std::exp(static_cast<long double>(x) - 1000.0L);
    all.add(x);
    (i % 3 == 0 ? left : right).add(x);
  }
  const double reference = static_cast<double>(1000.0L + std::log(expected));
  CHECK_THAT(all.value(), WithinRel(reference, 1e-15));
  left.merge(right);
  CHECK_THAT(left.value(), WithinRel(reference, 1e-15));
  all.add(inf);
  CHECK(all.value() == inf);
  all.add(not_number);
  CHECK(std::isnan(all.value()));
  CHECK(special::log_add_exp(-inf, -inf) == -inf);
  CHECK(special::log_add_exp(inf, 1.0) == inf);
  CHECK_THAT(special::log_add_exp(1.0, 2.0), WithinRel(2.3132616875182226, 1e-15));
  CHECK_THAT(special::log_diff_exp(2.0, 1.0), WithinRel(1.5413248546129181, 1e-15));
  CHECK(special::log_diff_exp(2.0, -inf) == 2.0);
  CHECK(special::log_diff_exp(2.0, 2.0) == -inf);
  CHECK(std::isnan(special::log_diff_exp(1.0, 2.0)));
}

// Central differences of the value with step 1e-5: error about 1e-10 relative.
#define CHECK_SPECIAL_DUAL(name, at)                                                           \
  {                                                                                            \
    const double step = 1e-5;                                                                  \
    const double slope = (special::name((at) + step) - special::name((at)-step)) / (2 * step); \
    CAPTURE(#name, at);                                                                        \
    CHECK(special::name(dual<double>(at, 1.0)).value == special::name(double(at)));            \
    CHECK_THAT(special::name(dual<double>(at, 2.0)).tangent, WithinRel(2.0 * slope, 1e-7));    \
  }

TEST_CASE("special: tangents of duals", "[special][dual]") {
  for (const double x : {-2.3, 0.7, 3.3, 12.0}) {
    CHECK_SPECIAL_DUAL(lgamma, x)
    CHECK_SPECIAL_DUAL(digamma, x)
    CHECK_SPECIAL_DUAL(trigamma, x)
  }
  for (const double x : {-1.3, 0.2, 1.9}) {
    CHECK_SPECIAL_DUAL(erf, x)
    CHECK_SPECIAL_DUAL(erfc, x)
    CHECK_SPECIAL_DUAL(erfcx, x)
    CHECK_SPECIAL_DUAL(log_erfc, x)
    CHECK_SPECIAL_DUAL(normal_cdf, x)
    CHECK_SPECIAL_DUAL(log_normal_cdf, x)
    CHECK_SPECIAL_DUAL(bessel_i0, x)
    CHECK_SPECIAL_DUAL(bessel_i1, x)
    CHECK_SPECIAL_DUAL(log_bessel_i0, x)
    CHECK_SPECIAL_DUAL(bessel_ratio, x)
  }
  CHECK_SPECIAL_DUAL(normal_quantile, 0.3)
  CHECK_SPECIAL_DUAL(erf_inv, 0.3)
  CHECK_SPECIAL_DUAL(lambert_w0, 0.8)
  CHECK_SPECIAL_DUAL(lambert_wm1, -0.2)
  const double h = 1e-5;
  const auto by_second = [&](auto f, double a, double b) { return (f(a, b + h) - f(a, b - h)) / (2 * h); };
  const auto check = [&](auto f, double a, double b) {
    CHECK_THAT(f(dual<double>(a), dual<double>(b, 1.0)).tangent, WithinRel(by_second(f, a, b), 1e-7));
    const auto swapped = [&](double s, double t) { return f(t, s); };
    CHECK_THAT(f(dual<double>(a, 1.0), dual<double>(b)).tangent, WithinRel(by_second(swapped, b, a), 1e-7));
  };
  check([](auto a, auto b) { return special::log_beta(a, b); }, 2.5, 0.7);
  check([](auto a, auto b) { return special::log_binomial(a, b); }, 9.5, 2.7);
  check([](auto a, auto b) { return special::gamma_p(a, b); }, 2.5, 1.7);
  check([](auto a, auto b) { return special::gamma_q(a, b); }, 2.5, 6.7);
  check([](auto a, auto b) { return special::owens_t(a, b); }, 0.5, 0.7);
  check([](auto a, auto b) { return special::beta_p(a, b, decltype(a)(0.3)); }, 2.5, 0.7);
  check([](auto a, auto b) { return special::beta_q(decltype(a)(2.5), a, b); }, 1.5, 0.4);
  CHECK_THAT(math::log_factorial(dual<double>(3.5, 1.0)).tangent, WithinRel(special::digamma(4.5), 1e-15));
  const dual<dual<double>> second({2.5, 1.0}, {1.0, 0.0});
  CHECK_THAT(special::lgamma(second).tangent.tangent, WithinRel(special::trigamma(2.5), 1e-15));
}

namespace credence::detail {
CREDENCE_SIMD_DECLARE(void, special_lgamma, const double* in, double* out, std::int64_t n)
CREDENCE_SIMD_DECLARE(void, special_digamma, const double* in, double* out, std::int64_t n)
CREDENCE_SIMD_DECLARE(void, special_trigamma, const double* in, double* out, std::int64_t n)
CREDENCE_SIMD_DECLARE(void, special_log_normal_cdf, const double* in, double* out, std::int64_t n)
CREDENCE_SIMD_DECLARE(void, special_bessel_ratio, const double* in, double* out, std::int64_t n)
}  // namespace credence::detail

TEST_CASE("special: the same bits from arrays, scalars and every instruction set", "[special]") {
  std::mt19937_64 engine(3);
  std::uniform_real_distribution<double> u(-30.0, 30.0);
  std::vector<double> x = {0.0, -0.0, 1.0, 2.0, -1.0, 8.0, inf, -inf, not_number, 1e300, 1e-300};
  while (x.size() < 2003) x.push_back(u(engine));
  std::vector<double> generic(x.size()), here(x.size());
  const auto n = static_cast<std::int64_t>(x.size());
  const auto same = [](double a, double b) { return (a != a && b != b) || std::memcmp(&a, &b, sizeof a) == 0; };
#define CHECK_BITS(name)                                                              \
  {                                                                                   \
    detail::isa_generic::special_##name(x.data(), generic.data(), n);                 \
    array::name(x, here);                                                             \
    int different = 0;                                                                \
    for (std::size_t i = 0; i < x.size(); ++i) {                                      \
      different += !same(generic[i], here[i]) || !same(here[i], special::name(x[i])); \
    }                                                                                 \
    INFO(#name);                                                                      \
    CHECK(different == 0);                                                            \
  }
  CHECK_BITS(lgamma)
  CHECK_BITS(digamma)
  CHECK_BITS(trigamma)
  CHECK_BITS(log_normal_cdf)
  CHECK_BITS(bessel_ratio)
}
