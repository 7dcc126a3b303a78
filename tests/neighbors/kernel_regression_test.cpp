// SPDX-License-Identifier: BSD-3-Clause
#include "credence/neighbors/kernel_regression.hpp"
#include "credence/base/errors.hpp"
#include "credence/tensor/gemm.hpp"
#include "credence/tensor/softmax.hpp"

#include "neighbors/support.hpp"
#include "support/catch.hpp"

using namespace credence;
using namespace credence::neighbors;
using namespace credence::test;

namespace {

/// The two sums as they are written, in long double.
double slow_regression(const point_set<double>& set, const std::vector<double>& y, const double* query, double h,
                       smoothing_kernel kernel) {
  std::vector<long double> squared;
  long double nearest = HUGE_VALL;
  for (std::int64_t i = 0; i < set.size; ++i) {
    long double sum = 0;
    for (std::int64_t j = 0; j < set.dimensions; ++j) {
      const long double t = static_cast<long double>(query[j]) - static_cast<long double>(set.row(i)[j]);
      sum += t * t;
    }
    squared.push_back(sum);
    nearest = std::min(nearest, sum);
  }
  long double numerator = 0, denominator = 0;
  for (std::size_t i = 0; i < squared.size(); ++i) {
    const long double u2 = squared[i] / (static_cast<long double>(h) * h);
    long double w = 0;
    if (kernel == smoothing_kernel::gaussian) w = std::exp((nearest / (static_cast<long double>(h) * h) - u2) / 2);
    if (kernel == smoothing_kernel::epanechnikov) w = u2 < 1 ? 1 - u2 : 0;
    if (kernel == smoothing_kernel::box) w = u2 <= 1 ? 1 : 0;
    numerator += w * y[i];
    denominator += w;
  }
  return static_cast<double>(numerator / denominator);
}

std::vector<double> wavy(const point_set<double>& set) {
  std::vector<double> y;
  for (std::int64_t i = 0; i < set.size; ++i)
    y.push_back(3.0 + std::sin(5.0 * set.row(i)[0]) + 0.1 * static_cast<double>(i % 7));
  return y;
}

}  // namespace

TEST_CASE("kernel regression: the golden value of the textbook, which is attention", "[neighbors][kernel][textbook]") {
  const std::vector<double> x{0, 1, 2, 3, 4}, y{0, 1, 4, 9, 16};
  const double query = 2.5;
  const kernel_regression fit(view<const double, 2>(x.data(), 5, 1), y);
  const auto got = fit.predict(view<const double, 2>(&query, 1, 1));
  CHECK_THAT(got.values[0], WithinAbs(6.912092222, 5e-10));  // ten digits are published
  // Attention with the logits -(q - k)^2 / 2.
  std::vector<double> logits;
  for (const double key : x) logits.push_back(-0.5 * (query - key) * (query - key));
  const auto weights = softmax(exec::cpu(1), array_view<const double>(logits.data(), {1, 5}), 1);
  double attended = 0.0;
  for (std::size_t i = 0; i < 5; ++i) attended += weights.data()[i] * y[i];
  CHECK_THAT(got.values[0], WithinRel(attended, 4e-16 * 8));  // eight roundings
}

