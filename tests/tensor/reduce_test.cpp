// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/reduce.hpp"

#include "credence/base/errors.hpp"
#include "credence/tensor/layout.hpp"
#include "credence/tensor/normalize.hpp"
#include "credence/tensor/order.hpp"
#include "credence/tensor/softmax.hpp"
#include "support/catch.hpp"
#include "tensor/helpers.hpp"

#include <cmath>
#include <functional>
#include <numeric>

using namespace credence;
using test::inf;
using test::not_a_number;

namespace {

/// The terms of every result, in the row-major order of the reduced axes.
std::vector<std::vector<double>> terms_of(const tensor<double>& x, std::uint64_t mask) {
  tensor_shape kept;
  for (int d = 0; d < x.rank(); ++d) kept.push_back((mask >> d) & 1U ? 1 : x.extent(d));
  std::vector<std::vector<double>> terms(static_cast<std::size_t>(kept.size()));
  for (std::int64_t i = 0; i < x.size(); ++i) {
    terms[static_cast<std::size_t>(test::position_of(kept, test::index_of(x.shape(), i)))].push_back(x[i]);
  }
  return terms;
}

/// The documented order of a sum, written down plainly.
double eight_interleaved(const std::vector<double>& terms) {
  std::vector<double> blocks;
  for (std::size_t begin = 0; begin < terms.size() || begin == 0; begin += 32768) {
    double lane[8] = {};
    for (std::size_t i = begin; i < std::min(terms.size(), begin + 32768); ++i) lane[(i - begin) % 8] += terms[i];
    blocks.push_back(((lane[0] + lane[1]) + (lane[2] + lane[3])) + ((lane[4] + lane[5]) + (lane[6] + lane[7])));
  }
  return blocks.size() == 1 ? blocks[0] : eight_interleaved(blocks);
}

struct layout_case {
  tensor_shape shape;
  std::vector<int> axes;
  std::uint64_t mask;
};
const std::vector<layout_case> cases{{{1}, {0}, 1},
                                     {{31}, {0}, 1},
                                     {{597, 43}, {0}, 1},
                                     {{597, 43}, {1}, 2},
                                     {{597, 43}, {0, 1}, 3},
                                     {{5, 7, 11, 3}, {1}, 2},
                                     {{5, 7, 11, 3}, {0, 2}, 5},
                                     {{5, 7, 11, 3}, {1, 3}, 10},
                                     {{0, 4}, {0}, 1},
                                     {{4, 0}, {0}, 1},
                                     {{3, 70001}, {1}, 2},
                                     {{70001, 3}, {0}, 1},
                                     {{2, 300, 300}, {2, 1}, 6},
                                     {{9, 1, 130}, {0, 1}, 3}};

}  // namespace

TEST_CASE("reduce: sums have exactly the documented order", "[tensor][reduce]") {
  for (const layout_case& c : cases) {
    CAPTURE(to_text(c.shape), c.mask);
    const auto x = test::random_tensor(c.shape, 9);
    const auto terms = terms_of(x, c.mask);
    const auto got = reduce(exec::cpu(1), reduce_op::sum, x, c.axes);
    REQUIRE(got.size() == static_cast<std::int64_t>(terms.size()));
    std::int64_t wrong = 0;
    for (std::int64_t i = 0; i < got.size(); ++i) {
      wrong += got[i] == eight_interleaved(terms[static_cast<std::size_t>(i)]) ? 0 : 1;
    }
    CHECK(wrong == 0);
    CHECK(test::same_bits(reduce(exec::cpu(4), reduce_op::sum, x, c.axes), got));
    CHECK(test::same_bits(reduce(exec::cpu(2), reduce_op::sum, test::make_strided(x).seen, c.axes), got));
  }
}

