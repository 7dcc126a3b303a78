// SPDX-License-Identifier: BSD-3-Clause
// Runs on a device; skipped where there is none.
#include "credence/exec/copy.hpp"
#include "credence/exec/scan.hpp"
#include "credence/exec/sort.hpp"
#include "credence/tensor/random_fill.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <numeric>

using namespace credence;

namespace {

template <class T>
std::vector<T> to_host(const exec::buffer<T>& device) {
  std::vector<T> host(static_cast<std::size_t>(device.size()));
  exec::copy(device, std::span<T>(host));
  return host;
}

template <class T>
exec::buffer<T> to_device(const std::vector<T>& host) {
  exec::buffer<T> device(exec::cuda(), static_cast<std::int64_t>(host.size()));
  exec::copy(std::span<const T>(host), device);
  return device;
}

std::vector<double> some_numbers(std::size_t n) {
  std::vector<double> x(n);
  for (std::size_t i = 0; i < n; ++i) x[i] = static_cast<double>((i * 7919) % 1009) - 500.0;
  return x;
}

}  // namespace

#define CREDENCE_REQUIRE_DEVICE() \
  if (exec::cuda_device_count() == 0) CREDENCE_SKIP("there is no CUDA device")

TEST_CASE("cuda: copies there and back", "[exec][cuda]") {
  CREDENCE_REQUIRE_DEVICE();
  const std::vector<double> x = some_numbers(100003);
  CHECK(to_host(to_device(x)) == x);
  CHECK(to_host(exec::clone(exec::clone(to_device(x), exec::cpu()), exec::cuda())) == x);
}

TEST_CASE("cuda: a device that is not there is refused by number", "[exec][cuda]") {
  CHECK_THROWS_AS(exec::cuda(exec::cuda_device_count()), device_error);
}

TEST_CASE("cuda: sums, extrema and scans agree with the CPU", "[exec][cuda]") {
  CREDENCE_REQUIRE_DEVICE();
  const std::size_t n = GENERATE(1, 31, 100003);
  const std::vector<double> x = some_numbers(n);
  const exec::context ctx = exec::cuda(), cpu = exec::cpu();
  const exec::buffer<double> d = to_device(x);
  const std::span<const double> host(x);
  CHECK(exec::sum(ctx, d.span()) == exec::sum(cpu, host));  // whole numbers: exact in any order
  CHECK(exec::argmin(ctx, d.span()) == exec::argmin(cpu, host));
  CHECK(exec::argmax(ctx, d.span()) == exec::argmax(cpu, host));
  exec::buffer<double> scanned(ctx, d.size());
  std::vector<double> expected(n);
  exec::cumulative_sum<double>(ctx, d.span(), scanned.span());
  exec::cumulative_sum<double>(cpu, host, expected);
  CHECK(to_host(scanned) == expected);
  exec::cumulative_sum_before<double>(ctx, d.span(), scanned.span());
  exec::cumulative_sum_before<double>(cpu, host, expected);
  CHECK(to_host(scanned) == expected);
}

TEST_CASE("cuda: sorts agree with the CPU", "[exec][cuda]") {
  CREDENCE_REQUIRE_DEVICE();
  std::vector<double> x = some_numbers(50021);
  x[17] = -0.0;
  x[40000] = HUGE_VAL;
  const exec::context ctx = exec::cuda();
  exec::buffer<double> d = to_device(x);
  exec::buffer<std::int64_t> order(ctx, d.size());
  std::vector<std::int64_t> expected_order(x.size());
  exec::argsort<double>(ctx, std::as_const(d).span(), order.span());
  exec::argsort<double>(exec::cpu(), x, expected_order);
  CHECK(to_host(order) == expected_order);
  exec::sort<double>(ctx, d.span());
  exec::sort<double>(exec::cpu(), x);
  CHECK(to_host(d) == x);
}

TEST_CASE("cuda: random fills give the bits of the CPU", "[random][cuda]") {
  CREDENCE_REQUIRE_DEVICE();
  const rng_key key{42, 7};
  const std::int64_t n = 100003;
  const exec::context ctx = exec::cuda();
  exec::buffer<double> d(ctx, n);
  exec::buffer<float> f(ctx, n);
  exec::buffer<std::int64_t> k(ctx, n);
  std::vector<double> expected(static_cast<std::size_t>(n));
  std::vector<float> expected_f(expected.size());
  std::vector<std::int64_t> expected_k(expected.size());
  random::fill_uniform(ctx, key, d.span(), 3), random::fill_uniform(key, std::span(expected), 3);
  CHECK(to_host(d) == expected);
  random::fill_normal(ctx, key, d.span(), 3), random::fill_normal(key, std::span(expected), 3);
  CHECK(to_host(d) == expected);
  random::fill_normal(ctx, key, f.span(), 3), random::fill_normal(key, std::span(expected_f), 3);
  CHECK(to_host(f) == expected_f);
  random::fill_gumbel(ctx, key, f.span(), 3), random::fill_gumbel(key, std::span(expected_f), 3);
  CHECK(to_host(f) == expected_f);
  for (const double shape : {0.3, 2.5}) {
    random::fill_gamma(ctx, key, shape, d.span(), 3), random::fill_gamma(key, shape, expected, 3);
    CHECK(to_host(d) == expected);
  }
  for (const double rate : {3.0, 55.0}) {
    random::fill_poisson(ctx, key, rate, k.span(), 3), random::fill_poisson(key, rate, expected_k, 3);
    CHECK(to_host(k) == expected_k);
  }
}
