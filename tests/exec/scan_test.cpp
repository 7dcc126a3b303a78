// SPDX-License-Identifier: BSD-3-Clause
#include "credence/exec/scan.hpp"

#include "credence/base/errors.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <stdexcept>

using namespace credence;

namespace {

/// y = a x + b: composing such maps is associative and does not commute. Modulo 2^64, so exactly.
struct affine {
  std::uint64_t a = 1, b = 0;
  friend bool operator==(const affine&, const affine&) = default;
};
affine then(const affine& first, const affine& second) { return {second.a * first.a, second.a * first.b + second.b}; }

std::vector<affine> some_maps(std::int64_t n) {
  std::vector<affine> x(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = {2 * i + 3, i * i + 1};
  return x;
}

constexpr std::int64_t awkward[] = {0, 1, 2, 31, 8191, 8192, 8193, 16384, 16387, 100003};

}  // namespace

TEST_CASE("scan: any associative join, in order, in place or not", "[exec][scan]") {
  const int threads = GENERATE(1, 2, 5);
  for (const std::int64_t n : awkward) {
    const std::vector<affine> x = some_maps(n);
    std::vector<affine> inclusive(x.size()), exclusive(x.size()), in_place(x), in_place_exclusive(x);
    const affine initial{7, 9};
    exec::inclusive_scan(exec::cpu(threads), std::span<const affine>(x), std::span(inclusive), then);
    exec::exclusive_scan(exec::cpu(threads), std::span<const affine>(x), std::span(exclusive), initial, then);
    exec::inclusive_scan(exec::cpu(threads), std::span<const affine>(in_place), std::span(in_place), then);
    exec::exclusive_scan(exec::cpu(threads), std::span<const affine>(in_place_exclusive), std::span(in_place_exclusive),
                         initial, then);
    affine sum, sum_after = initial;
    std::int64_t wrong = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      wrong += exclusive[i] == sum_after ? 0 : 1;
      sum = i == 0 ? x[0] : then(sum, x[i]);
      sum_after = then(sum_after, x[i]);
      wrong += inclusive[i] == sum ? 0 : 1;
    }
    CAPTURE(n, threads);
    CHECK(wrong == 0);
    CHECK(in_place == inclusive);
    CHECK(in_place_exclusive == exclusive);
  }
}

TEST_CASE("scan: the same bits for any number of threads", "[exec][scan]") {
  const std::int64_t n = 200001;
  std::vector<double> x(static_cast<std::size_t>(n)), one(x.size()), many(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::sin(static_cast<double>(i)) * std::exp2(i % 40);
  exec::cumulative_sum<double>(exec::cpu(1), x, one);
  for (int repeat = 0; repeat < 20; ++repeat) {
    exec::cumulative_sum<double>(exec::cpu(2 + repeat % 4), x, many);
    CHECK(one == many);
  }
}

TEMPLATE_TEST_CASE("cumulative sums: exact on integers", "[exec][scan]", double, float, std::int32_t, std::int64_t) {
  for (const std::int64_t n : awkward) {
    std::vector<TestType> x(static_cast<std::size_t>(n)), upto(x.size()), before(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<TestType>(i % 7);
    exec::cumulative_sum<TestType>(exec::cpu(2), x, upto);
    exec::cumulative_sum_before<TestType>(exec::cpu(2), x, before);
    TestType sum = 0;
    std::int64_t wrong = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      wrong += before[i] == sum ? 0 : 1;
      sum = static_cast<TestType>(sum + x[i]);
      wrong += upto[i] == sum ? 0 : 1;
    }
    CAPTURE(n);
    CHECK(wrong == 0);
  }
}

TEST_CASE("cumulative_sum: sums of positive numbers never fall", "[exec][scan]") {
  std::vector<double> x(100000, 0.1), sums(x.size());
  exec::cumulative_sum<double>(exec::cpu(2), x, sums);
  CHECK(std::is_sorted(sums.begin(), sums.end()));
}

TEST_CASE("scan: an exception in the join reaches the caller, lengths must agree", "[exec][scan]") {
  const std::vector<int> x(100000, 1);
  std::vector<int> out(x.size()), shorter(3);
  for (const int threads : {1, 2, 4}) {
    CHECK_THROWS_AS(exec::inclusive_scan(exec::cpu(threads), std::span<const int>(x), std::span(out),
                                         [](int a, int b) {
                                           if (a > 1500) throw std::runtime_error("too much");
                                           return a + b;
                                         }),
                    std::runtime_error);
  }
  CHECK_THROWS_AS(exec::inclusive_scan(exec::cpu(1), std::span<const int>(x), std::span(shorter),
                                       [](int a, int b) { return a + b; }),
                  shape_error);
}
