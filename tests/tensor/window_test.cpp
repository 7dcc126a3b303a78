// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/window.hpp"

#include "credence/base/errors.hpp"
#include "credence/tensor/gather.hpp"
#include "credence/tensor/layout.hpp"
#include "credence/tensor/matrix_chain.hpp"
#include "credence/tensor/scan.hpp"
#include "support/catch.hpp"
#include "tensor/helpers.hpp"

using namespace credence;
using test::inf;
using test::not_a_number;

TEST_CASE("T50: the sliding window maximum of the lecture notes", "[tensor][window][textbook]") {
  const tensor<double> x({8}, {1, 3, -1, -3, 5, 3, 6, 7});
  CHECK(sliding_maximum(exec::context{}, x, 3, 0) == tensor<double>({6}, {3, 3, 5, 5, 6, 7}));
}

TEST_CASE("T61: cross-correlation of a 3x3 input with a 2x2 kernel", "[tensor][window][textbook]") {
  const tensor<double> x({3, 3}, {0, 1, 2, 3, 4, 5, 6, 7, 8}), kernel({2, 2}, {0, 1, 2, 3});
  CHECK(cross_correlate(exec::context{}, x, kernel) == tensor<double>({2, 2}, {19, 25, 37, 43}));
}

TEST_CASE("T72: the order of a matrix chain decides the cost", "[tensor][textbook]") {
  // A is 1000 x 1, C is 1 x 1000, P is 1000 x 1
  const std::int64_t sizes[] = {1000, 1, 1000, 1};
  CHECK(left_to_right_multiplications(sizes) == 2000000);
  const auto plan = matrix_chain_order(sizes);
  CHECK(plan.multiplications == 2000);
  CHECK(plan.bracketing == "(A0 (A1 A2))");
  // Cormen et al., section 15.2: six matrices, 15125 multiplications
  const std::int64_t book[] = {30, 35, 15, 5, 10, 20, 25};
  CHECK(matrix_chain_order(book).multiplications == 15125);
  CHECK(matrix_chain_order(book).bracketing == "((A0 (A1 A2)) ((A3 A4) A5))");
  const std::int64_t single[] = {4, 5};
  CHECK(matrix_chain_order(single).multiplications == 0);
  CHECK(matrix_chain_order(single).bracketing == "A0");
  CHECK_THROWS_AS(matrix_chain_order(std::span<const std::int64_t>(single, 1)), shape_error);
  const std::int64_t bad[] = {4, 0};
  CHECK_THROWS_AS(matrix_chain_order(bad), domain_error);
}

TEST_CASE("sliding_maximum: agrees with looking at every window", "[tensor][window]") {
  const tensor_shape shape = GENERATE(tensor_shape{1}, tensor_shape{31}, tensor_shape{597, 43}, tensor_shape{0, 3});
  auto x = test::random_tensor(shape, 8);
  if (x.size() > 300) x[17] = not_a_number, x[200] = inf, x[201] = -inf;
  const auto seen = test::make_strided(x);
  for (int axis = 0; axis < shape.rank(); ++axis) {
    for (const std::int64_t width : {1, 2, 3, 8, 31, 43, 44, 600}) {
      CAPTURE(to_text(shape), axis, width);
      const auto got = sliding_maximum(exec::cpu(2), x, width, axis);
      REQUIRE(got.extent(axis) == std::max<std::int64_t>(0, shape[axis] - width + 1));
      std::int64_t wrong = 0;
      for (std::int64_t i = 0; i < got.size(); ++i) {
        auto index = test::index_of(got.shape(), i);
        double want = -inf;
        for (std::int64_t k = 0; k < width; ++k) {
          const double v = x[test::position_of(shape, index)];
          want = want < v || v != v ? v : want;
          ++index[static_cast<std::size_t>(axis)];
        }
        wrong += got[i] == want || (got[i] != got[i] && want != want) ? 0 : 1;
      }
      CHECK(wrong == 0);
      CHECK(test::same_bits(sliding_maximum(exec::cpu(1), seen.seen, width, axis), got));
    }
  }
  CHECK_THROWS_WITH(sliding_maximum(exec::context{}, x, 0, 0), Contains("width is 0"));
  CHECK_THROWS_AS(sliding_maximum(exec::context{}, x, 1, 5), shape_error);
}

