// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "tensor/reduce_simd.hpp"

#include "credence/exec/context.hpp"
#include "credence/tensor/array_view.hpp"

#include <vector>

namespace credence::detail {

/// A reduction set up: where the results lie and how the input is walked.
struct reduction {
  tensor_shape shape;       ///< of the results, reduced axes dropped
  tensor_shape kept_shape;  ///< with them kept as 1
  reduce_nest nest;
  std::int64_t terms = 0;  ///< for each result
};
reduction plan_reduction(const tensor_shape& shape, const std::int64_t* strides, std::uint64_t mask);

/// Results in double, in their row-major order. `centre` has one number a result, or is null. On the CPU, or on the
/// device of the context: then all pointers are there.
void run_reduction(const exec::context& ctx, const reduction& plan, term_kind kind, double* out, const double* in,
                   const double* centre);
void run_reduction(const exec::context& ctx, const reduction& plan, term_kind kind, double* out, const float* in,
                   const double* centre);

}  // namespace credence::detail
