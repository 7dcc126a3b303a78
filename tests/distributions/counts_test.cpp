// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/bernoulli.hpp"
#include "credence/distributions/bernoulli_logit.hpp"
#include "credence/distributions/beta_binomial.hpp"
#include "credence/distributions/binomial.hpp"
#include "credence/distributions/binomial_logit.hpp"
#include "credence/distributions/geometric.hpp"
#include "credence/distributions/hypergeometric.hpp"
#include "credence/distributions/negative_binomial.hpp"
#include "credence/distributions/negative_binomial_p.hpp"
#include "credence/distributions/poisson.hpp"
#include "credence/distributions/poisson_log.hpp"
#include "rig.hpp"

using namespace credence::test;

TEST_CASE("bernoulli_logit: passes the rig", "[distributions][bernoulli_logit]") {
  check_family<credence::bernoulli_logit, 1>(
      {.good = {{0.0}, {2.0}, {-3.5}},
       .terms = [](const highs& p, const high& x) { return highs{-log(1 + exp(x == 1 ? -p[0] : p[0]))}; }});
}

TEST_CASE("poisson: passes the rig", "[distributions][poisson]") {
  check_family<credence::poisson, 1>(
      {.good = {{0.5}, {3.0}, {7.5}, {250.0}}, .terms = [](const highs& p, const high& x) {
         return highs{x * log(p[0]), -p[0], -lgamma(x + 1)};
       }});
}

namespace {
highs choose(const high& n, const high& x) { return {lgamma(n + 1), -lgamma(x + 1), -lgamma(n - x + 1)}; }
highs joined(highs a, const highs& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
}  // namespace

TEST_CASE("bernoulli: passes the rig", "[distributions][bernoulli]") {
  check_family<credence::bernoulli, 1>({.good = {{0.25}, {0.5}, {0.999}}, .terms = [](const highs& p, const high& x) {
                                          return highs{x == 1 ? log(p[0]) : log(1 - p[0])};
                                        }});
}

TEST_CASE("binomial: passes the rig", "[distributions][binomial]") {
  check_family<credence::binomial, 2>({.good = {{10.0, 0.3}, {1.0, 0.5}, {200.0, 0.02}, {50.0, 0.99}, {1000.0, 0.5}},
                                       .terms = [](const highs& p, const high& x) {
                                         return joined(choose(p[0], x), {x * log(p[1]), (p[0] - x) * log(1 - p[1])});
                                       }});
}

TEST_CASE("binomial_logit: passes the rig", "[distributions][binomial_logit]") {
  check_family<credence::binomial_logit, 2>(
      {.good = {{10.0, -0.5}, {1.0, 0.0}, {200.0, -4.0}, {50.0, 5.0}}, .terms = [](const highs& p, const high& x) {
         return joined(choose(p[0], x), {-x * log(1 + exp(-p[1])), -(p[0] - x) * log(1 + exp(p[1]))});
       }});
}

TEST_CASE("poisson_log: passes the rig", "[distributions][poisson_log]") {
  check_family<credence::poisson_log, 1>({.good = {{-0.7}, {1.1}, {5.5}}, .terms = [](const highs& p, const high& x) {
                                            return highs{x * p[0], -exp(p[0]), -lgamma(x + 1)};
                                          }});
}

TEST_CASE("negative_binomial: passes the rig", "[distributions][negative_binomial]") {
  check_family<credence::negative_binomial, 2>(
      {.good = {{3.0, 2.5}, {40.0, 0.5}, {5.0, 900.0}, {0.2, 15.9}, {30.0, 16.1}},
       .terms = [](const highs& p, const high& x) {
         return highs{lgamma(x + p[1]), -lgamma(p[1]), -lgamma(x + 1), -p[1] * log(1 + p[0] / p[1]),
                      -x * log(1 + p[1] / p[0])};
       }});
}

TEST_CASE("negative_binomial_p: passes the rig", "[distributions][negative_binomial_p]") {
  check_family<credence::negative_binomial_p, 2>(
      {.good = {{3.0, 0.4}, {0.5, 0.05}, {200.0, 0.9}, {1.0, 0.5}}, .terms = [](const highs& p, const high& x) {
         return highs{lgamma(x + p[0]), -lgamma(p[0]), -lgamma(x + 1), p[0] * log(p[1]), x * log(1 - p[1])};
       }});
}

TEST_CASE("geometric: passes the rig", "[distributions][geometric]") {
  check_family<credence::geometric, 1>({.good = {{0.25}, {0.01}, {0.9}}, .terms = [](const highs& p, const high& x) {
                                          return highs{log(p[0]), x * log(1 - p[0])};
                                        }});
}

TEST_CASE("beta_binomial: passes the rig", "[distributions][beta_binomial]") {
  check_family<credence::beta_binomial, 3>(
      {.good = {{10.0, 2.0, 3.0}, {60.0, 0.5, 0.7}, {50.0, 40.0, 60.0}, {20.0, 1.0, 1.0}},
       .terms =
           [](const highs& p, const high& x) {
             highs t = choose(p[0], x);
             for (const high& v : {x + p[1], p[0] - x + p[2], p[1] + p[2]}) t.push_back(lgamma(v));
             for (const high& v : {p[0] + p[1] + p[2], p[1], p[2]}) t.push_back(-lgamma(v));
             return t;
           },
       .summed_tails = 4});
}

TEST_CASE("hypergeometric: passes the rig", "[distributions][hypergeometric]") {
  check_family<credence::hypergeometric, 3>(
      {.good = {{10.0, 7.0, 13.0}, {300.0, 500.0, 1500.0}, {20.0, 15.0, 8.0}, {5.0, 9.0, 9.0}},
       .bad = {{{21.0, 7.0, 13.0}, "draws"}},
       .terms =
           [](const highs& p, const high& x) {
             highs t = choose(p[1], x);
             t = joined(t, choose(p[2], p[0] - x));
             for (const high& v : choose(p[1] + p[2], p[0])) t.push_back(-v);
             return t;
           },
       .summed_tails = 4});
}
