// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/gumbel.hpp"
#include "credence/distributions/laplace.hpp"
#include "credence/distributions/logistic.hpp"
#include "rig.hpp"

using namespace credence::test;

TEST_CASE("laplace: passes the rig", "[distributions][laplace]") {
  check_family<credence::laplace, 2>(
      {.good = {{0.0, 1.0}, {-3.5, 0.02}, {100.0, 40.0}}, .terms = [](const highs& p, const high& x) {
         const high z = (x - p[0]) / p[1];
         return highs{-abs(z), -log(2 * p[1])};
       }});
}

TEST_CASE("logistic: passes the rig", "[distributions][logistic]") {
  check_family<credence::logistic, 2>(
      {.good = {{0.0, 1.0}, {-3.5, 0.02}, {100.0, 40.0}}, .terms = [](const highs& p, const high& x) {
         const high z = (x - p[0]) / p[1];
         return highs{-z, -2 * log(1 + exp(-z)), -log(p[1])};
       }});
}

TEST_CASE("gumbel: passes the rig", "[distributions][gumbel]") {
  check_family<credence::gumbel, 2>(
      {.good = {{0.0, 1.0}, {-3.5, 0.02}, {100.0, 40.0}}, .terms = [](const highs& p, const high& x) {
         const high z = (x - p[0]) / p[1];
         return highs{-z, -exp(-z), -log(p[1])};
       }});
}