TEST_CASE("reduce: other reductions agree with plain loops", "[tensor][reduce]") {
  for (const layout_case& c : cases) {
    CAPTURE(to_text(c.shape), c.mask);
    auto x = test::random_tensor(c.shape, 10, 0.5, 1.5);
    if (x.size() > 500) x[100] = -3.0, x[333] = inf;
    const auto terms = terms_of(x, c.mask);
    const exec::context ctx = exec::cpu(3);
    const auto largest = reduce(ctx, reduce_op::maximum, x, c.axes);
    const auto smallest = reduce(ctx, reduce_op::minimum, x, c.axes);
    const auto magnitude = reduce(ctx, reduce_op::absolute_maximum, x, c.axes);
    const auto products = reduce(ctx, reduce_op::product, x, c.axes);
    for (std::size_t i = 0; i < terms.size(); ++i) {
      const auto at = static_cast<std::int64_t>(i);
      double high = -inf, low = inf, mag = 0.0, log_product = 0.0;
      for (const double v : terms[i]) {
        high = std::max(high, v), low = std::min(low, v), mag = std::max(mag, std::abs(v));
        log_product += std::log(std::abs(v));
      }
      REQUIRE(largest[at] == high);
      REQUIRE(smallest[at] == low);
      REQUIRE(magnitude[at] == mag);
      // n roundings in the product, n in the sum of logarithms
      if (log_product < 600.0 && log_product > -600.0) {
        REQUIRE(std::abs(std::log(std::abs(products[at])) - log_product) < 1e-9);
      }
    }
  }
}

TEST_CASE("reduce: a NaN anywhere is seen", "[tensor][reduce]") {
  for (const std::int64_t where : {0, 1, 7, 8, 63, 596}) {
    tensor<double> x({597});
    for (std::int64_t i = 0; i < 597; ++i) x[i] = static_cast<double>(i % 13);
    x[where] = not_a_number;
    for (const reduce_op op : {reduce_op::sum, reduce_op::product, reduce_op::maximum, reduce_op::minimum,
                               reduce_op::absolute_sum, reduce_op::absolute_maximum}) {
      CHECK(std::isnan(reduce(exec::context{}, op, x)[0]));
    }
  }
}

TEST_CASE("mean, variance, norm: known values and stability", "[tensor][reduce]") {
  const exec::context ctx = exec::cpu(2);
  const tensor<double> x({2, 3}, {1, 2, 3, 4, 5, 9});
  CHECK(mean(ctx, x, 1) == tensor<double>({2}, {2, 6}));
  CHECK(mean(ctx, x, 0, reduced_axes::kept).shape() == tensor_shape{1, 3});
  CHECK(variance(ctx, x, 1, {.lost_degrees = 1}) == tensor<double>({2}, {1, 7}));
  CHECK(variance(ctx, x, -1)[1] == Approx(14.0 / 3.0));
  // NIST univariate summary statistics, NumAcc4: 1001 values 10000000.2 +- 0.1; certified mean and sd
  tensor<double> accuracy({1001});
  for (std::int64_t i = 0; i < 1001; ++i) accuracy[i] = i == 0 ? 10000000.2 : (i % 2 == 1 ? 10000000.1 : 10000000.3);
  // 125 additions in each partial sum: some ulp
  CHECK(mean(ctx, accuracy)[0] == Approx(10000000.2).epsilon(5e-15));
  // the decimal data themselves are rounded at 1e-9 of the deviations
  CHECK(std::sqrt(variance(ctx, accuracy, {}, {.lost_degrees = 1})[0]) == Approx(0.1).epsilon(2e-8));
  CHECK(std::isnan(mean(ctx, tensor<double>({0}))[0]));
  CHECK(std::isnan(variance(ctx, tensor<double>({1}), {}, {.lost_degrees = 1})[0]));
  CHECK(norm(ctx, norm_kind::two, tensor<double>({2}, {3e200, 4e200}))[0] == Approx(5e200).epsilon(1e-15));
  CHECK(norm(ctx, norm_kind::two, tensor<double>({2}, {3e-320, 4e-320}))[0] == Approx(5e-320).epsilon(1e-3));
  CHECK(norm(ctx, norm_kind::two, tensor<double>({2}, {inf, 1.0}))[0] == inf);
  CHECK(norm(ctx, norm_kind::two, tensor<double>({2}))[0] == 0.0);
  CHECK(norm(ctx, norm_kind::one, x, 1) == tensor<double>({2}, {6, 18}));
  CHECK(norm(ctx, norm_kind::infinity, tensor<double>({2}, {-7, 3}))[0] == 7.0);
  // float is summed in double: 1 + 2^-24 many times is not lost
  const auto ones = tensor<float>::filled({1 << 20}, 1.0F + 1.1920929e-7F);
  CHECK(reduce(ctx, reduce_op::sum, ones)[0] == static_cast<float>((1 << 20) * (1.0 + 1.1920928955078125e-7)));
  CHECK_THROWS_AS(mean(ctx, x, 2), shape_error);
  CHECK_THROWS_AS(mean(ctx, x, {0, 0}), shape_error);
}