TEST_CASE("kernel regression: gaussian weights are attention, by softmax and by the streaming softmax",
          "[neighbors][kernel]") {
  const auto set = make_points<double>(shape_of_data::uniform, 700, 4, 3);
  const auto queries = make_queries(set, 40, 3);  // some of them far away
  const auto y = wavy(set);
  const double h = 0.3;
  const auto got = kernel_regression(set.points(), y, {.bandwidth = h}).predict(queries.points());
  std::vector<double> logits;
  for (std::int64_t q = 0; q < 40; ++q) {
    for (std::int64_t i = 0; i < 700; ++i) {
      logits.push_back(-0.5 * slow_distance(metric::euclidean(), queries.row(q), set.row(i), 4) / (h * h));
    }
  }
  const auto weights = softmax(exec::cpu(1), array_view<const double>(logits.data(), {40, 700}), 1);
  const auto attended = matmul(exec::cpu(1), weights, array_view<const double>(y.data(), {700, 1}));
  for (std::int64_t q = 0; q < 40; ++q) {
    const auto at = static_cast<std::size_t>(q);
    log_sum_exp_accumulator streaming;
    double numerator = 0.0;
    for (std::int64_t i = 0; i < 700; ++i) streaming.add(logits[static_cast<std::size_t>(700 * q + i)]);
    for (std::int64_t i = 0; i < 700; ++i) {
      numerator +=
          std::exp(logits[static_cast<std::size_t>(700 * q + i)] - streaming.value()) * y[static_cast<std::size_t>(i)];
    }
    CAPTURE(q, got.log_weights[at]);
    // Exponents up to 1e5 are rounded to 1e-11; the bound of the library knows.
    CHECK_THAT(got.values[at], WithinAbs(attended.data()[q], got.error_bounds[at] + 1e-10));
    CHECK_THAT(got.values[at], WithinAbs(numerator, got.error_bounds[at] + 1e-10));
    CHECK_THAT(got.log_weights[at], WithinRel(streaming.value(), 1e-12));
  }
}

TEST_CASE("kernel regression: within its own bound of the full sum, for every kernel and tolerance",
          "[neighbors][kernel]") {
  const auto kernel = GENERATE(smoothing_kernel::gaussian, smoothing_kernel::epanechnikov, smoothing_kernel::box);
  const auto shape = GENERATE(shape_of_data::uniform, shape_of_data::clustered, shape_of_data::all_equal,
                              shape_of_data::gridded, shape_of_data::sorted);
  const std::int64_t d = GENERATE(1, 3);
  const auto set = make_points<double>(shape, 3000, d, 13);
  const auto queries = make_queries(set, 24, 13);
  const auto y = wavy(set);
  for (const double h : {0.05, 0.37, 3.1}) {
    search_work full;
    for (const double tolerance : {0.0, 1e-6, 1e-2}) {
      const auto got = kernel_regression(set.points(), y, {.kernel = kernel, .bandwidth = h, .tolerance = tolerance})
                           .predict(queries.points());
      for (std::int64_t q = 0; q < 24; ++q) {
        const auto at = static_cast<std::size_t>(q);
        const double expected = slow_regression(set, y, queries.row(q), h, kernel);
        CAPTURE(static_cast<int>(shape), d, h, tolerance, q);
        if (std::isnan(expected)) {
          CHECK(std::isnan(got.values[at]));
          continue;
        }
        CHECK(std::abs(got.values[at] - expected) <= got.error_bounds[at]);
        // Rounding adds 1e-8 at most here: the farthest queries have exponents of 1e7.
        CHECK(got.error_bounds[at] <= tolerance + 1e-6);
      }
      if (tolerance == 0.0) {
        full = got.work;
      } else {
        CHECK(got.work.distances <= full.distances);
      }
    }
  }
}

TEST_CASE("kernel regression: a tolerance saves work", "[neighbors][kernel]") {
  const auto set = make_points<double>(shape_of_data::uniform, 20000, 2, 13);
  const auto y = wavy(set);
  const auto queries = make_points<double>(shape_of_data::uniform, 50, 2, 14);
  const auto full = kernel_regression(set.points(), y, {.bandwidth = 0.1}).predict(queries.points());
  const auto less = kernel_regression(set.points(), y, {.bandwidth = 0.1, .tolerance = 1e-3}).predict(queries.points());
  CHECK(less.work.distances < full.work.distances / 4);
}

