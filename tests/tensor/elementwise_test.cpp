// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/elementwise.hpp"

#include "credence/base/errors.hpp"
#include "support/catch.hpp"
#include "tensor/helpers.hpp"

#include <cmath>

using namespace credence;
using test::inf;
using test::not_a_number;

namespace {

struct unary_case {
  unary_op op;
  double (*twin)(double);
};
const unary_case unary_cases[] = {
    {unary_op::negate, [](double x) { return -x; }},
    {unary_op::absolute, [](double x) { return std::abs(x); }},
    {unary_op::sign, [](double x) { return x > 0   ? 1.0
                                           : x < 0 ? -1.0
                                                   : x; }},
    {unary_op::square, [](double x) { return x * x; }},
    {unary_op::reciprocal, [](double x) { return 1.0 / x; }},
    {unary_op::sqrt, [](double x) { return std::sqrt(x); }},
    {unary_op::exp, [](double x) { return std::exp(x); }},
    {unary_op::expm1, [](double x) { return std::expm1(x); }},
    {unary_op::log, [](double x) { return std::log(x); }},
    {unary_op::log1p, [](double x) { return std::log1p(x); }},
    {unary_op::sin, [](double x) { return std::sin(x); }},
    {unary_op::cos, [](double x) { return std::cos(x); }},
    {unary_op::tanh, [](double x) { return std::tanh(x); }},
    {unary_op::floor, [](double x) { return std::floor(x); }},
    {unary_op::inv_logit, [](double x) { return 1.0 / (1.0 + std::exp(-x)); }},
    {unary_op::log1p_exp, [](double x) { return std::log1p(std::exp(x)); }},
};

struct binary_case {
  binary_op op;
  double (*twin)(double, double);
};
const binary_case binary_cases[] = {
    {binary_op::add, [](double a, double b) { return a + b; }},
    {binary_op::subtract, [](double a, double b) { return a - b; }},
    {binary_op::multiply, [](double a, double b) { return a * b; }},
    {binary_op::divide, [](double a, double b) { return a / b; }},
    {binary_op::maximum,
     [](double a, double b) { return std::isnan(a) || std::isnan(b) ? not_a_number : std::max(a, b); }},
    {binary_op::minimum,
     [](double a, double b) { return std::isnan(a) || std::isnan(b) ? not_a_number : std::min(a, b); }},
    {binary_op::pow, [](double a, double b) { return std::pow(a, b); }},
};

/// Equal but for the few ulp that elementary functions of two makers differ by.
bool close(double got, double want, double epsilon) {
  if (std::isnan(want)) return std::isnan(got);
  if (std::isinf(want) || want == 0.0) return got == want || std::abs(got - want) < epsilon * 1e-3;
  return std::abs(got - want) <= 4 * epsilon * std::abs(want);
}

}  // namespace

TEST_CASE("apply: unary operations agree with the standard library", "[tensor][elementwise]") {
  const exec::context ctx = exec::cpu(2);
  for (const tensor_shape& shape : {tensor_shape{1}, tensor_shape{31}, tensor_shape{597, 43}, tensor_shape{0, 2}}) {
    auto x = test::random_tensor(shape, 3);
    if (x.size() > 30) x[3] = inf, x[11] = -inf, x[17] = not_a_number, x[20] = 0.0, x[21] = -0.0;
    const auto strided = test::make_strided(x);
    for (const unary_case& c : unary_cases) {
      CAPTURE(static_cast<int>(c.op), shape.size());
      const auto got = apply(ctx, c.op, x);
      std::int64_t wrong = 0;
      for (std::int64_t i = 0; i < x.size(); ++i) wrong += close(got[i], c.twin(x[i]), 2.3e-16) ? 0 : 1;
      CHECK(wrong == 0);
      CHECK(test::same_bits(apply(exec::context{}, c.op, strided.seen), got));
      const auto x32 = test::random_tensor<float>(shape, 4);
      const auto got32 = apply(ctx, c.op, x32);
      for (std::int64_t i = 0; i < x.size(); ++i) {
        if (!close(got32[i], c.twin(static_cast<double>(x32[i])), 1.2e-7)) FAIL_CHECK("f32 at " << x32[i]);
      }
    }
  }
}

