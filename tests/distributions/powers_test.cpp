// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/frechet.hpp"
#include "credence/distributions/log_logistic.hpp"
#include "credence/distributions/pareto.hpp"
#include "credence/distributions/pareto_ii.hpp"
#include "credence/distributions/rayleigh.hpp"
#include "credence/distributions/weibull.hpp"
#include "rig.hpp"

using namespace credence::test;

TEST_CASE("weibull: passes the rig", "[distributions][weibull]") {
  check_family<credence::weibull, 2>(
      {.good = {{1.5, 2.0}, {1.0, 3.0}, {0.7, 0.1}, {30.0, 5.0}}, .terms = [](const highs& p, const high& x) {
         return highs{log(p[0] / p[1]), (p[0] - 1) * log(x / p[1]), -pow(x / p[1], p[0])};
       }});
}

TEST_CASE("frechet: passes the rig", "[distributions][frechet]") {
  check_family<credence::frechet, 2>(
      {.good = {{3.0, 2.0}, {0.8, 0.1}, {12.0, 5.0}}, .terms = [](const highs& p, const high& x) {
         return highs{log(p[0] / p[1]), -(p[0] + 1) * log(x / p[1]), -pow(x / p[1], -p[0])};
       }});
}

TEST_CASE("rayleigh: passes the rig", "[distributions][rayleigh]") {
  check_family<credence::rayleigh, 1>({.good = {{1.0}, {25.0}, {1e-3}}, .terms = [](const highs& p, const high& x) {
                                         const high z = x / p[0];
                                         return highs{log(x), -2 * log(p[0]), -z * z / 2};
                                       }});
}

TEST_CASE("pareto: passes the rig", "[distributions][pareto]") {
  check_family<credence::pareto, 2>(
      {.good = {{1.0, 2.5}, {30.0, 0.7}, {0.01, 6.0}}, .terms = [](const highs& p, const high& x) {
         return highs{log(p[1]), p[1] * log(p[0]), -(p[1] + 1) * log(x)};
       }});
}

TEST_CASE("pareto_ii: passes the rig", "[distributions][pareto_ii]") {
  check_family<credence::pareto_ii, 3>(
      {.good = {{0.0, 1.0, 2.5}, {-3.0, 30.0, 0.7}, {5.0, 0.1, 6.0}}, .terms = [](const highs& p, const high& x) {
         return highs{log(p[2] / p[1]), -(p[2] + 1) * log(1 + (x - p[0]) / p[1])};
       }});
}

TEST_CASE("log_logistic: passes the rig", "[distributions][log_logistic]") {
  check_family<credence::log_logistic, 2>(
      {.good = {{1.0, 2.5}, {30.0, 6.0}, {0.1, 1.5}}, .terms = [](const highs& p, const high& x) {
         const high l = p[1] * log(x / p[0]);
         return highs{log(p[1]), -log(x), l, -2 * log(1 + exp(l))};
       }});
}