TEST_CASE("kernel regression: wide kernels give the mean, narrow ones the nearest point", "[neighbors][kernel]") {
  const auto set = make_points<double>(shape_of_data::uniform, 400, 3, 17);
  const auto y = wavy(set);
  const auto queries = make_queries(set, 20, 17);
  double mean = 0.0;
  for (const double v : y) mean += v / 400.0;
  const auto wide = kernel_regression(set.points(), y, {.bandwidth = 1e8}).predict(queries.points());
  const auto narrow = kernel_regression(set.points(), y, {.bandwidth = 1e-4}).predict(queries.points());
  const auto nearest = kd_tree<double>(set.points()).nearest(queries.points(), 1);
  for (std::size_t q = 0; q < 20; ++q) {
    CHECK_THAT(wide.values[q], WithinRel(mean, 1e-10));  // u^2 is at most 1e-12
    CHECK_THAT(narrow.values[q], WithinRel(y[static_cast<std::size_t>(nearest.indices[q])], 1e-12));
  }
}

TEST_CASE("kernel regression: leaving one out equals fitting without it", "[neighbors][kernel]") {
  const auto kernel = GENERATE(smoothing_kernel::gaussian, smoothing_kernel::epanechnikov, smoothing_kernel::box);
  const auto set = make_points<double>(shape_of_data::uniform, 60, 2, 19);
  const auto y = wavy(set);
  double total = 0.0;
  for (std::int64_t i = 0; i < 60; ++i) {
    point_set<double> rest{set.values, 59, 2};
    std::vector<double> rest_y = y;
    rest.values.erase(rest.values.begin() + 2 * i, rest.values.begin() + 2 * i + 2);
    rest_y.erase(rest_y.begin() + i);
    const auto one = kernel_regression(rest.points(), rest_y, {.kernel = kernel, .bandwidth = 0.9})
                         .predict(view<const double, 2>(set.row(i), 1, 2));
    total += (y[static_cast<std::size_t>(i)] - one.values[0]) * (y[static_cast<std::size_t>(i)] - one.values[0]) / 60.0;
  }
  CHECK_THAT(leave_one_out_error(set.points(), y, kernel, 0.9), WithinRel(total, 1e-12));
}

TEST_CASE("choose_bandwidth: no bandwidth of a fine grid is better, and threads change nothing",
          "[neighbors][kernel]") {
  const auto set = make_points<double>(shape_of_data::uniform, 250, 1, 23);
  const auto y = wavy(set);
  const auto kernel = GENERATE(smoothing_kernel::gaussian, smoothing_kernel::epanechnikov);
  const auto choice = choose_bandwidth(set.points(), y, {.kernel = kernel});
  CHECK(choice.error == choose_bandwidth(set.points(), y, {.kernel = kernel, .context = exec::cpu(1)}).error);
  for (double h = 0.003; h < 2.0; h *= 1.02) {
    // A grid misses a narrow dip between its points by a little.
    CHECK(choice.error <= 1.002 * leave_one_out_error(set.points(), y, kernel, h));
  }
}

TEST_CASE("kernel regression: refusals", "[neighbors][kernel][errors]") {
  const auto set = make_points<double>(shape_of_data::uniform, 5, 2, 1);
  const std::vector<double> y(5, 1.0), four(4, 1.0), bad{1, 2, std::nan(""), 4, 5};
  CHECK_THROWS_AS(kernel_regression(set.points(), four), shape_error);
  CHECK_THROWS_AS(kernel_regression(set.points(), bad), domain_error);
  CHECK_THROWS_WITH(kernel_regression(set.points(), y, {.bandwidth = 0.0}), Contains("bandwidth is 0"));
  CHECK_THROWS_AS(kernel_regression(set.points(), y, {.tolerance = -1.0}), domain_error);
  CHECK_THROWS_AS(choose_bandwidth(make_points<double>(shape_of_data::all_equal, 5, 2, 1).points(), y), domain_error);
  CHECK_THROWS_AS(choose_bandwidth(set.points(), y, {.least = 2.0, .most = 1.0}), domain_error);
}
