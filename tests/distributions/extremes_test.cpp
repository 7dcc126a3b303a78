// SPDX-License-Identifier: BSD-3-Clause
#include "credence/distributions/burr_xii.hpp"
#include "credence/distributions/generalized_extreme_value.hpp"
#include "credence/distributions/generalized_pareto.hpp"
#include "rig.hpp"

using namespace credence::test;

namespace {
/// log(1 + shape z) / shape, z at shape 0.
high bent(const high& z, const high& shape) {
  if (abs(shape) < 1e-16) return z - shape * z * z / 2;  // what finite differences at 0 need
  return log(1 + shape * z) / shape;
}
}  // namespace

TEST_CASE("generalized_pareto: passes the rig", "[distributions][generalized_pareto]") {
  check_family<credence::generalized_pareto, 3>(
      {.good = {{0.0, 1.0, 0.2}, {5.0, 0.1, 0.0}, {-3.0, 2.0, -0.3}, {0.0, 1.0, 1.5}, {0.0, 1.0, 1e-7}},
       .terms =
           [](const highs& p, const high& x) {
             const high z = (x - p[0]) / p[1];
             return highs{-log(p[1]), -bent(z, p[2]), -log(1 + p[2] * z)};
           },
       .rounded_ends = true});
}

TEST_CASE("generalized_extreme_value: passes the rig", "[distributions][generalized_extreme_value]") {
  check_family<credence::generalized_extreme_value, 3>(
      {.good = {{0.0, 1.0, 0.2}, {5.0, 0.1, 0.0}, {-3.0, 2.0, -0.3}, {0.0, 1.0, 1.5}, {0.0, 1.0, 1e-7}},
       .terms =
           [](const highs& p, const high& x) {
             const high z = (x - p[0]) / p[1];
             const high s = bent(z, p[2]);
             return highs{-log(p[1]), -s, -exp(-s), -log(1 + p[2] * z)};
           },
       .rounded_ends = true});
}

TEST_CASE("burr_xii: passes the rig", "[distributions][burr_xii]") {
  check_family<credence::burr_xii, 3>(
      {.good = {{1.0, 2.5, 1.5}, {30.0, 4.0, 0.8}, {0.1, 1.5, 3.0}}, .terms = [](const highs& p, const high& x) {
         const high l = p[1] * log(x / p[0]);
         return highs{log(p[1] * p[2]), -log(x), l, -(p[2] + 1) * log(1 + exp(l))};
       }});
}
