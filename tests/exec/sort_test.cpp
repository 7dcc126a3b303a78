// SPDX-License-Identifier: BSD-3-Clause
#include "credence/exec/sort.hpp"

#include "credence/base/errors.hpp"
#include "credence/exec/compact.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <limits>
#include <numeric>
#include <string>

using namespace credence;

namespace {

template <class T>
std::vector<T> shuffled(std::int64_t n) {
  std::vector<T> x(static_cast<std::size_t>(n));
  std::uint64_t state = 99;
  for (T& v : x) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    const std::int64_t k = static_cast<std::int64_t>(state >> 33) % 100003 - 50000;
    if constexpr (std::is_floating_point_v<T>) {
      v = static_cast<T>(k) / T(7);
    } else {
      v = static_cast<T>(k);  // negative ones become large unsigned ones: all bytes are used
    }
  }
  if constexpr (std::is_floating_point_v<T>) {
    const T odd[] = {T(-0.0),
                     T(0.0),
                     std::numeric_limits<T>::infinity(),
                     -std::numeric_limits<T>::infinity(),
                     std::numeric_limits<T>::denorm_min(),
                     std::numeric_limits<T>::lowest()};
    for (std::size_t i = 0; i < 6 && 3 * i < x.size(); ++i) x[3 * i] = odd[i];
  }
  return x;
}

}  // namespace

TEMPLATE_TEST_CASE("sort, argsort, sort_by_key: agree with the standard library", "[exec][sort]", double, float,
                   std::int32_t, std::int64_t, std::uint32_t, std::uint64_t) {
  const std::int64_t n = GENERATE(0, 1, 2, 31, 512, 513, 16385, 100003);
  const exec::context ctx = exec::cpu(GENERATE(1, 2, 5));
  const std::vector<TestType> x = shuffled<TestType>(n);
  std::vector<TestType> sorted(x), expected(x);
  exec::sort<TestType>(ctx, sorted);
  std::stable_sort(expected.begin(), expected.end());
  CHECK(sorted == expected);

  std::vector<std::int64_t> order(x.size()), expected_order(x.size());
  std::iota(expected_order.begin(), expected_order.end(), 0);
  std::stable_sort(expected_order.begin(), expected_order.end(), [&](std::int64_t a, std::int64_t b) {
    return x[static_cast<std::size_t>(a)] < x[static_cast<std::size_t>(b)];
  });
  exec::argsort<TestType>(ctx, x, order);
  CHECK(order == expected_order);

  std::vector<TestType> keys(x);
  std::vector<std::int64_t> places(x.size());
  std::iota(places.begin(), places.end(), 0);
  exec::sort_by_key<TestType>(ctx, keys, std::span<std::int64_t>(places));
  CHECK(keys == expected);
  CHECK(places == expected_order);

  std::vector<TestType> again(x);
  std::vector<float> values(x.size());
  std::iota(values.begin(), values.end(), 0.0F);
  exec::sort_by_key<TestType>(ctx, again, std::span<float>(values));
  CHECK(again == expected);
  CHECK(std::equal(values.begin(), values.end(), expected_order.begin(),
                   [](float a, std::int64_t b) { return a == static_cast<float>(b); }));
}

TEST_CASE("sort: NaN comes last, -0 before +0", "[exec][sort]") {
  const double nan = std::nan("");
  for (const std::size_t n : {std::size_t{8}, std::size_t{4000}}) {
    std::vector<double> x(n, 1.0);
    x[0] = nan, x[1] = 0.0, x[2] = -0.0, x[3] = -nan, x[4] = HUGE_VAL;
    std::vector<double> sorted(x);
    exec::sort<double>(exec::cpu(2), sorted);
    CHECK(std::signbit(sorted[0]));
    CHECK(!std::signbit(sorted[1]));
    CHECK(sorted[n - 3] == HUGE_VAL);
    CHECK(std::isnan(sorted[n - 2]));
    CHECK(std::isnan(sorted[n - 1]));
    std::vector<std::int64_t> order(n);
    exec::argsort<double>(exec::cpu(2), x, order);
    CHECK(order[0] == 1);  // equal zeros keep their order
    CHECK(order[1] == 2);
    CHECK(order[n - 2] == 0);
    CHECK(order[n - 1] == 3);
  }
}

TEST_CASE("stable_sort: any type and order, and it is stable", "[exec][sort]") {
  const std::int64_t n = GENERATE(0, 1, 1000, 70000, 300000);
  const exec::context ctx = exec::cpu(GENERATE(1, 2, 3, 8));
  using item = std::pair<int, std::int64_t>;
  std::vector<item> x(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = {static_cast<int>(i * 2654435761U % 97), static_cast<std::int64_t>(i)};
  }
  std::vector<item> expected(x);
  const auto larger_first = [](const item& a, const item& b) { return a.first > b.first; };
  std::stable_sort(expected.begin(), expected.end(), larger_first);
  exec::stable_sort(ctx, std::span(x), larger_first);
  CHECK(x == expected);
}

TEST_CASE("indices_where and unique: in order", "[exec][compact]") {
  const exec::context ctx = exec::cpu(GENERATE(1, 3));
  const std::int64_t n = GENERATE(0, 1, 16384, 50001);
  const std::vector<std::int64_t> thirds = exec::indices_where(ctx, n, [](std::int64_t i) { return i % 3 == 1; });
  CHECK(static_cast<std::int64_t>(thirds.size()) == (n + 1) / 3);
  for (std::size_t k = 0; k < thirds.size(); ++k) REQUIRE(thirds[k] == static_cast<std::int64_t>(3 * k + 1));
  std::vector<int> runs(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < runs.size(); ++i) runs[i] = static_cast<int>(i / 7);
  std::vector<int> expected(runs);
  expected.erase(std::unique(expected.begin(), expected.end()), expected.end());
  CHECK(exec::unique(ctx, std::span<const int>(runs)) == expected);
}
