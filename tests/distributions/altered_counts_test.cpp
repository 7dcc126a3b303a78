// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/zero_inflated_poisson.hpp"
#include "credence/distributions/zero_truncated_poisson.hpp"
#include "rig.hpp"

using namespace credence::test;

TEST_CASE("zero_inflated_poisson: passes the rig", "[distributions][zero_inflated_poisson]") {
  check_family<credence::zero_inflated_poisson, 2>(
      {.good = {{0.25, 3.0}, {0.7, 0.4}, {0.01, 50.0}}, .terms = [](const highs& p, const high& x) {
         if (x == 0) return highs{log(p[0] + (1 - p[0]) * exp(-p[1]))};
         return highs{log(1 - p[0]), x * log(p[1]), -p[1], -lgamma(x + 1)};
       }});
}

TEST_CASE("zero_truncated_poisson: passes the rig", "[distributions][zero_truncated_poisson]") {
  check_family<credence::zero_truncated_poisson, 1>(
      {.good = {{0.01}, {1.0}, {3.5}, {60.0}}, .terms = [](const highs& p, const high& x) {
         return highs{x * log(p[0]), -lgamma(x + 1), -log(exp(p[0]) - 1)};
       }});
}
