// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/linalg.hpp"

#include "credence/base/errors.hpp"
#include "credence/tensor/layout.hpp"
#include "credence/tensor/reduce.hpp"
#include "support/catch.hpp"
#include "tensor/helpers.hpp"

#include <complex>

using namespace credence;

namespace {

const exec::context ctx;

template <class T>
double largest_difference(const tensor<T>& a, const tensor<T>& b) {
  REQUIRE(a.shape() == b.shape());
  double worst = 0.0;
  for (std::int64_t i = 0; i < a.size(); ++i) {
    const double difference = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
    worst = difference > worst || difference != difference ? difference : worst;
  }
  return worst;
}

template <class T>
tensor<T> identity(std::int64_t n) {
  tensor<T> out({n, n});
  for (std::int64_t i = 0; i < n; ++i) out(i, i) = 1;
  return out;
}

template <class T>
tensor<T> gram(const tensor<T>& a) {
  return matmul(ctx, a, a, {.a = transposed::yes});
}

/// A well-conditioned positive definite matrix.
template <class T>
tensor<T> positive_definite(std::int64_t n, unsigned seed) {
  tensor<T> a = gram(test::random_tensor<T>({n + 5, n}, seed));
  for (std::int64_t i = 0; i < n; ++i) a(i, i) += static_cast<T>(n);
  return a;
}

template <class T>
void check_factorisations() {
  const double epsilon = std::numeric_limits<T>::epsilon();
  for (const std::int64_t n : {1, 2, 31, 130}) {
    CAPTURE(n);
    const double size = static_cast<double>(n);
    const tensor<T> a = positive_definite<T>(n, 4);
    const double scale = static_cast<double>(reduce(ctx, reduce_op::absolute_maximum, a)[0]);
    const tensor<T> l = cholesky(ctx, a);
    for (std::int64_t i = 0; i < n; ++i) {
      CHECK(l(i, i) > 0);
      for (std::int64_t j = i + 1; j < n; ++j) REQUIRE(l(i, j) == 0);
    }
    // backward errors: a small multiple of n ulp of the matrix
    CHECK(largest_difference(matmul(ctx, l, l, {.b = transposed::yes}), a) <= 8 * size * epsilon * scale);
    const tensor<T> b = test::random_tensor<T>({n, 3}, 5);
    // condition number below 20: forward errors a small multiple of n ulp of the solution
    const double forward = 400 * size * epsilon;
    CHECK(largest_difference(matmul(ctx, a, cholesky_solve(ctx, l, b)), b) <= forward);
    CHECK(largest_difference(matmul(ctx, a, solve(ctx, a, b)), b) <= forward);
    CHECK(largest_difference(matmul(ctx, l, solve_triangular(ctx, l, b)), b) <= forward);
    const tensor<T> u = permute(ctx, l, {1, 0});
    CHECK(largest_difference(matmul(ctx, u, solve_triangular(ctx, u, b, {.which = triangle::upper})), b) <= forward);
    CHECK(largest_difference(solve_triangular(ctx, l, b, {.transpose = transposed::yes}),
                             solve_triangular(ctx, u, b, {.which = triangle::upper})) <= forward);
    CHECK(largest_difference(solve_triangular(ctx, u, b, {triangle::upper, transposed::yes}),
                             solve_triangular(ctx, l, b)) <= forward);
    double log_det = 0.0;
    for (std::int64_t i = 0; i < n; ++i) log_det += 2.0 * std::log(static_cast<double>(l(i, i)));
    const auto det = log_determinant(ctx, a);
    CHECK(det.sign == 1);
    CHECK(std::abs(det.log_absolute - log_det) <= 20 * size * epsilon * std::max(1.0, std::abs(log_det)));

    const auto eigen = eigen_symmetric(ctx, a);
    CHECK(largest_difference(gram(eigen.vectors), identity<T>(n)) <= 8 * size * epsilon);
    tensor<T> scaled = eigen.vectors;
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t j = 0; j < n; ++j) scaled(i, j) *= eigen.values[j];
      if (i > 0) CHECK(eigen.values[i - 1] <= eigen.values[i]);
    }
    CHECK(largest_difference(matmul(ctx, scaled, eigen.vectors, {.b = transposed::yes}), a) <=
          20 * size * epsilon * scale);
  }
  for (const tensor_shape& shape :
       {tensor_shape{1, 1}, tensor_shape{31, 7}, tensor_shape{7, 31}, tensor_shape{60, 60}}) {
    const tensor<T> a = test::random_tensor<T>(shape, 6);
    const std::int64_t k = std::min(shape[0], shape[1]);
    const double bound = 40 * epsilon * static_cast<double>(shape[0] + shape[1]);
    const auto f = qr(ctx, a);
    CHECK(largest_difference(gram(f.q), identity<T>(k)) <= bound);
    CHECK(largest_difference(matmul(ctx, f.q, f.r), a) <= bound);
    for (std::int64_t i = 0; i < k; ++i) {
      CHECK(f.r(i, i) >= 0);
      for (std::int64_t j = 0; j < i; ++j) REQUIRE(f.r(i, j) == 0);
    }
    const auto s = svd(ctx, a);
    CHECK(largest_difference(gram(s.u), identity<T>(k)) <= bound);
    CHECK(largest_difference(matmul(ctx, s.vt, s.vt, {.b = transposed::yes}), identity<T>(k)) <= bound);
    tensor<T> us = s.u;
    for (std::int64_t i = 0; i < shape[0]; ++i) {
      for (std::int64_t j = 0; j < k; ++j) us(i, j) *= s.singular_values[j];
    }
    CHECK(largest_difference(matmul(ctx, us, s.vt), a) <= bound);
    for (std::int64_t j = 1; j < k; ++j) CHECK(s.singular_values[j - 1] >= s.singular_values[j]);
    CHECK(test::same_bits(svd(ctx, test::make_strided(a).seen).u, s.u));
  }
}

}  // namespace

