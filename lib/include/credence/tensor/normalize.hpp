// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/tensor/reduce.hpp"

namespace credence {

template <class T>
struct normalized {
  tensor<T> values;      ///< (x - mean) * inverse_sd, in the shape of x
  tensor<T> mean;        ///< over the named axes, which are kept with size 1
  tensor<T> inverse_sd;  ///< 1 / sqrt(variance + epsilon), the same shape
};

/// Subtracts the mean and divides by the standard deviation over the named axes: layer normalisation over the last
/// axis, batch normalisation over all but the channels. The variance is the population's.
/// @param epsilon  added to the variance; non-negative. With 0, a slice of equal elements gives NaN.
/// @throws shape_error, domain_error
normalized<double> normalize(const exec::context& ctx, array_view<const double> x, const axis_list& axes,
                             double epsilon = 1e-5);
normalized<float> normalize(const exec::context& ctx, array_view<const float> x, const axis_list& axes,
                            double epsilon = 1e-5);

}  // namespace credence