TEST_CASE("normalize: zero mean, unit variance over the named axes", "[tensor][normalize]") {
  const auto x = test::random_tensor({5, 31, 7}, 3, 10.0, 14.0);
  for (const std::vector<int>& axes : {std::vector<int>{2}, {0, 1}, {0, 1, 2}}) {
    const auto out = normalize(exec::cpu(2), x, axes, 0.0);
    for (const double m : mean(exec::context{}, out.values, axes)) CHECK(std::abs(m) < 1e-13);
    for (const double v : variance(exec::context{}, out.values, axes)) CHECK(std::abs(v - 1.0) < 1e-12);
    for (std::int64_t i = 0; i < x.size(); ++i) {
      const auto at = test::position_of(out.mean.shape(), test::index_of(x.shape(), i));
      REQUIRE(out.values[i] == (x[i] - out.mean[at]) * out.inverse_sd[at]);
    }
  }
  // layer normalisation by hand: (1, 3) has mean 2 and variance 1
  const auto hand = normalize(exec::context{}, tensor<double>({1, 2}, {1, 3}), -1, 3.0);
  CHECK(hand.values == tensor<double>({1, 2}, {-0.5, 0.5}));
  CHECK(std::isnan(normalize(exec::context{}, tensor<double>({2}), 0, 0.0).values[0]));
  CHECK_THROWS_WITH(normalize(exec::context{}, x, 0, -1.0), Contains("epsilon"));
}

TEST_CASE("softmax, log_softmax, log_sum_exp: agree with long double", "[tensor][softmax]") {
  const exec::context ctx = exec::cpu(2);
  for (const tensor_shape& shape : {tensor_shape{1}, tensor_shape{31}, tensor_shape{597, 43}, tensor_shape{4, 9, 70}}) {
    for (int axis = 0; axis < shape.rank(); ++axis) {
      auto x = test::random_tensor(shape, 21, -30.0, 30.0);
      if (x.size() > 100) x[50] = -inf;
      const auto got = softmax(ctx, x, axis), logs = log_softmax(ctx, x, axis);
      const auto sums = log_sum_exp(ctx, x, axis, reduced_axes::kept);
      const auto terms = terms_of(x, std::uint64_t{1} << axis);
      std::vector<long double> want;
      for (const auto& slice : terms) {
        long double total = 0.0L;
        for (const double v : slice) total += std::exp(static_cast<long double>(v));
        want.push_back(std::log(total));
      }
      for (std::int64_t i = 0; i < x.size(); ++i) {
        const auto at = test::position_of(sums.shape(), test::index_of(shape, i));
        const long double total = want[static_cast<std::size_t>(at)];
        const auto exact = static_cast<double>(std::exp(static_cast<long double>(x[i]) - total));
        // the exponential of a rounded difference: up to 60 half ulps of relative error, plus a few
        REQUIRE(std::abs(got[i] - exact) <= 1.5e-14 * exact);
        // differences of up to 60, rounded twice
        const double log_error = std::abs(logs[i] - static_cast<double>(x[i] - total));
        REQUIRE((x[i] == -inf ? logs[i] == -inf : log_error <= 2e-14));
        REQUIRE(std::abs(sums[at] - static_cast<double>(total)) <= 1e-14 * 40);
      }
      CHECK(test::same_bits(softmax(exec::cpu(1), test::make_strided(x).seen, axis), got));
      const auto single = softmax(ctx, cast<float>(ctx, x), axis);
      for (std::int64_t i = 0; i < x.size(); ++i) REQUIRE(std::abs(single[i] - got[i]) <= 4e-6 * got[i] + 1e-38);
    }
  }
  CHECK(softmax(ctx, tensor<double>({2}, {1000, 1000}), 0) == tensor<double>({2}, {0.5, 0.5}));
  CHECK(std::isnan(softmax(ctx, tensor<double>({2}, {-inf, -inf}), 0)[0]));
  CHECK(log_sum_exp(ctx, tensor<double>({2}, {-inf, -inf}))[0] == -inf);
  CHECK(log_sum_exp(ctx, tensor<double>({0}))[0] == -inf);
  CHECK(log_sum_exp(ctx, tensor<double>({2}, {inf, 1.0}))[0] == inf);
  CHECK(std::isnan(log_sum_exp(ctx, tensor<double>({2}, {not_a_number, 1.0}))[0]));
}

