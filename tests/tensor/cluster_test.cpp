// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/kmeans.hpp"
#include "credence/tensor/sinkhorn.hpp"

#include "credence/base/errors.hpp"
#include "credence/tensor/reduce.hpp"
#include "support/catch.hpp"
#include "tensor/helpers.hpp"

#include <cmath>

using namespace credence;
using test::inf;

namespace {

/// Three well-separated clouds on a line of the plane.
tensor<double> clouds(std::int64_t each) {
  auto points = test::random_tensor({3 * each, 2}, 17, -1.0, 1.0);
  for (std::int64_t i = 0; i < 3 * each; ++i) points(i, 0) += 100.0 * static_cast<double>(i % 3);
  return points;
}

double inertia_of(const tensor<double>& points, const kmeans_result& fit) {
  double total = 0.0;
  for (std::int64_t i = 0; i < points.extent(0); ++i) {
    double nearest = inf;
    std::int64_t who = -1;
    for (std::int64_t c = 0; c < fit.centres.extent(0); ++c) {
      double distance = 0.0;
      for (std::int64_t j = 0; j < points.extent(1); ++j) {
        distance += (points(i, j) - fit.centres(c, j)) * (points(i, j) - fit.centres(c, j));
      }
      if (distance < nearest) nearest = distance, who = c;
    }
    REQUIRE(who == fit.assignments[i]);
    total += nearest;
  }
  return total;
}

}  // namespace

TEST_CASE("kmeans: finds separated clouds for every key, the same on any number of threads", "[tensor][kmeans]") {
  const auto points = clouds(1500);
  for (const std::uint64_t seed : {1, 2, 3}) {
    const rng_key key = rng_key{seed, 0}.split(purpose::test);
    const auto fit = kmeans(exec::cpu(1), key, points, 3);
    CHECK(fit.why == kmeans_stop::settled);
    CHECK(fit.inertia == Approx(inertia_of(points, fit)).epsilon(1e-13));
    // the clouds are 100 apart and 2 wide: points of one cloud share a centre
    for (std::int64_t i = 3; i < points.extent(0); ++i) REQUIRE(fit.assignments[i] == fit.assignments[i % 3]);
    for (const int threads : {2, 5}) {
      const auto again = kmeans(exec::cpu(threads), key, points, 3);
      CHECK(again.centres == fit.centres);
      CHECK(again.inertia == fit.inertia);
      CHECK(again.assignments == fit.assignments);
    }
  }
}

TEST_CASE("kmeans: steps by hand, ties and lost centres", "[tensor][kmeans]") {
  const exec::context ctx;
  const tensor<double> points({4, 1}, {0, 1, 9, 10});
  const auto fit = kmeans(ctx, points, tensor<double>({2, 1}, {0, 1}));
  CHECK(fit.centres == tensor<double>({2, 1}, {0.5, 9.5}));
  CHECK(fit.inertia == 1.0);
  CHECK(fit.assignments == tensor<std::int64_t>({4}, {0, 0, 1, 1}));
  // a tie goes to the centre with the smaller number
  const auto tie =
      kmeans(ctx, tensor<double>({3, 1}, {-1, 0, 1}), tensor<double>({2, 1}, {-1, 1}), {.max_iterations = 1});
  CHECK(tie.iterations == 1);
  CHECK(tie.centres == tensor<double>({2, 1}, {-0.5, 1}));
  // the second centre has no points: it moves to the farthest one
  const auto lost = kmeans(ctx, points, tensor<double>({2, 1}, {5, 500}));
  CHECK(lost.inertia == 1.0);
  const auto loose = kmeans(ctx, points, tensor<double>({2, 1}, {0, 1}), {.tolerance = 100.0});
  CHECK(loose.why == kmeans_stop::centres_close);
  const auto short_run = kmeans(ctx, points, tensor<double>({2, 1}, {0, 1}), {.max_iterations = 1});
  CHECK(short_run.why == kmeans_stop::max_iterations);
}