TEST_CASE("cross_correlate: agrees with the definition, strided and in any rank", "[tensor][window]") {
  struct window_case {
    tensor_shape x, kernel;
    std::vector<std::int64_t> strides;
  };
  const std::vector<window_case> cases{{{31}, {5}, {}},
                                       {{2000}, {7}, {3}},
                                       {{59, 43}, {3, 4}, {}},
                                       {{59, 43}, {3, 4}, {2, 3}},
                                       {{6, 17, 9}, {2, 3, 9}, {1, 4, 2}},
                                       {{4}, {5}, {}},
                                       {{5, 600}, {5, 1}, {}},
                                       {{1}, {1}, {7}}};
  for (const window_case& c : cases) {
    const auto x = test::random_tensor(c.x, 1), kernel = test::random_tensor(c.kernel, 2);
    const auto got = cross_correlate(exec::cpu(2), x, kernel, c.strides);
    for (std::int64_t i = 0; i < got.size(); ++i) {
      const auto at = test::index_of(got.shape(), i);
      double want = 0.0;
      for (std::int64_t k = 0; k < kernel.size(); ++k) {
        auto index = test::index_of(c.kernel, k);
        for (std::size_t d = 0; d < index.size(); ++d) index[d] += at[d] * (c.strides.empty() ? 1 : c.strides[d]);
        want = std::fma(x[test::position_of(c.x, index)], kernel[k], want);
      }
      REQUIRE(got[i] == want);
    }
    CHECK(test::same_bits(
        cross_correlate(exec::cpu(1), test::make_strided(x).seen, test::make_strided(kernel).seen, c.strides), got));
  }
  const exec::context ctx;
  CHECK_THROWS_AS(cross_correlate(ctx, tensor<double>({3}), tensor<double>({2, 2})), shape_error);
  CHECK_THROWS_AS(cross_correlate(ctx, tensor<double>({3}), tensor<double>({0})), shape_error);
  const std::int64_t zero[] = {0};
  CHECK_THROWS_AS(cross_correlate(ctx, tensor<double>({3}), tensor<double>({2}), zero), domain_error);
  CHECK(cross_correlate(ctx, tensor<float>({3}, {1, 2, 3}), tensor<float>({2}, {1, -1})) ==
        tensor<float>({2}, {-1, -1}));
}

TEST_CASE("cumulative: running values, along any axis", "[tensor][scan]") {
  const exec::context ctx = exec::cpu(2);
  const tensor<double> x({2, 3}, {1, 2, 3, 4, 0, 6});
  CHECK(cumulative(ctx, cumulative_op::sum, x, 1) == tensor<double>({2, 3}, {1, 3, 6, 4, 4, 10}));
  CHECK(cumulative(ctx, cumulative_op::sum, x, 0) == tensor<double>({2, 3}, {1, 2, 3, 5, 2, 9}));
  CHECK(cumulative(ctx, cumulative_op::product, x, 1) == tensor<double>({2, 3}, {1, 2, 6, 4, 0, 0}));
  CHECK(cumulative(ctx, cumulative_op::maximum, x, 1) == tensor<double>({2, 3}, {1, 2, 3, 4, 4, 6}));
  CHECK(cumulative(ctx, cumulative_op::minimum, x, 1) == tensor<double>({2, 3}, {1, 1, 1, 4, 0, 0}));
  const auto logs = cumulative(ctx, cumulative_op::log_sum_exp, tensor<double>({3}, {-inf, 0.0, 0.0}), 0);
  CHECK(logs[0] == -inf);
  CHECK(logs[2] == Approx(std::log(2.0)));
  const auto with_nan = cumulative(ctx, cumulative_op::maximum, tensor<double>({3}, {1.0, not_a_number, 5.0}), 0);
  CHECK(with_nan[0] == 1.0);
  CHECK(std::isnan(with_nan[2]));
  CHECK(cumulative(ctx, cumulative_op::sum, tensor<double>({0, 2}), 1).shape() == tensor_shape{0, 2});
  const auto many = tensor<float>::filled({100000}, 0.1F);
  CHECK(cumulative(ctx, cumulative_op::sum, many, 0)[99999] ==
        Approx(static_cast<double>(0.1F) * 100000).epsilon(1e-7));
}