TEST_CASE("log_sum_exp_accumulator: streaming gives what the whole gives", "[tensor][softmax]") {
  const auto x = test::random_tensor({3, 1000}, 5, -800.0, 800.0);
  const auto whole = log_sum_exp(exec::context{}, x, 1);
  std::vector<log_sum_exp_accumulator> running(3), one_by_one(3);
  for (const std::int64_t begin : {0, 1, 400}) {
    const std::int64_t end = begin == 0 ? 1 : begin == 1 ? 400 : 1000;
    log_sum_exp_update(exec::cpu(2), x.array().slice(1, begin, end), 1, running);
  }
  for (std::int64_t i = 0; i < 3; ++i) {
    for (std::int64_t j = 0; j < 1000; ++j) one_by_one[static_cast<std::size_t>(i)].add(x(i, j));
    CHECK(running[static_cast<std::size_t>(i)].value() == Approx(whole[i]).epsilon(1e-15));
    CHECK(one_by_one[static_cast<std::size_t>(i)].value() == Approx(whole[i]).epsilon(1e-15));
  }
  log_sum_exp_accumulator a;
  CHECK(a.value() == -inf);
  a.add(-inf);
  CHECK(a.value() == -inf);
  a.add(2.0);
  CHECK(a.value() == 2.0);
  log_sum_exp_accumulator b = a;
  b.add(inf);
  CHECK(b.value() == inf);
  b.merge(a);
  CHECK(b.value() == inf);
  a.add(not_a_number);
  CHECK(std::isnan(a.value()));
  CHECK_THROWS_AS(log_sum_exp_update(exec::context{}, x, 0, running), shape_error);
}

TEST_CASE("argmax, argmin, top_k: ties go to the smallest index, NaN is seen", "[tensor][order]") {
  const exec::context ctx = exec::cpu(2);
  const tensor<double> x({2, 4}, {3, 7, 7, 1, 2, not_a_number, 9, not_a_number});
  CHECK(argmax(ctx, x, 1) == tensor<std::int64_t>({2}, {1, 1}));
  CHECK(argmin(ctx, x, 1) == tensor<std::int64_t>({2}, {3, 1}));
  CHECK(argmax(ctx, x, 0) == tensor<std::int64_t>({4}, {0, 1, 1, 1}));
  const auto top = top_k(ctx, x, 3, 1);
  CHECK(top.indices == tensor<std::int64_t>({2, 3}, {1, 2, 0, 1, 3, 2}));
  CHECK(top.values(0, 2) == 3.0);
  CHECK(top_k(ctx, x, 0, 1).values.shape() == tensor_shape{2, 0});
  CHECK_THROWS_WITH(top_k(ctx, x, 5, 1), Contains("k is 5"));
  CHECK_THROWS_AS(argmax(ctx, tensor<double>({0}), 0), shape_error);

  // against a full stable sort, with many ties
  auto many = test::random_tensor({31, 597});
  for (double& v : many) v = std::floor(v * 8);
  const auto seen = test::make_strided(many);
  for (int axis = 0; axis < 2; ++axis) {
    const auto best = top_k(ctx, many, 20, axis);
    const auto again = top_k(exec::cpu(1), seen.seen, 20, axis);
    CHECK(best.indices == again.indices);
    CHECK(best.values == again.values);
    const auto first = argmax(ctx, seen.seen, axis);
    for (std::int64_t s = 0; s < many.extent(1 - axis); ++s) {
      const auto value = [&](std::int64_t i) { return axis == 0 ? many(i, s) : many(s, i); };
      std::vector<std::int64_t> order(static_cast<std::size_t>(many.extent(axis)));
      std::iota(order.begin(), order.end(), 0);
      std::stable_sort(order.begin(), order.end(), [&](auto i, auto j) { return value(i) > value(j); });
      REQUIRE(first[s] == order[0]);
      for (std::int64_t r = 0; r < 20; ++r) {
        REQUIRE((axis == 0 ? best.indices(r, s) : best.indices(s, r)) == order[static_cast<std::size_t>(r)]);
      }
    }
  }
}
