// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/zero_inflated_negative_binomial.hpp"
#include "credence/distributions/zero_inflated_poisson.hpp"
#include "credence/distributions/zero_truncated_negative_binomial.hpp"
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

namespace {
highs negative_binomial_terms(const high& m, const high& d, const high& x) {
  return {lgamma(x + d), -lgamma(d), -lgamma(x + 1), -d * log(1 + m / d), -x * log(1 + d / m)};
}
}  // namespace

TEST_CASE("zero_inflated_negative_binomial: passes the rig", "[distributions][zero_inflated_negative_binomial]") {
  check_family<credence::zero_inflated_negative_binomial, 3>(
      {.good = {{0.25, 3.0, 2.0}, {0.7, 0.4, 0.5}, {0.01, 50.0, 20.0}}, .terms = [](const highs& p, const high& x) {
         if (x == 0) return highs{log(p[0] + (1 - p[0]) * exp(-p[2] * log(1 + p[1] / p[2])))};
         highs t = negative_binomial_terms(p[1], p[2], x);
         t.push_back(log(1 - p[0]));
         return t;
       }});
}

TEST_CASE("zero_truncated_negative_binomial: passes the rig", "[distributions][zero_truncated_negative_binomial]") {
  check_family<credence::zero_truncated_negative_binomial, 2>(
      {.good = {{0.01, 2.0}, {1.0, 3.0}, {3.5, 0.7}, {60.0, 30.0}}, .terms = [](const highs& p, const high& x) {
         highs t = negative_binomial_terms(p[0], p[1], x);
         t.push_back(-log(1 - exp(-p[1] * log(1 + p[0] / p[1]))));
         return t;
       }});
}
