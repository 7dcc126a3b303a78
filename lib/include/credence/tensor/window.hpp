// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/tensor/array_view.hpp"
#include "credence/tensor/tensor.hpp"

/// Operations on windows that slide along axes; only windows that lie wholly inside count ("valid").
namespace credence {

/// The largest element of each window of `width` neighbours along an axis: out[i] = max(x[i], .., x[i + width - 1]).
/// The axis has n - width + 1 elements in the result, none when the window is longer than the axis. A NaN makes every
/// window it lies in NaN.
/// @throws shape_error   when the axis is absent
/// @throws domain_error  when width is below 1
/// @complexity three comparisons an element, whatever the width
/// @source van Herk 1992, Pattern Recognition Letters 13; Gil and Werman 1993, IEEE PAMI 15
tensor<double> sliding_maximum(const exec::context& ctx, array_view<const double> x, std::int64_t width, int axis);
tensor<float> sliding_maximum(const exec::context& ctx, array_view<const float> x, std::int64_t width, int axis);

/// out[o1, o2, ..] = sum over k1, k2, .. of x[o1 s1 + k1, o2 s2 + k2, ..] kernel[k1, k2, ..]: the kernel is not
/// flipped. Sums are taken in double, in the row-major order of the kernel, one fma a step.
/// @param x        any rank of at least 1
/// @param kernel   the same rank
/// @param strides  one for each axis, at least 1; empty means all 1
/// @returns        (n_d - k_d) / s_d + 1 elements along axis d; none where the kernel is longer than x
/// @throws shape_error, domain_error
tensor<double> cross_correlate(const exec::context& ctx, array_view<const double> x, array_view<const double> kernel,
                               std::span<const std::int64_t> strides = {});
tensor<float> cross_correlate(const exec::context& ctx, array_view<const float> x, array_view<const float> kernel,
                              std::span<const std::int64_t> strides = {});

}  // namespace credence
