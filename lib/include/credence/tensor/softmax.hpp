// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/config.hpp"
#include "credence/base/portable_math.hpp"
#include "credence/exec/context.hpp"
#include "credence/tensor/array_view.hpp"
#include "credence/tensor/tensor.hpp"

namespace credence {

/// exp(x) / sum(exp(x)) along an axis. The maximum is subtracted first, so any finite input is safe; -infinity gives 0.
/// NaN where the result has no meaning: a NaN, a +infinity or nothing but -infinity in the slice.
/// Sums are taken in double, in the order of reduce.hpp.
/// @throws shape_error  when the axis is absent
tensor<double> softmax(const exec::context& ctx, array_view<const double> x, int axis);
tensor<float> softmax(const exec::context& ctx, array_view<const float> x, int axis);

/// x - log(sum(exp(x))) along an axis.
tensor<double> log_softmax(const exec::context& ctx, array_view<const double> x, int axis);
tensor<float> log_softmax(const exec::context& ctx, array_view<const float> x, int axis);

inline namespace CREDENCE_ISA {

/// log(sum(exp(x))) of terms that arrive one by one or in parts: the largest so far, and the sum relative to it.
/// Empty it stands for no terms: value() is -infinity. Trivially copyable; usable in kernels of both compilers.
struct log_sum_exp_accumulator {
  double largest = -__builtin_inf();
  double sum = 0.0;  ///< of exp(x - largest)

  CREDENCE_HD CREDENCE_INLINE void add(double x) { merge({x, x == -__builtin_inf() ? 0.0 : 1.0}); }

  /// Joins the terms of another accumulator to these. Associative up to rounding; commutative exactly.
  CREDENCE_HD CREDENCE_INLINE void merge(const log_sum_exp_accumulator& other) {
    const double joint = (largest < other.largest) | (other.largest != other.largest) ? other.largest : largest;
    const double shift = joint - joint == 0.0 ? joint : 0.0;
    // An infinite part is in the result by its maximum alone.
    const double own = sum == 0.0 ? 0.0 : sum * math::exp(largest - shift);
    const double others = other.sum == 0.0 ? 0.0 : other.sum * math::exp(other.largest - shift);
    largest = joint;
    sum = own + others;
  }

  [[nodiscard]] CREDENCE_HD CREDENCE_INLINE double value() const {
    return largest - largest == 0.0 ? largest + math::log(sum) : largest;
  }
};

}  // namespace CREDENCE_ISA

/// Joins a block of terms along an axis to running accumulators, one for each slice in the row-major order of the other
/// axes: log_sum_exp of data that do not fit memory. Blocks are reduced in the order of reduce.hpp, then merged.
/// @throws shape_error  when the number of accumulators is not the number of slices
void log_sum_exp_update(const exec::context& ctx, array_view<const double> block, int axis,
                        std::span<log_sum_exp_accumulator> running);

}  // namespace credence
