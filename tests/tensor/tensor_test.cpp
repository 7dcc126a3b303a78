// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/tensor.hpp"

#include "credence/base/errors.hpp"
#include "credence/tensor/elementwise.hpp"
#include "credence/tensor/layout.hpp"
#include "support/catch.hpp"
#include "tensor/helpers.hpp"

using namespace credence;

TEST_CASE("tensor: owns aligned row-major memory and copies by value", "[tensor]") {
  tensor<double> a({2, 3}, {1, 2, 3, 4, 5, 6});
  CHECK(reinterpret_cast<std::uintptr_t>(a.data()) % 64 == 0);
  CHECK(a(1, 2) == 6.0);
  CHECK(a.view<2>()(1, 0) == 4.0);
  const tensor<double> b = a;
  a(0, 0) = 9.0;
  CHECK(b(0, 0) == 1.0);
  tensor<double> c = std::move(a);
  CHECK(c(0, 0) == 9.0);
  CHECK(a.empty());  // NOLINT: moved-from tensors are empty, by promise
  c = b;
  CHECK(c == b);
  CHECK(tensor<double>({2, 2}) == tensor<double>({2, 2}, {0, 0, 0, 0}));
  CHECK(tensor<double>(tensor_shape{}).size() == 1);
  CHECK(tensor<double>().size() == 0);
  CHECK(b.copy_to(exec::cpu(2)) == b);
  CHECK(tensor<double>(b).reshaped({3, 2})(2, 1) == 6.0);
}

TEST_CASE("tensor: refuses what does not fit", "[tensor]") {
  CHECK_THROWS_AS(tensor<double>({2, 2}, {1, 2, 3}), shape_error);
  CHECK_THROWS_WITH(tensor_shape({2, -1}), Contains("axis 1 is -1"));
  CHECK_THROWS_AS(tensor_shape({1LL << 40, 1LL << 40}), shape_error);
  CHECK_THROWS_AS(tensor<double>({2, 3}).view<3>(), shape_error);
  CHECK_THROWS_AS(tensor<double>({2, 3}).reshaped({5}), shape_error);
#ifndef __SANITIZE_ADDRESS__  // the address sanitizer ends the program at such sizes
  CHECK_THROWS_AS(tensor<double>({1LL << 50}), memory_error);
#endif
  const exec::context gpu{exec::backend::cuda, 1, 0, nullptr};
  if (!exec::built_with_cuda()) {
    CHECK_THROWS_AS(tensor<double>(gpu, {2}), not_built_error);
    CHECK_THROWS_AS(apply(gpu, unary_op::exp, tensor<double>({2})), not_built_error);
  }
}

TEST_CASE("array_view: slices, permutes and broadcasts without moving", "[tensor]") {
  const tensor<double> a({2, 3}, {1, 2, 3, 4, 5, 6});
  const array_view<const double> v(a);
  CHECK(v.contiguous());
  const auto t = v.permuted({1, 0});
  CHECK(t.shape() == tensor_shape{3, 2});
  CHECK(t(2, 1) == 6.0);
  CHECK(!t.contiguous());
  CHECK(v.slice(1, 0, 3, 2)(1, 1) == 6.0);
  CHECK(v.at(0, 1)(2) == 6.0);
  CHECK(v.at(-1, 0)(1) == 4.0);
  CHECK(v.broadcast_to({4, 2, 3})(3, 1, 1) == 5.0);
  CHECK_THROWS_AS(v.broadcast_to({3}), shape_error);
  CHECK_THROWS_AS(v.broadcast_to({2, 4}), shape_error);
  CHECK_THROWS_AS(v.permuted({0, 0}), shape_error);
  CHECK_THROWS_AS(v.permuted({0}), shape_error);
  CHECK_THROWS_AS(v.slice(1, 2, 4), shape_error);
  CHECK_THROWS_AS(v.at(2, 0), shape_error);
  const array_view<const double> from_view = view<const double, 2>(a.data(), 2, 3);
  CHECK(from_view(1, 1) == 5.0);
}

TEST_CASE("layout: results are row-major in the stated order", "[tensor][layout]") {
  const exec::context ctx = exec::cpu(3);
  const tensor_shape shape = GENERATE(tensor_shape{1}, tensor_shape{31, 1, 5}, tensor_shape{597, 43},
                                      tensor_shape{3, 0, 2}, tensor_shape{7, 33, 65});
  const auto x = test::random_tensor(shape);
  std::vector<int> order;
  for (int d = shape.rank() - 1; d >= 0; --d) order.push_back(d);
  const auto turned = permute(ctx, x, order);
  const auto from_strided = permute(ctx, test::make_strided(x).seen, order);
  CHECK(turned == from_strided);
  for (std::int64_t i = 0; i < x.size(); ++i) {
    auto index = test::index_of(shape, i);
    std::reverse(index.begin(), index.end());
    if (turned[test::position_of(turned.shape(), index)] != x[i]) FAIL("permute at " << i);
  }
  CHECK(to_tensor(ctx, test::make_strided(x).seen) == x);
  const auto small = cast<std::uint8_t>(ctx, x);
  CHECK(permute(ctx, permute(ctx, small, order), order) == small);
  const auto half = cast<bfloat16>(ctx, x);
  CHECK(permute(ctx, permute(ctx, half, order), order) == half);
}

TEST_CASE("layout: concatenate and repeat_interleave", "[tensor][layout]") {
  const exec::context ctx;
  const tensor<double> a({2, 2}, {1, 2, 3, 4}), b({2, 1}, {5, 6});
  CHECK(concatenate<double>(ctx, {a, b}, 1) == tensor<double>({2, 3}, {1, 2, 5, 3, 4, 6}));
  CHECK(concatenate<double>(ctx, {a, a}, -2) == tensor<double>({4, 2}, {1, 2, 3, 4, 1, 2, 3, 4}));
  CHECK_THROWS_AS(concatenate<double>(ctx, {a, b}, 0), shape_error);
  CHECK_THROWS_AS(concatenate<double>(ctx, {}, 0), shape_error);
  CHECK(repeat_interleave(ctx, a, 0, 2) == tensor<double>({4, 2}, {1, 2, 1, 2, 3, 4, 3, 4}));
  CHECK(repeat_interleave(ctx, a, 1, 2) == tensor<double>({2, 4}, {1, 1, 2, 2, 3, 3, 4, 4}));
  const std::vector<std::int64_t> times{0, 3};
  CHECK(repeat_interleave(ctx, a, 1, times) == tensor<double>({2, 3}, {2, 2, 2, 4, 4, 4}));
  CHECK(repeat_interleave(ctx, a, 1, 0).shape() == tensor_shape{2, 0});
  CHECK_THROWS_AS(repeat_interleave(ctx, a, 1, -1), domain_error);
  CHECK(reshape(ctx, a.array().permuted({1, 0}), {4}) == tensor<double>({4}, {1, 3, 2, 4}));
}
