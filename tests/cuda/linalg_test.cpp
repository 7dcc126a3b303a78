// SPDX-License-Identifier: BSD-3-Clause
// Runs on a device; skipped where there is none.
#include "credence/tensor/linalg.hpp"
#include "credence/random/normal.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <cmath>

using namespace credence;

namespace {

tensor<double> some_matrix(std::int64_t rows, std::int64_t columns, std::uint64_t seed) {
  tensor<double> out({rows, columns});
  for (std::int64_t i = 0; i < out.size(); ++i) {
    out[i] = random::normal(rng_key{seed, 1}, static_cast<std::uint64_t>(i));
  }
  return out;
}

tensor<double> positive_definite(std::int64_t n) {
  const tensor<double> a = some_matrix(n, n, 3);
  tensor<double> out = matmul(exec::cpu(), a, a, {.b = transposed::yes});
  for (std::int64_t i = 0; i < n; ++i) out(i, i) += static_cast<double>(n);
  return out;
}

/// The largest difference, relative to the largest element.
double distance(const tensor<double>& device, const tensor<double>& host) {
  const tensor<double> back = device.copy_to(exec::cpu());
  REQUIRE(back.shape() == host.shape());
  double largest = 0.0, difference = 0.0;
  for (std::int64_t i = 0; i < host.size(); ++i) {
    largest = std::max(largest, std::abs(host[i]));
    difference = std::max(difference, std::abs(back[i] - host[i]));
  }
  return difference / largest;
}

}  // namespace

#define CREDENCE_REQUIRE_DEVICE() \
  if (exec::cuda_device_count() == 0) CREDENCE_SKIP("there is no CUDA device")

// Both sides are backward stable; the matrices have condition numbers below 100 (1e4 for the eigenvectors' gaps), so
// that 1e-12 (1e-10) leaves a factor of 50 over n ulp.
TEST_CASE("cuda: factorisations and solves are those of the CPU", "[tensor][linalg][cuda]") {
  CREDENCE_REQUIRE_DEVICE();
  const exec::context gpu = exec::cuda(), cpu = exec::cpu();
  const std::int64_t n = GENERATE(1, 7, 64, 130);
  CAPTURE(n);
  const tensor<double> a = positive_definite(n), b = some_matrix(n, 3, 5);
  const tensor<double> device_a = a.copy_to(gpu), device_b = b.copy_to(gpu);
  const tensor<double> l = cholesky(cpu, a), device_l = cholesky(gpu, device_a);
  CHECK(distance(device_l, l) < 1e-12);
  CHECK(distance(cholesky_solve(gpu, device_l, device_b), cholesky_solve(cpu, l, b)) < 1e-12);
  for (const transposed turn : {transposed::no, transposed::yes}) {
    const triangular_options options{.transpose = turn};
    CHECK(distance(solve_triangular(gpu, device_l, device_b, options), solve_triangular(cpu, l, b, options)) < 1e-12);
  }
  CHECK(distance(solve(gpu, device_a, device_b), solve(cpu, a, b)) < 1e-12);
  const auto host = eigen_symmetric(cpu, a), device = eigen_symmetric(gpu, device_a);
  CHECK(distance(device.values, host.values) < 1e-12);
  CHECK(distance(device.vectors, host.vectors) < 1e-10);
}

TEST_CASE("cuda: QR and singular values, tall and wide", "[tensor][linalg][cuda]") {
  CREDENCE_REQUIRE_DEVICE();
  const exec::context gpu = exec::cuda(), cpu = exec::cpu();
  const auto [rows, columns] =
      GENERATE(std::pair<std::int64_t, std::int64_t>{9, 4}, std::pair<std::int64_t, std::int64_t>{4, 9},
               std::pair<std::int64_t, std::int64_t>{60, 40});
  CAPTURE(rows, columns);
  const tensor<double> a = some_matrix(rows, columns, 11), device_a = a.copy_to(gpu);
  const auto host = qr(cpu, a), device = qr(gpu, device_a);
  CHECK(distance(device.q, host.q) < 1e-12);
  CHECK(distance(device.r, host.r) < 1e-12);
  const auto host_svd = svd(cpu, a), device_svd = svd(gpu, device_a);
  CHECK(distance(device_svd.singular_values, host_svd.singular_values) < 1e-12);
  CHECK(distance(device_svd.u, host_svd.u) < 1e-10);
  CHECK(distance(device_svd.vt, host_svd.vt) < 1e-10);
}

TEST_CASE("cuda: linear algebra says what is wrong", "[tensor][linalg][cuda]") {
  CREDENCE_REQUIRE_DEVICE();
  const exec::context gpu = exec::cuda();
  const tensor<double> indefinite = tensor<double>({2, 2}, {1.0, 0.0, 0.0, -1.0}).copy_to(gpu);
  CHECK_THROWS_WITH(cholesky(gpu, indefinite), Contains("leading minor of order 2"));
  const tensor<double> singular = tensor<double>({2, 2}, {1.0, 2.0, 2.0, 4.0}).copy_to(gpu);
  CHECK_THROWS_WITH(solve(gpu, singular, indefinite), Contains("singular"));
  const tensor<double> bad = tensor<double>({1, 2}, {1.0, std::nan("")}).copy_to(gpu);
  CHECK_THROWS_WITH(qr(gpu, bad), Contains("a(0, 1)"));
}