TEST_CASE("kmeans: initial centres follow the squared distances", "[tensor][kmeans]") {
  // One point far away: after any first centre among the others, it is chosen with probability 10000 / (10000 + small).
  tensor<double> points({5, 1}, {0, 0.1, 0.2, 0.3, 100});
  int far = 0, first_of_each[5] = {};
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const auto centres = kmeans_initial_centres(exec::context{}, {seed, 5}, points, 2);
    far += centres(0, 0) == 100.0 || centres(1, 0) == 100.0 ? 1 : 0;
    for (std::int64_t i = 0; i < 5; ++i) first_of_each[i] += centres(0, 0) == points[i] ? 1 : 0;
  }
  CHECK(far >= 1999);  // each misses with probability 2e-5
  // the first is uniform: chi-square with 4 degrees, 1e-6 level 33.4
  double chi = 0.0;
  for (const int count : first_of_each) chi += (count - 400.0) * (count - 400.0) / 400.0;
  CHECK(chi < 33.4);
  CHECK_THROWS_WITH(kmeans(exec::context{}, rng_key{}, points, 6), Contains("k is 6"));
  CHECK_THROWS_AS(kmeans(exec::context{}, rng_key{}, tensor<double>({3}), 1), shape_error);
  points[0] = inf;
  CHECK_THROWS_AS(kmeans(exec::context{}, rng_key{}, points, 2), domain_error);
}

TEST_CASE("sinkhorn: the closed form of two by two", "[tensor][sinkhorn]") {
  // the limit of [[a, b], [c, d]] has p = sqrt(ad) / (sqrt(ad) + sqrt(bc))
  tensor<double> logs({2, 2}, {1, 2, 3, 4});
  for (double& v : logs) v = std::log(v);
  const auto fit = sinkhorn(exec::cpu(2), logs);
  CHECK(fit.why == sinkhorn_stop::converged);
  CHECK(std::exp(fit.log_plan(0, 0)) == Approx(0.4494897427831781).epsilon(1e-12));
  CHECK(std::exp(fit.log_plan(1, 1)) == Approx(0.4494897427831781).epsilon(1e-12));
  CHECK(std::exp(fit.log_plan(0, 1)) == Approx(0.5505102572168219).epsilon(1e-12));
}

TEST_CASE("sinkhorn: marginals, scales, forbidden cells, small temperatures", "[tensor][sinkhorn]") {
  const auto cost = test::random_tensor({31, 43}, 4, 0.0, 1.0);
  tensor<double> rows({31}), columns({43}), kernel(cost.shape());
  for (double& v : rows) v = -std::log(31.0);
  for (double& v : columns) v = -std::log(43.0);
  for (std::int64_t i = 0; i < cost.size(); ++i) kernel[i] = -cost[i] / 0.05;
  kernel(3, 5) = -inf;
  const auto fit = sinkhorn(exec::cpu(1), kernel, rows, columns, {.max_iterations = 5000});
  CHECK(fit.why == sinkhorn_stop::converged);
  CHECK(fit.log_plan(3, 5) == -inf);
  for (const double v : log_sum_exp(exec::context{}, fit.log_plan, 1))
    CHECK(v == Approx(-std::log(31.0)).epsilon(1e-11));
  for (const double v : log_sum_exp(exec::context{}, fit.log_plan, 0))
    CHECK(v == Approx(-std::log(43.0)).epsilon(1e-11));
  for (std::int64_t i = 0; i < 31; ++i) {
    CHECK(fit.log_plan(i, 1) == kernel(i, 1) + fit.log_row_scale[i] + fit.log_column_scale[1]);
  }
  CHECK(sinkhorn(exec::cpu(4), kernel, rows, columns, {.max_iterations = 5000}).log_plan == fit.log_plan);
  // temperature to 0: a permutation, here without underflow at exponents of -5000
  const tensor<double> sharp({2, 2}, {0, -5000, -5000, 0});
  CHECK(std::exp(sinkhorn(exec::context{}, sharp).log_plan(0, 0)) == 1.0);
  CHECK(sinkhorn(exec::context{}, kernel, rows, columns, {.max_iterations = 1}).why == sinkhorn_stop::max_iterations);
  CHECK_THROWS_AS(sinkhorn(exec::context{}, tensor<double>({2, 3})), domain_error);  // totals 2 and 3
  CHECK_THROWS_AS(sinkhorn(exec::context{}, tensor<double>({3})), shape_error);
  CHECK_THROWS_AS(sinkhorn(exec::context{}, tensor<double>({1, 1}, {test::not_a_number})), domain_error);
}
