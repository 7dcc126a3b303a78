// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/tensor/loop_nest.hpp"
#include "credence/tensor/semiring.hpp"
#include "credence/tensor/shape.hpp"

#include <vector>

/// The bookkeeping of contractions, which depends on axes and sizes only.
namespace credence::detail {

struct table_axes {
  const std::vector<int>& axes;
  const tensor_shape& shape;
};

/// Loops of out(kept) = sum over reduced of a(..) times b(..). Operands: 0 out, 1 a, 2 b (absent: strides 0).
struct contraction_nest {
  loop_nest<3> kept;
  loop_nest<3> reduced;       ///< strides of operand 0 are 0
  bool inner_is_kept = true;  ///< which of the two holds the innermost, vectorised loop (its last one)
};

struct contraction_plan {
  std::vector<int> axes;
  tensor_shape shape;
  contraction_nest nest;
};

/// @throws shape_error
contraction_plan plan_contraction(const char* where, const table_axes& a, const table_axes* b,
                                  const std::vector<int>& eliminated);
/// The strides of `a` in the given order of its axes. @throws shape_error  when the axes are not the same set
void strides_in_order(const char* where, const table_axes& a, const std::vector<int>& order, tensor_shape& shape,
                      std::int64_t* strides);
int position_of(const std::vector<int>& axes, int axis);  ///< -1 when absent

/// Axes of all factors, ascending, each once. @throws shape_error  when their sizes differ
std::vector<int> all_axes(const char* where, const std::vector<table_axes>& factors);
/// Checks `keep` and `order` and returns the axes to eliminate: order first, then the others greedily.
/// @throws domain_error
std::vector<int> elimination_order(const char* where, const std::vector<table_axes>& factors,
                                   const std::vector<int>& keep, const std::vector<int>& order);

/// The vector kernels; `b` may be null. Threads share the results only.
void run_contraction(const exec::context& ctx, semiring_kind kind, const contraction_nest& nest, double* out,
                     const double* a, const double* b);
void run_contraction(const exec::context& ctx, semiring_kind kind, const contraction_nest& nest, float* out,
                     const float* a, const float* b);

}  // namespace credence::detail
