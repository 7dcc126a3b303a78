// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/beta.hpp"
#include "credence/distributions/beta_proportion.hpp"
#include "credence/distributions/kumaraswamy.hpp"
#include "credence/distributions/triangular.hpp"
#include "credence/distributions/uniform.hpp"
#include "rig.hpp"

using namespace credence::test;

TEST_CASE("uniform: passes the rig", "[distributions][uniform]") {
  check_family<credence::uniform, 2>({.good = {{0.0, 1.0}, {-3.0, 5.0}, {100.0, 100.5}},
                                      .bad = {{{1.0, 1.0}, "upper"}, {{2.0, 1.0}, "upper"}},
                                      .terms = [](const highs& p, const high&) { return highs{-log(p[1] - p[0])}; }});
}

TEST_CASE("beta: passes the rig", "[distributions][beta]") {
  check_family<credence::beta, 2>(
      {.good = {{2.0, 3.0}, {1.0, 1.0}, {0.5, 0.5}, {1.0, 4.0}, {0.3, 5.0}, {60.0, 20.0}},
       .terms = [](const highs& p, const high& x) {
         return highs{(p[0] - 1) * log(x), (p[1] - 1) * log(1 - x), lgamma(p[0] + p[1]), -lgamma(p[0]), -lgamma(p[1])};
       }});
}

TEST_CASE("beta_proportion: passes the rig", "[distributions][beta_proportion]") {
  check_family<credence::beta_proportion, 2>(
      {.good = {{0.4, 5.0}, {0.5, 2.0}, {0.1, 3.0}, {0.75, 80.0}}, .terms = [](const highs& p, const high& x) {
         const high a = p[0] * p[1], b = (1 - p[0]) * p[1];
         return highs{(a - 1) * log(x), (b - 1) * log(1 - x), lgamma(p[1]), -lgamma(a), -lgamma(b)};
       }});
}

TEST_CASE("kumaraswamy: passes the rig", "[distributions][kumaraswamy]") {
  check_family<credence::kumaraswamy, 2>(
      {.good = {{2.0, 3.0}, {1.0, 1.0}, {0.5, 0.5}, {8.0, 0.7}, {1.0, 4.0}},
       .terms = [](const highs& p, const high& x) {
         return highs{log(p[0] * p[1]), (p[0] - 1) * log(x), (p[1] - 1) * log(1 - pow(x, p[0]))};
       }});
}

TEST_CASE("triangular: passes the rig", "[distributions][triangular]") {
  check_family<credence::triangular, 3>(
      {.good = {{0.0, 0.25, 1.0}, {-3.0, 5.0, 5.0}, {2.0, 2.0, 4.0}},
       .bad = {{{0.0, 2.0, 1.0}, "mode"}, {{0.0, -1.0, 1.0}, "mode"}, {{1.0, 1.0, 1.0}, "upper"}},
       .terms = [](const highs& p, const high& x) {
         return highs{log(2 / (p[2] - p[0])),
                      x < p[1] ? log((x - p[0]) / (p[1] - p[0])) : log((p[2] - x) / (p[2] - p[1]))};
       }});
}
