// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/exp_mod_normal.hpp"
#include "credence/distributions/gompertz.hpp"
#include "credence/distributions/inverse_gaussian.hpp"
#include "credence/distributions/skew_normal.hpp"
#include "credence/distributions/von_mises.hpp"
#include "rig.hpp"

#include <boost/math/constants/constants.hpp>

using namespace credence::test;

namespace {
const high pi = boost::math::constants::pi<high>();
const high half_log_two_pi = log(2 * pi) / 2;

/// log Phi(v), from the smaller tail: its differences keep their digits where it is nearly 0.
high log_normal_below(const high& v) {
  const high above = erfc(v / sqrt(high(2))) / 2;
  return above < 1e-20 ? -above - above * above / 2 : log(erfc(-v / sqrt(high(2))) / 2);
}
}  // namespace

TEST_CASE("skew_normal: passes the rig", "[distributions][skew_normal]") {
  check_family<credence::skew_normal, 3>(
      {.good = {{0.0, 1.0, 2.0}, {-2.0, 3.0, -5.0}, {1.0, 0.5, 0.0}, {5.0, 0.1, 0.7}},
       .terms = [](const highs& p, const high& x) {
         const high z = (x - p[0]) / p[1];
         return highs{log(high(2)), -z * z / 2, -half_log_two_pi, -log(p[1]), log_normal_below(p[2] * z)};
       }});
}

TEST_CASE("exp_mod_normal: passes the rig", "[distributions][exp_mod_normal]") {
  check_family<credence::exp_mod_normal, 3>(
      {.good = {{0.0, 1.0, 0.5}, {300.0, 20.0, 0.01}, {-1.0, 0.3, 8.0}}, .terms = [](const highs& p, const high& x) {
         const high z = (x - p[0]) / p[1], w = p[1] * p[2];
         return highs{log(p[2]), w * w / 2, -w * z, log_normal_below(z - w)};
       }});
}

TEST_CASE("von_mises: passes the rig", "[distributions][von_mises]") {
  check_family<credence::von_mises, 2>({.good = {{0.0, 1.0}, {2.0, 0.01}, {-1.0, 80.0}, {0.5, 5.0}},
                                        .terms =
                                            [](const highs& p, const high& x) {
                                              high sum = 1, term = 1;  // I0 by its power series
                                              for (int n = 1; n < 400; ++n) {
                                                term *= p[1] * p[1] / (4 * high(n) * n);
                                                sum += term;
                                              }
                                              const high half = sin((x - p[0]) / 2);
                                              return highs{p[1], -2 * p[1] * half * half, -log(2 * pi), -log(sum)};
                                            },
                                        .rounded_ends = true,
                                        .periodic = true});
}

TEST_CASE("von_mises: very concentrated draws are those of a normal", "[distributions][von_mises]") {
  const credence::von_mises d{1.0, 1e8};
  double square = 0.0;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    const double a = credence::sample(d, credence::rng_key{4, 0}, i) - 1.0;
    square += a * a * 1e8;
  }
  CHECK_THAT(square / 2000.0, WithinAbs(1.0, 5.0 * std::sqrt(2.0 / 2000.0)));  // 5 standard errors
  CHECK_THAT(credence::variance(d), WithinRel(1e-8, 1e-7));
}

TEST_CASE("inverse_gaussian: passes the rig", "[distributions][inverse_gaussian]") {
  check_family<credence::inverse_gaussian, 2>(
      {.good = {{1.0, 2.0}, {3.0, 0.2}, {2.0, 500.0}, {0.01, 0.05}}, .terms = [](const highs& p, const high& x) {
         const high d = (x - p[0]) / p[0];
         return highs{log(p[1]) / 2, -half_log_two_pi, -3 * log(x) / 2, -p[1] * d * d / (2 * x)};
       }});
}

TEST_CASE("gompertz: passes the rig", "[distributions][gompertz]") {
  check_family<credence::gompertz, 2>(
      {.good = {{0.1, 0.01}, {2.0, 30.0}, {1.0, 1.0}}, .terms = [](const highs& p, const high& x) {
         return highs{log(p[1]), p[0] * x, -p[1] / p[0] * exp(p[0] * x), p[1] / p[0]};
       }});
}