TEST_CASE("linalg: factors multiply back and solutions solve", "[tensor][linalg]") {
  SECTION("f64") { check_factorisations<double>(); }
  SECTION("f32") { check_factorisations<float>(); }
}

TEST_CASE("cholesky: names the leading minor that is not positive", "[tensor][linalg]") {
  const tensor<double> a({3, 3}, {4, 2, 0, 2, 1, 0, 0, 0, 1});  // the second minor is 4 * 1 - 2 * 2 = 0
  CHECK_THROWS_WITH(cholesky(ctx, a), Contains("leading minor of order 2 is 0") && Contains("positive"));
  CHECK_THROWS_WITH(cholesky(ctx, tensor<double>({1, 1}, {-1})), Contains("leading minor of order 1 is -1"));
  auto large = positive_definite<double>(100, 1);
  large(77, 77) = -5.0;
  CHECK_THROWS_WITH(cholesky(ctx, large), Contains("leading minor of order 78"));
  tensor<double> poisoned({2, 2}, {1, 0, test::not_a_number, 1});
  CHECK_THROWS_WITH(cholesky(ctx, poisoned), Contains("a(1, 0) is NaN"));
  poisoned = tensor<double>({2, 2}, {1, test::not_a_number, 0, 1});  // the upper triangle is not read
  CHECK(cholesky(ctx, poisoned) == identity<double>(2));
  CHECK_THROWS_AS(cholesky(ctx, tensor<double>({2, 3})), shape_error);
}

TEST_CASE("linalg: known answers", "[tensor][linalg]") {
  // Wilkinson's book example of a symmetric matrix: [[2, 1], [1, 2]] has eigenvalues 1 and 3
  const auto pair = eigen_symmetric(ctx, tensor<double>({2, 2}, {2, 1, 1, 2}));
  CHECK(pair.values[0] == Approx(1.0).epsilon(1e-15));
  CHECK(pair.values[1] == Approx(3.0).epsilon(1e-15));
  CHECK(pair.vectors(0, 1) == Approx(std::sqrt(0.5)).epsilon(1e-15));
  // a rotation by 90 degrees has eigenvalues i and -i
  const auto rotation = eigen_general(ctx, tensor<double>({2, 2}, {0, -1, 1, 0}));
  CHECK(rotation.real[0] == Approx(0.0).margin(1e-15));
  CHECK(rotation.imaginary[0] == Approx(1.0).epsilon(1e-15));
  CHECK(rotation.imaginary[1] == Approx(-1.0).epsilon(1e-15));
  // Hilbert matrix of order 4: determinant 1 / 6048000
  tensor<double> hilbert({4, 4});
  for (std::int64_t i = 0; i < 4; ++i) {
    for (std::int64_t j = 0; j < 4; ++j) hilbert(i, j) = 1.0 / static_cast<double>(i + j + 1);
  }
  CHECK(log_determinant(ctx, hilbert).log_absolute == Approx(-std::log(6048000.0)).epsilon(1e-12));
  const tensor<double> swap({2, 2}, {0, 1, 1, 0}), singular({2, 2}, {1, 2, 2, 4});
  CHECK(log_determinant(ctx, swap).sign == -1);
  CHECK(log_determinant(ctx, swap).log_absolute == 0.0);
  CHECK(log_determinant(ctx, singular).sign == 0);
  CHECK(log_determinant(ctx, tensor<double>({0, 0})).sign == 1);
  CHECK_THROWS_WITH(solve(ctx, singular, tensor<double>({2}, {1, 1})), Contains("singular"));
  CHECK(solve(ctx, swap, tensor<double>({2}, {5, 7})) == tensor<double>({2}, {7, 5}));
  CHECK_THROWS_WITH(solve_triangular(ctx, tensor<double>({2, 2}, {1, 0, 1, 0}), tensor<double>({2})),
                    Contains("diagonal element 1"));
  CHECK_THROWS_AS(solve(ctx, swap, tensor<double>({3})), shape_error);
}

TEST_CASE("eigen_general: pairs solve the eigenvalue equation", "[tensor][linalg]") {
  const std::int64_t n = 31;
  const auto a = test::random_tensor({n, n}, 12);
  const auto e = eigen_general(ctx, a);
  double trace = 0.0, sum = 0.0;
  for (std::int64_t j = 0; j < n; ++j) {
    trace += a(j, j);
    sum += e.real[j];
    const std::complex<double> value(e.real[j], e.imaginary[j]);
    double length = 0.0, worst = 0.0;
    for (std::int64_t i = 0; i < n; ++i) {
      std::complex<double> image = 0.0;
      for (std::int64_t k = 0; k < n; ++k) {
        image += a(i, k) * std::complex<double>(e.vectors_real(k, j), e.vectors_imaginary(k, j));
      }
      const std::complex<double> own(e.vectors_real(i, j), e.vectors_imaginary(i, j));
      worst = std::max(worst, std::abs(image - value * own));
      length += std::norm(own);
    }
    CHECK(worst < 1e-12);  // 31 ulp of a matrix of norm about 7, some dozen times
    CHECK(length == Approx(1.0).epsilon(1e-14));
  }
  CHECK(sum == Approx(trace).epsilon(1e-12));
  CHECK_THROWS_AS(eigen_general(ctx, tensor<double>({1, 1}, {test::inf})), domain_error);
}
