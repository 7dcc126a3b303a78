// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/chi_squared.hpp"
#include "credence/distributions/exponential.hpp"
#include "credence/distributions/gamma.hpp"
#include "credence/distributions/inverse_chi_squared.hpp"
#include "credence/distributions/inverse_gamma.hpp"
#include "credence/distributions/nakagami.hpp"
#include "rig.hpp"

using namespace credence::test;

TEST_CASE("exponential: passes the rig", "[distributions][exponential]") {
  check_family<credence::exponential, 1>({.good = {{1.0}, {0.01}, {300.0}}, .terms = [](const highs& p, const high& x) {
                                            return highs{log(p[0]), -p[0] * x};
                                          }});
}

TEST_CASE("gamma: passes the rig", "[distributions][gamma]") {
  check_family<credence::gamma, 2>({.good = {{2.5, 1.0}, {1.0, 3.0}, {0.3, 0.01}, {80.0, 30.0}, {1e4, 2.0}},
                                    .terms = [](const highs& p, const high& x) {
                                      return highs{p[0] * log(p[1]), -lgamma(p[0]), (p[0] - 1) * log(x), -p[1] * x};
                                    }});
}

TEST_CASE("inverse_gamma: passes the rig", "[distributions][inverse_gamma]") {
  check_family<credence::inverse_gamma, 2>(
      {.good = {{2.5, 1.0}, {0.6, 30.0}, {80.0, 3.0}, {6.0, 0.01}}, .terms = [](const highs& p, const high& x) {
         return highs{p[0] * log(p[1]), -lgamma(p[0]), -(p[0] + 1) * log(x), -p[1] / x};
       }});
}

TEST_CASE("chi_squared: passes the rig", "[distributions][chi_squared]") {
  check_family<credence::chi_squared, 1>(
      {.good = {{1.0}, {2.0}, {3.5}, {150.0}}, .terms = [](const highs& p, const high& x) {
         const high h = p[0] / 2;
         return highs{-h * log(high(2)), -lgamma(h), (h - 1) * log(x), -x / 2};
       }});
}

TEST_CASE("inverse_chi_squared: passes the rig", "[distributions][inverse_chi_squared]") {
  check_family<credence::inverse_chi_squared, 1>(
      {.good = {{1.0}, {5.5}, {150.0}}, .terms = [](const highs& p, const high& x) {
         const high h = p[0] / 2;
         return highs{-h * log(high(2)), -lgamma(h), -(h + 1) * log(x), -1 / (2 * x)};
       }});
}

TEST_CASE("nakagami: passes the rig", "[distributions][nakagami]") {
  check_family<credence::nakagami, 2>(
      {.good = {{0.5, 1.0}, {1.7, 30.0}, {0.3, 2.0}, {60.0, 0.1}}, .terms = [](const highs& p, const high& x) {
         return highs{log(high(2)), p[0] * log(p[0] / p[1]), -lgamma(p[0]), (2 * p[0] - 1) * log(x),
                      -p[0] * x * x / p[1]};
       }});
}
