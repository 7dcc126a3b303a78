// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/tensor/array_view.hpp"
#include "credence/tensor/reduce_enums.hpp"
#include "credence/tensor/tensor.hpp"

#include <vector>

/// Reductions over named axes. Whatever the element type, the arithmetic is double: terms are taken in the row-major
/// order of the reduced axes, in blocks of 32768; within a block, term i goes to partial result i mod 8, and these are
/// joined as ((0+1)+(2+3))+((4+5)+(6+7)); blocks are joined the same way. So the result depends neither on threads, nor
/// on strides, nor on the instruction set.
///
/// NaN among the terms gives NaN. Over no terms: sum 0, product 1, maximum -infinity, minimum +infinity, mean and
/// variance NaN. All throw shape_error.
namespace credence {

/// Which axes go: `{0, -1}`, one number, a vector, or all of them (the default). Negative ones count from the back.
class axis_list {
 public:
  axis_list() = default;
  axis_list(int axis) : axes_{axis}, all_(false) {}
  axis_list(std::initializer_list<int> axes) : axes_(axes), all_(false) {}
  axis_list(std::vector<int> axes) : axes_(std::move(axes)), all_(false) {}
  /// Bit d is set when axis d of the shape is in the list. @throws shape_error  for absent axes and repeated ones
  [[nodiscard]] std::uint64_t mask(const char* where, const tensor_shape& shape) const;

 private:
  std::vector<int> axes_;
  bool all_ = true;
};

/// Whether reduced axes disappear or stay with size 1 (so that the result broadcasts against the input).
enum class reduced_axes : std::uint8_t { dropped, kept };

tensor<double> reduce(const exec::context& ctx, reduce_op op, array_view<const double> x, const axis_list& axes = {},
                      reduced_axes shape_rule = reduced_axes::dropped);
tensor<float> reduce(const exec::context& ctx, reduce_op op, array_view<const float> x, const axis_list& axes = {},
                     reduced_axes shape_rule = reduced_axes::dropped);

/// sum / count.
tensor<double> mean(const exec::context& ctx, array_view<const double> x, const axis_list& axes = {},
                    reduced_axes shape_rule = reduced_axes::dropped);
tensor<float> mean(const exec::context& ctx, array_view<const float> x, const axis_list& axes = {},
                   reduced_axes shape_rule = reduced_axes::dropped);

struct variance_options {
  std::int64_t lost_degrees = 0;  ///< divisor is count minus this: 0 the population's, 1 the unbiased estimate
  reduced_axes shape_rule = reduced_axes::dropped;
};
/// Squared deviations from the mean, averaged; two passes, so shifting all elements does no harm.
tensor<double> variance(const exec::context& ctx, array_view<const double> x, const axis_list& axes = {},
                        const variance_options& options = {});
tensor<float> variance(const exec::context& ctx, array_view<const float> x, const axis_list& axes = {},
                       const variance_options& options = {});

enum class norm_kind : std::uint8_t { one, two, infinity };
/// Sum of magnitudes, root of the sum of squares, or largest magnitude. The two-norm neither overflows nor underflows
/// before its result does.
tensor<double> norm(const exec::context& ctx, norm_kind kind, array_view<const double> x, const axis_list& axes = {},
                    reduced_axes shape_rule = reduced_axes::dropped);
tensor<float> norm(const exec::context& ctx, norm_kind kind, array_view<const float> x, const axis_list& axes = {},
                   reduced_axes shape_rule = reduced_axes::dropped);

/// log(sum(exp(x))): the maximum is subtracted first. Of nothing, or of -infinity only: -infinity.
tensor<double> log_sum_exp(const exec::context& ctx, array_view<const double> x, const axis_list& axes = {},
                           reduced_axes shape_rule = reduced_axes::dropped);
tensor<float> log_sum_exp(const exec::context& ctx, array_view<const float> x, const axis_list& axes = {},
                          reduced_axes shape_rule = reduced_axes::dropped);

}  // namespace credence
