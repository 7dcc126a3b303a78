// SPDX-License-Identifier: BSD-3-Clause
#include "credence/exec/reduce.hpp"

#include "credence/base/errors.hpp"
#include "support/catch.hpp"

#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

using namespace credence;

namespace {

/// Numbers of very different sizes, so that every other order of additions gives other bits.
template <class T>
std::vector<T> rough_numbers(std::int64_t n) {
  std::vector<T> x(static_cast<std::size_t>(n));
  std::uint64_t state = 12345;
  for (T& v : x) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    v = static_cast<T>(std::ldexp(static_cast<double>(static_cast<std::int64_t>(state)) * 0x1p-63,
                                  static_cast<int>((state >> 20) % 24)));
  }
  return x;
}

/// The documented order, written down once more as plainly as can be.
template <class T>
double sum_as_documented(const std::vector<T>& x) {
  std::vector<double> chunks;
  for (std::size_t begin = 0; begin < x.size(); begin += 16384) {
    double p[8] = {};
    for (std::size_t i = begin; i < std::min(x.size(), begin + 16384); ++i) p[i % 8] += static_cast<double>(x[i]);
    chunks.push_back(((p[0] + p[1]) + (p[2] + p[3])) + ((p[4] + p[5]) + (p[6] + p[7])));
  }
  while (chunks.size() > 1) {
    std::vector<double> next;
    for (std::size_t i = 0; i + 1 < chunks.size(); i += 2) next.push_back(chunks[i] + chunks[i + 1]);
    if (chunks.size() % 2 == 1) next.push_back(chunks.back());
    chunks = next;
  }
  return chunks.empty() ? 0.0 : chunks[0];
}

}  // namespace

TEST_CASE("sum: the documented order of additions, for any number of threads", "[exec][reduce]") {
  const std::int64_t n = GENERATE(0, 1, 7, 8, 9, 16383, 16384, 16385, 100003, 1000000);
  const int threads = GENERATE(1, 2, 5);
  const std::vector<double> x = rough_numbers<double>(n);
  const std::vector<float> f = rough_numbers<float>(n);
  CHECK(exec::sum(exec::cpu(threads), std::span<const double>(x)) == sum_as_documented(x));
  CHECK(exec::sum(exec::cpu(threads), std::span<const float>(f)) == sum_as_documented(f));
  // the generic reduction takes the same order
  CHECK(exec::reduce(exec::cpu(threads), std::span<const double>(x), 0.0, [](double a, double b) { return a + b; }) ==
        sum_as_documented(x));
}

TEST_CASE("sum: infinities and NaN arrive, integers wrap around", "[exec][reduce]") {
  std::vector<double> x(50000, 1.0);
  x[33333] = HUGE_VAL;
  CHECK(exec::sum(exec::cpu(2), std::span<const double>(x)) == HUGE_VAL);
  x[40000] = -HUGE_VAL;
  CHECK(std::isnan(exec::sum(exec::cpu(2), std::span<const double>(x))));
  const std::vector<std::int32_t> i(50000, 2000000000);
  CHECK(exec::sum(exec::cpu(2), std::span<const std::int32_t>(i)) == 100000000000000);
  const std::vector<std::int64_t> l{std::numeric_limits<std::int64_t>::max(), 1};
  CHECK(exec::sum(exec::cpu(2), std::span<const std::int64_t>(l)) == std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("transform_reduce: any associative join", "[exec][reduce]") {
  const int threads = GENERATE(1, 3);
  const std::int64_t n = 70001;
  CHECK(exec::transform_reduce(
            exec::cpu(threads), n, std::int64_t{0}, [](std::int64_t i) { return i * i; },
            [](std::int64_t a, std::int64_t b) { return a + b; }) == (n - 1) * n * (2 * n - 1) / 6);
  CHECK(exec::transform_reduce(
      exec::cpu(threads), n, true, [](std::int64_t i) { return i < 70001; }, [](bool a, bool b) { return a && b; }));
  CHECK(exec::transform_reduce(
            exec::cpu(threads), 0, 42, [](std::int64_t) { return 1; }, [](int a, int b) { return a + b; }) == 42);
}

TEST_CASE("transform_reduce_in_order: joins that do not commute", "[exec][reduce]") {
  // Joining texts keeps the order visible.
  const std::int64_t n = 40000;
  const std::string text = exec::transform_reduce_in_order(
      exec::cpu(GENERATE(1, 4)), n, std::string(), [](std::int64_t i) { return std::string(1, 'a' + i % 26); },
      [](const std::string& a, const std::string& b) { return a + b; });
  REQUIRE(text.size() == 40000);
  bool right = true;
  for (std::size_t i = 0; i < text.size(); ++i) right = right && text[i] == static_cast<char>('a' + i % 26);
  CHECK(right);
}

TEMPLATE_TEST_CASE("min, max, argmin, argmax: the first of equal ones", "[exec][reduce]", double, float, std::int32_t,
                   std::int64_t) {
  const std::int64_t n = GENERATE(1, 2, 31, 32, 33, 16384, 16385, 50001);
  const exec::context ctx = exec::cpu(GENERATE(1, 2, 5));
  std::vector<TestType> x(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<TestType>((i * 7919 + 13) % 101);  // many ties
  const std::span<const TestType> view(x);
  const auto least = std::min_element(x.begin(), x.end()), most = std::max_element(x.begin(), x.end());
  CHECK(exec::min(ctx, view).value == *least);
  CHECK(exec::argmin(ctx, view) == least - x.begin());
  CHECK(exec::max(ctx, view).value == *most);
  CHECK(exec::argmax(ctx, view) == most - x.begin());
}

TEST_CASE("min and max: the first NaN wins, nothing has no extremum", "[exec][reduce]") {
  std::vector<double> x(60000, 1.0);
  x[5] = -HUGE_VAL;
  x[20011] = std::nan("");
  x[50000] = std::nan("");
  for (const int threads : {1, 4}) {
    CHECK(exec::argmin(exec::cpu(threads), std::span<const double>(x)) == 20011);
    CHECK(exec::argmax(exec::cpu(threads), std::span<const double>(x)) == 20011);
    CHECK(std::isnan(exec::max(exec::cpu(threads), std::span<const double>(x)).value));
  }
  CHECK_THROWS_WITH(exec::min(exec::cpu(1), std::span<const double>()), Contains("exec::min"));
}

TEST_CASE("reduce: refuses a device for a host functor", "[exec][reduce]") {
  exec::context device;
  device.where = exec::backend::cuda;
  CHECK_THROWS_AS(exec::transform_reduce(
                      device, 3, 0, [](std::int64_t) { return 1; }, [](int a, int b) { return a + b; }),
                  device_error);
}