TEST_CASE("apply: binary operations broadcast", "[tensor][elementwise]") {
  const exec::context ctx = exec::cpu(3);
  const std::vector<std::pair<tensor_shape, tensor_shape>> shapes{
      {{597, 43}, {597, 43}}, {{597, 43}, {43}},   {{597, 43}, {597, 1}}, {{1, 43}, {597, 1}}, {{31}, {}},
      {{2, 3, 4}, {3, 1}},    {{5, 1, 7}, {6, 1}}, {{0, 3}, {1, 3}},      {{1}, {1}}};
  for (const auto& [first, second] : shapes) {
    auto a = test::random_tensor(first, 5), b = test::random_tensor(second, 6);
    if (a.size() > 20) a[4] = inf, a[9] = not_a_number, a[13] = 0.0;
    if (b.size() > 20) b[4] = inf, b[7] = not_a_number, b[13] = 0.0;
    const auto sa = test::make_strided(a), sb = test::make_strided(b);
    for (const binary_case& c : binary_cases) {
      const auto got = apply(ctx, c.op, a, b);
      CAPTURE(static_cast<int>(c.op), to_text(first), to_text(second));
      REQUIRE(got.shape() == broadcast_shapes("test", first, second));
      std::int64_t wrong = 0;
      for (std::int64_t i = 0; i < got.size(); ++i) {
        const auto index = test::index_of(got.shape(), i);
        const double want = c.twin(a[test::position_of(first, index)], b[test::position_of(second, index)]);
        wrong += close(got[i], want, 2.3e-16) ? 0 : 1;
      }
      CHECK(wrong == 0);
      CHECK(test::same_bits(apply(exec::context{}, c.op, sa.seen, sb.seen), got));
    }
  }
  CHECK_THROWS_WITH(apply(ctx, binary_op::add, tensor<double>({2, 3}), tensor<double>({2})),
                    Contains("(2, 3)") && Contains("(2)"));
}

TEST_CASE("apply: ternary operations, where and compare", "[tensor][elementwise]") {
  const exec::context ctx = exec::cpu(2);
  const tensor<double> x({2, 3}, {-1, 0.5, 9, not_a_number, -inf, inf});
  const double low = 0.0, high = 1.0;
  const auto clamped = apply(ctx, ternary_op::clamp, x, scalar_view(low), scalar_view(high));
  CHECK(clamped.array().at(0, 0)(0) == 0.0);
  CHECK(clamped[1] == 0.5);
  CHECK(clamped[2] == 1.0);
  CHECK(std::isnan(clamped[3]));
  CHECK(clamped[4] == 0.0);
  CHECK(clamped[5] == 1.0);
  // the operand not taken never matters, even when it is NaN
  const tensor<double> condition({3}, {1, 0, 1});
  const auto chosen = apply(ctx, ternary_op::where, condition, scalar_view(low), x.array().at(0, 0));
  CHECK(chosen == tensor<double>({3}, {0, 0.5, 0}));
  const auto is_small = compare(ctx, compare_op::less, x, scalar_view(high));
  CHECK(is_small == tensor<std::uint8_t>({2, 3}, {1, 1, 0, 0, 1, 0}));
  CHECK(where(ctx, is_small, scalar_view(low), scalar_view(high)) == tensor<double>({2, 3}, {0, 0, 1, 1, 0, 1}));
  CHECK(compare(ctx, compare_op::not_equal, x, x) == tensor<std::uint8_t>({2, 3}, {0, 0, 0, 1, 0, 0}));
  const tensor<std::int32_t> whole({3}, {1, 2, 3}), two({}, {2});
  CHECK(compare(ctx, compare_op::greater_equal, whole, two) == tensor<std::uint8_t>({3}, {0, 1, 1}));
  const auto a = test::random_tensor({597, 43}, 1), b = test::random_tensor({43}, 2),
             c = test::random_tensor({597, 1}, 3);
  const auto fused = apply(ctx, ternary_op::fma, a, b, c);
  for (std::int64_t i = 0; i < 597; ++i) {
    for (std::int64_t j = 0; j < 43; ++j) {
      if (fused(i, j) != std::fma(a(i, j), b(j), c(i, 0))) FAIL("fma at " << i << ", " << j);
    }
  }
}

TEST_CASE("apply_into: may write over its input", "[tensor][elementwise]") {
  auto x = test::random_tensor({1000});
  const auto before = x;
  apply_into(exec::cpu(2), binary_op::add, x, x, x.array());
  for (std::int64_t i = 0; i < x.size(); ++i) REQUIRE(x[i] == before[i] + before[i]);
  tensor<double> wrong({3});
  CHECK_THROWS_AS(apply_into(exec::context{}, unary_op::exp, x, wrong.array()), shape_error);
}

TEST_CASE("apply: the same bits on any number of threads", "[tensor][elementwise]") {
  const auto x = test::random_tensor({300, 1001});
  const auto one = apply(exec::cpu(1), unary_op::exp, x);
  for (const int threads : {2, 4, 7}) CHECK(test::same_bits(apply(exec::cpu(threads), unary_op::exp, x), one));
}

TEST_CASE("transform_into: any function of any element types", "[tensor][elementwise]") {
  const tensor<std::int32_t> a({2, 2}, {1, 2, 3, 4});
  const tensor<std::uint8_t> b({2}, {10, 20});
  tensor<double> out({2, 2});
  transform_into(
      exec::cpu(2), out.array(), [](std::int32_t x, std::uint8_t y) { return x + 0.5 * y; }, a, b);
  CHECK(out == tensor<double>({2, 2}, {6, 12, 8, 14}));
}
