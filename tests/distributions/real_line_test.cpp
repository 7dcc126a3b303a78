// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/cauchy.hpp"
#include "credence/distributions/half_cauchy.hpp"
#include "credence/distributions/half_normal.hpp"
#include "credence/distributions/half_student_t.hpp"
#include "credence/distributions/lognormal.hpp"
#include "credence/distributions/normal.hpp"
#include "credence/distributions/student_t.hpp"
#include "rig.hpp"

#include <boost/math/constants/constants.hpp>

using namespace credence::test;

namespace {
const high pi = boost::math::constants::pi<high>();
const high half_log_two_pi = log(2 * pi) / 2;
}  // namespace

TEST_CASE("normal: passes the rig", "[distributions][normal]") {
  check_family<credence::normal, 2>(
      {.good = {{0.0, 1.0}, {-3.5, 0.02}, {1e5, 40.0}}, .terms = [](const highs& p, const high& x) {
         const high z = (x - p[0]) / p[1];
         return highs{-z * z / 2, -log(p[1]), -half_log_two_pi};
       }});
}

TEST_CASE("lognormal: passes the rig", "[distributions][lognormal]") {
  check_family<credence::lognormal, 2>(
      {.good = {{0.0, 1.0}, {2.0, 0.1}, {-4.0, 0.5}}, .terms = [](const highs& p, const high& x) {
         const high z = (log(x) - p[0]) / p[1];
         return highs{-z * z / 2, -log(x), -log(p[1]), -half_log_two_pi};
       }});
}

TEST_CASE("half_normal: passes the rig", "[distributions][half_normal]") {
  check_family<credence::half_normal, 1>({.good = {{1.0}, {25.0}, {1e-3}}, .terms = [](const highs& p, const high& x) {
                                            const high z = x / p[0];
                                            return highs{-z * z / 2, -log(p[0]), log(high(2)) - half_log_two_pi};
                                          }});
}

TEST_CASE("cauchy: passes the rig", "[distributions][cauchy]") {
  check_family<credence::cauchy, 2>(
      {.good = {{0.0, 1.0}, {-2.0, 5.0}, {10.0, 0.01}}, .terms = [](const highs& p, const high& x) {
         const high z = (x - p[0]) / p[1];
         return highs{-log(1 + z * z), -log(p[1]), -log(pi)};
       }});
}

TEST_CASE("half_cauchy: passes the rig", "[distributions][half_cauchy]") {
  check_family<credence::half_cauchy, 1>({.good = {{1.0}, {5.0}, {0.01}}, .terms = [](const highs& p, const high& x) {
                                            const high z = x / p[0];
                                            return highs{-log(1 + z * z), -log(p[0]), log(2 / pi)};
                                          }});
}

namespace {
highs student_terms(const high& df, const high& z, const high& scale) {
  return {lgamma((df + 1) / 2), -lgamma(df / 2), -log(pi * df) / 2, -log(scale), -(df + 1) / 2 * log(1 + z * z / df)};
}
}  // namespace

TEST_CASE("student_t: passes the rig", "[distributions][student_t]") {
  check_family<credence::student_t, 3>(
      {.good =
           {{3.0, 0.0, 1.0}, {1.5, -2.0, 0.1}, {30.0, 4.0, 10.0}, {0.7, 0.0, 1.0}, {31.9, 0.0, 1.0}, {400.0, 1.0, 2.0}},
       .terms = [](const highs& p, const high& x) { return student_terms(p[0], (x - p[1]) / p[2], p[2]); }});
}

TEST_CASE("half_student_t: passes the rig", "[distributions][half_student_t]") {
  check_family<credence::half_student_t, 2>(
      {.good = {{3.0, 1.0}, {1.5, 10.0}, {60.0, 0.3}}, .terms = [](const highs& p, const high& x) {
         highs t = student_terms(p[0], x / p[1], p[1]);
         t.push_back(log(high(2)));
         return t;
       }});
}
