// SPDX-License-Identifier: BSD-3-Clause
// The CUDA kernels against the CPU, which is the reference. Without a device there is nothing to compare.
#include "credence/tensor/elementwise.hpp"
#include "credence/tensor/gather.hpp"
#include "credence/tensor/gemm.hpp"
#include "credence/tensor/reduce.hpp"
#include "credence/tensor/softmax.hpp"
#include "support/catch.hpp"
#include "tensor/helpers.hpp"

using namespace credence;

namespace {

const exec::context host;

bool no_device() {
  if (exec::built_with_cuda() && exec::cuda_device_count() > 0) return false;
  WARN("no CUDA device: nothing compared");
  return true;
}

}  // namespace

TEST_CASE("cuda: elementwise operations have the bits of the CPU", "[tensor][elementwise][cuda]") {
  if (no_device()) return;
  const auto gpu = exec::cuda();
  for (const tensor_shape& shape : {tensor_shape{1}, tensor_shape{31}, tensor_shape{597, 43}, tensor_shape{0, 3}}) {
    auto x = test::random_tensor(shape);
    if (x.size() > 9) x[3] = test::inf, x[5] = test::not_a_number, x[7] = -test::inf;
    const auto row = test::random_tensor({shape[shape.rank() - 1]}, 2);
    const auto x_there = x.copy_to(gpu), row_there = row.copy_to(gpu);
    for (const unary_op op : {unary_op::negate, unary_op::absolute, unary_op::sqrt, unary_op::exp, unary_op::log,
                              unary_op::tanh, unary_op::log1p_exp}) {
      CHECK(test::same_bits(apply(gpu, op, x_there).copy_to(host), apply(host, op, x)));
    }
    for (const binary_op op : {binary_op::add, binary_op::multiply, binary_op::divide, binary_op::maximum}) {
      CHECK(test::same_bits(apply(gpu, op, x_there, row_there).copy_to(host), apply(host, op, x, row)));
    }
  }
}

TEST_CASE("cuda: reductions and softmax have the bits of the CPU", "[tensor][reduce][cuda]") {
  if (no_device()) return;
  const auto gpu = exec::cuda();
  for (const tensor_shape& shape : {tensor_shape{1}, tensor_shape{31}, tensor_shape{597, 43}, tensor_shape{3, 70001}}) {
    const auto x = test::random_tensor(shape);
    const auto there = x.copy_to(gpu);
    for (int axis = 0; axis < shape.rank(); ++axis) {
      for (const reduce_op op : {reduce_op::sum, reduce_op::product, reduce_op::maximum, reduce_op::absolute_sum}) {
        CHECK(test::same_bits(reduce(gpu, op, there, axis).copy_to(host), reduce(host, op, x, axis)));
      }
      CHECK(test::same_bits(variance(gpu, there, axis).copy_to(host), variance(host, x, axis)));
      CHECK(test::same_bits(log_sum_exp(gpu, there, axis).copy_to(host), log_sum_exp(host, x, axis)));
      CHECK(test::same_bits(softmax(gpu, there, axis).copy_to(host), softmax(host, x, axis)));
      CHECK(test::same_bits(log_softmax(gpu, there, axis).copy_to(host), log_softmax(host, x, axis)));
    }
  }
}

TEST_CASE("cuda: gather and products agree with the CPU", "[tensor][gemm][cuda]") {
  if (no_device()) return;
  const auto gpu = exec::cuda();
  const auto x = test::random_tensor({7, 43, 5});
  const std::vector<std::int64_t> indices{4, 0, 4, 2, 1};
  for (int axis = 0; axis < 3; ++axis) {
    CHECK(test::same_bits(gather(gpu, x.copy_to(gpu), axis, indices).copy_to(host), gather(host, x, axis, indices)));
  }
  const auto a = test::random_tensor({597, 43}), b = test::random_tensor({597, 31}, 2);
  const auto got = matmul(gpu, a.copy_to(gpu), b.copy_to(gpu), {.a = transposed::yes}).copy_to(host);
  const auto want = matmul(host, a, b, {.a = transposed::yes});
  // sums of 597 terms below 4, in two orders
  for (std::int64_t i = 0; i < want.size(); ++i) REQUIRE(std::abs(got[i] - want[i]) <= 597 * 4 * 597 * 2.3e-16);
}
