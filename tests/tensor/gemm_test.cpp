// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/gemm.hpp"

#include "credence/base/errors.hpp"
#include "credence/tensor/layout.hpp"
#include "support/catch.hpp"
#include "tensor/helpers.hpp"

using namespace credence;
using test::inf;
using test::not_a_number;

namespace {

/// The triple loop, in long double.
template <class T>
void check_product(const tensor<T>& a, const tensor<T>& b, const tensor<T>& before, const tensor<T>& got,
                   const gemm_options<T>& o) {
  const bool ta = o.a == transposed::yes, tb = o.b == transposed::yes;
  const std::int64_t m = got.extent(0), n = got.extent(1), k = ta ? a.extent(0) : a.extent(1);
  std::int64_t wrong = 0;
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      long double sum = 0.0L, magnitude = 0.0L;
      for (std::int64_t l = 0; l < k; ++l) {
        const long double term = static_cast<long double>(ta ? a(l, i) : a(i, l)) * (tb ? b(j, l) : b(l, j));
        sum += term;
        magnitude += std::abs(term);
      }
      const long double want =
          o.alpha * sum + (o.beta == T(0) ? 0.0L : static_cast<long double>(o.beta) * before(i, j));
      // k + 3 roundings at most, relative to the sum of magnitudes
      const long double bound = (static_cast<long double>(k) + 3) * std::numeric_limits<T>::epsilon() *
                                (std::abs(o.alpha) * magnitude + std::abs(o.beta * before(i, j)));
      wrong += std::abs(got(i, j) - want) <= bound ? 0 : 1;
    }
  }
  CHECK(wrong == 0);
}

template <class T>
void check_all_forms() {
  struct sizes {
    std::int64_t m, n, k;
  };
  for (const sizes s :
       {sizes{1, 1, 1}, {31, 1, 7}, {1, 31, 5}, {597, 43, 29}, {43, 1100, 17}, {260, 260, 3}, {3, 4, 0}}) {
    for (const transposed ta : {transposed::no, transposed::yes}) {
      for (const transposed tb : {transposed::no, transposed::yes}) {
        for (const T beta : {T(0), T(-0.5)}) {
          CAPTURE(s.m, s.n, s.k, static_cast<int>(ta), static_cast<int>(tb), beta);
          const gemm_options<T> options{ta, tb, T(1.25), beta};
          const auto a =
              test::random_tensor<T>(ta == transposed::yes ? tensor_shape{s.k, s.m} : tensor_shape{s.m, s.k});
          const auto b =
              test::random_tensor<T>(tb == transposed::yes ? tensor_shape{s.n, s.k} : tensor_shape{s.k, s.n}, 2);
          auto c = test::random_tensor<T>({s.m, s.n}, 3);
          const auto before = c;
          gemm(exec::cpu(2), a.template view<2>(), b.template view<2>(), c.template view<2>(), options);
          check_product(a, b, before, c, options);
          auto serial = before;
          gemm(exec::cpu(1), a.template view<2>(), b.template view<2>(), serial.template view<2>(), options);
          CHECK(test::same_bits(serial, c));
        }
      }
    }
  }
}

}  // namespace

TEST_CASE("gemm: agrees with the triple loop in every form", "[tensor][gemm]") {
  SECTION("f64") { check_all_forms<double>(); }
  SECTION("f32") { check_all_forms<float>(); }
}

TEST_CASE("gemm: the same bits on any number of threads", "[tensor][gemm]") {
  const auto a = test::random_tensor({700, 300}), b = test::random_tensor({300, 1500}, 2);
  const auto one = matmul(exec::cpu(1), a, b);
  for (const int threads : {2, 3, 8}) CHECK(test::same_bits(matmul(exec::cpu(threads), a, b), one));
}

TEST_CASE("gemm: works inside larger matrices, and with any strides through matmul", "[tensor][gemm]") {
  tensor<double> big({10, 20});
  const auto a = test::random_tensor({4, 6}), b = test::random_tensor({6, 5}, 2);
  gemm(exec::context{}, a.view<2>(), b.view<2>(), big.array().slice(0, 2, 6).slice(1, 3, 8).view<2>());
  const auto want = matmul(exec::context{}, a, b);
  CHECK(to_tensor(exec::context{}, big.array().slice(0, 2, 6).slice(1, 3, 8)) == want);
  CHECK(big(1, 3) == 0.0);
  CHECK(big(2, 8) == 0.0);
  CHECK(test::same_bits(matmul(exec::cpu(2), test::make_strided(a).seen, test::make_strided(b).seen), want));
}

TEST_CASE("gemm: infinities and NaN", "[tensor][gemm]") {
  tensor<double> a({2, 2}, {1, 0, 0, 1}), b({2, 2}, {inf, 1, 2, 3});
  auto c = tensor<double>::filled({2, 2}, not_a_number);
  gemm(exec::context{}, a.view<2>(), b.view<2>(), c.view<2>());  // beta 0: c is not read
  CHECK(c(0, 0) == inf);
  CHECK(c(0, 1) == 1.0);
  CHECK(std::isnan(c(1, 0)));  // 0 * infinity
  CHECK(c(1, 1) == 3.0);
}