TEST_CASE("associative_scan: the same bits on any number of threads, for operations that do not commute",
          "[tensor][scan]") {
  struct affine {  // x -> a x + b
    double a = 1.0, b = 0.0;
    bool operator==(const affine&) const = default;
  };
  const auto then = [](const affine& f, const affine& g) { return affine{g.a * f.a, g.a * f.b + g.b}; };
  for (const std::int64_t n : {1, 31, 16384, 16385, 100003}) {
    tensor<affine> x({n});
    const auto slope = test::random_tensor({n}, 1, 0.5, 0.99), offset = test::random_tensor({n}, 2);
    for (std::int64_t i = 0; i < n; ++i) x[i] = {slope[i], offset[i]};
    const auto one = associative_scan(exec::cpu(1), x, 0, then);
    for (const int threads : {2, 5}) CHECK(associative_scan(exec::cpu(threads), x, 0, then) == one);
    // the recurrence itself
    double state = 0.0;
    for (std::int64_t i = 0; i < n; ++i) {
      state = slope[i] * state + offset[i];
      REQUIRE(std::abs(one[i].b - state) < 1e-11);  // contractions forget: errors stay within some hundred ulp
    }
  }
}

TEST_CASE("gather, scatter, scatter_add: agree with loops", "[tensor][gather]") {
  const exec::context ctx = exec::cpu(3);
  const auto x = test::random_tensor({7, 43, 5});
  const auto seen = test::make_strided(x);
  for (int axis = 0; axis < 3; ++axis) {
    std::vector<std::int64_t> indices;
    for (std::int64_t r = 0; r < 1000; ++r) indices.push_back(r * r % x.extent(axis));
    const auto got = gather(ctx, x, axis, indices);
    CHECK(got == gather(exec::cpu(1), seen.seen, axis, indices));
    auto sums = x, last = x, want_sums = x, want_last = x;
    scatter_add(ctx, sums.array(), axis, indices, got);
    scatter(ctx, last.array(), axis, indices, got);
    for (std::int64_t r = 0; r < 1000; ++r) {  // the order of the promise
      for (std::int64_t i = 0; i < x.size(); ++i) {
        auto index = test::index_of(x.shape(), i);
        if (index[static_cast<std::size_t>(axis)] != indices[static_cast<std::size_t>(r)]) continue;
        auto from = index;
        from[static_cast<std::size_t>(axis)] = r;
        const double value = got[test::position_of(got.shape(), from)];
        if (value != x[i]) FAIL("gather at " << i);
        want_sums[i] += value;
        want_last[i] = value;
      }
    }
    CHECK(test::same_bits(sums, want_sums));
    CHECK(test::same_bits(last, want_last));
    auto serial = x;
    scatter_add(exec::cpu(1), serial.array(), axis, indices, got);
    CHECK(test::same_bits(sums, serial));
  }
  const std::int64_t bad[] = {7}, none[] = {0};
  CHECK_THROWS_WITH(gather(ctx, x, 0, bad), Contains("an index is 7"));
  CHECK(gather(ctx, x, 0, std::span<const std::int64_t>{}).shape() == tensor_shape{0, 43, 5});
  tensor<double> target({3});
  CHECK_THROWS_AS(scatter_add(ctx, target.array(), 0, none, tensor<double>({2})), shape_error);
  CHECK(gather(ctx, cast<bfloat16>(ctx, x), 2, none) == cast<bfloat16>(ctx, gather(ctx, x, 2, none)));
}
