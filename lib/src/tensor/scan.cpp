// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/scan.hpp"

#include "credence/tensor/layout.hpp"
#include "credence/tensor/semiring.hpp"

namespace credence {

tensor<double> cumulative(const exec::context& ctx, cumulative_op op, array_view<const double> x, int axis) {
  switch (op) {
    case cumulative_op::sum:
      return associative_scan(ctx, x, axis, [](double a, double b) { return a + b; });
    case cumulative_op::product:
      return associative_scan(ctx, x, axis, [](double a, double b) { return a * b; });
    case cumulative_op::maximum:
      return associative_scan(ctx, x, axis, [](double a, double b) { return a < b || b != b ? b : a; });
    case cumulative_op::minimum:
      return associative_scan(ctx, x, axis, [](double a, double b) { return b < a || b != b ? b : a; });
    case cumulative_op::log_sum_exp:
      break;
  }
  return associative_scan(ctx, x, axis, log_sum_product<double>::plus);
}

tensor<float> cumulative(const exec::context& ctx, cumulative_op op, array_view<const float> x, int axis) {
  return cast<float>(ctx, cumulative(ctx, op, cast<double>(ctx, x).array(), axis));
}

}  // namespace credence