TEST_CASE("gemm_batched: one product for each index, with shared operands", "[tensor][gemm]") {
  const auto a = test::random_tensor({9, 33, 12}), b = test::random_tensor({9, 12, 21}, 2);
  tensor<double> c({9, 33, 21});
  gemm_batched(exec::cpu(2), a.view<3>(), b.view<3>(), c.view<3>());
  for (std::int64_t i = 0; i < 9; ++i) {
    const auto one = matmul(exec::context{}, a.array().at(0, i), b.array().at(0, i));
    CHECK(to_tensor(exec::context{}, c.array().at(0, i)) == one);
  }
  const array_view<const double> shared = b.array().slice(0, 0, 1).broadcast_to({9, 12, 21});
  gemm_batched(exec::cpu(2), a.view<3>(), shared.view<3>(), c.view<3>());
  CHECK(to_tensor(exec::context{}, c.array().at(0, 8)) ==
        matmul(exec::context{}, a.array().at(0, 8), b.array().at(0, 0)));
}

TEST_CASE("matmul: precision policies round where they say", "[tensor][gemm]") {
  const exec::context ctx = exec::cpu(2);
  const auto a = test::random_tensor({31, 64}), b = test::random_tensor({64, 17}, 2);
  const auto a16 = cast<bfloat16>(ctx, a), b16 = cast<bfloat16>(ctx, b);
  const auto exact = matmul(ctx, cast<double>(ctx, a16), cast<double>(ctx, b16));
  const auto wide = cast<double>(ctx, matmul(ctx, a16, b16));
  for (std::int64_t i = 0; i < exact.size(); ++i) {
    // one rounding to bf16, and f32 sums of 64 products below 4
    REQUIRE(std::abs(wide[i] - exact[i]) <= 0x1p-8 * std::abs(exact[i]) + 64 * 0x1p-24 * 256);
  }
  // f64 storage, bf16 operands, f64 sums: the exact product of rounded operands
  CHECK(matmul(ctx, a, b, precision{dtype::f64, dtype::bf16, dtype::f64}) == exact);
  // 256 + 1 = 256 in bf16 storage; sums of f32 keep the one
  const auto ones = tensor<bfloat16>::filled({1, 257}, to_bfloat16(1.0F));
  const auto column = tensor<bfloat16>::filled({257, 1}, to_bfloat16(1.0F));
  CHECK(to_float(matmul(ctx, ones, column)[0]) == 256.0F);
  const auto half = tensor<float16>::filled({1, 2049}, to_float16(1.0F));
  const auto half_column = tensor<float16>::filled({2049, 1}, to_float16(1.0F));
  CHECK(to_float(matmul(ctx, half, half_column)[0]) == 2048.0F);
  CHECK_THROWS_WITH(matmul(ctx, a, b, precision{dtype::f32, dtype::f32, dtype::f32}), Contains("storage"));
  CHECK_THROWS_WITH(matmul(ctx, a, b, precision{dtype::f64, dtype::i32, dtype::f64}), Contains("compute"));
  CHECK_THROWS_WITH(matmul(ctx, a, b, precision{dtype::f64, dtype::f64, dtype::bf16}), Contains("accumulate"));
}

TEST_CASE("gemv: agrees with the loop, whatever the strides, to the bit", "[tensor][gemm]") {
  for (const tensor_shape& shape :
       {tensor_shape{1, 1}, tensor_shape{597, 43}, tensor_shape{43, 597}, tensor_shape{5, 0}}) {
    const auto a = test::random_tensor(shape);
    const auto turned = permute(exec::context{}, a, {1, 0});
    const auto x = test::random_tensor({shape[1]}, 2);
    const auto before = test::random_tensor({shape[0]}, 3);
    for (const double beta : {0.0, 0.5}) {
      auto y = before, y_turned = before;
      gemv(exec::cpu(2), a.view<2>(), x.view<1>(), y.view<1>(), {.alpha = 2.0, .beta = beta});
      gemv(exec::cpu(1), turned.view<2>(), x.view<1>(), y_turned.view<1>(),
           {.a = transposed::yes, .alpha = 2.0, .beta = beta});
      CHECK(test::same_bits(y, y_turned));
      for (std::int64_t i = 0; i < shape[0]; ++i) {
        double lane[8] = {};
        for (std::int64_t j = 0; j < shape[1]; ++j) lane[j % 8] = std::fma(a(i, j), x[j], lane[j % 8]);
        const double sum = ((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7]));
        REQUIRE(y[i] == (beta == 0.0 ? 2.0 * sum : std::fma(beta, before[i], 2.0 * sum)));
      }
    }
  }
}

TEST_CASE("gemm: names what does not fit", "[tensor][gemm]") {
  const exec::context ctx;
  tensor<double> a({2, 3}), b({4, 5}), c({2, 5});
  CHECK_THROWS_WITH(gemm(ctx, a.view<2>(), b.view<2>(), c.view<2>()), Contains("inner axis of b has 4"));
  CHECK_THROWS_AS(gemm(ctx, a.array().permuted({1, 0}).view<2>(), b.view<2>(), c.view<2>()), shape_error);
  CHECK_THROWS_AS(matmul(ctx, a, tensor<double>({3})), shape_error);
  tensor<double> y({2});
  CHECK_THROWS_AS(gemv(ctx, a.view<2>(), y.view<1>(), y.view<1>()), shape_error);
  if (!exec::built_with_cuda()) {
    const exec::context gpu{exec::backend::cuda, 1, 0, nullptr};
    tensor<double> d({3, 5});
    CHECK_THROWS_AS(gemm(gpu, a.view<2>(), d.view<2>(), c.view<2>()), not_built_error);
  }
}
