// SPDX-License-Identifier: BSD-3-Clause
// The examples of docs/guide/tensor.md, as they stand there, with what they compute.
#include "credence/tensor/contraction.hpp"
#include "credence/tensor/reduce.hpp"
#include "credence/tensor/softmax.hpp"
#include "support/catch.hpp"

using namespace credence;

TEST_CASE("guide: the examples of the tensor page", "[tensor][guide]") {
  const auto ctx = exec::cpu();
  const tensor<double> scores({2, 3}, {1, 2, 3, 4, 5, 6});
  const tensor<double> weights = softmax(ctx, scores, -1);  // each row sums to one
  const tensor<double> rows = mean(ctx, weights, 1);        // shape (2)
  CHECK(rows[0] == Approx(1.0 / 3.0).epsilon(1e-15));
  CHECK(rows[1] == Approx(1.0 / 3.0).epsilon(1e-15));

  const named_tensor<double> rain{{0}, {{2}, {0.8, 0.2}}};
  const named_tensor<double> wet{{0, 1}, {{2, 2}, {0.9, 0.1, 0.2, 0.8}}};  // P(wet | rain)
  const auto p_wet = contract(ctx, sum_product<>{}, {rain, wet}, {1});     // keep axis 1
  const auto best = contract_argmax(ctx, max_product<>{}, {rain, wet});    // best.value, best.indices
  CHECK(p_wet.values[1] == Approx(0.8 * 0.1 + 0.2 * 0.8).epsilon(1e-15));
  CHECK(best.value == Approx(0.72).epsilon(1e-15));
  CHECK(best.indices == std::vector<std::int32_t>{0, 0});
}
