// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/simd.hpp"
#include "credence/tensor/elementwise_enums.hpp"
#include "credence/tensor/loop_nest.hpp"

namespace credence::detail {

// Operand 0 is the result. Tasks begin..end-1 of tensor/row_tasks.hpp.
CREDENCE_SIMD_DECLARE(void, unary_f64, const loop_nest<2>& nest, unary_op op, double* out, const double* x,
                      std::int64_t begin, std::int64_t end)
CREDENCE_SIMD_DECLARE(void, unary_f32, const loop_nest<2>& nest, unary_op op, float* out, const float* x,
                      std::int64_t begin, std::int64_t end)
CREDENCE_SIMD_DECLARE(void, binary_f64, const loop_nest<3>& nest, binary_op op, double* out, const double* a,
                      const double* b, std::int64_t begin, std::int64_t end)
CREDENCE_SIMD_DECLARE(void, binary_f32, const loop_nest<3>& nest, binary_op op, float* out, const float* a,
                      const float* b, std::int64_t begin, std::int64_t end)
CREDENCE_SIMD_DECLARE(void, ternary_f64, const loop_nest<4>& nest, ternary_op op, double* out, const double* a,
                      const double* b, const double* c, std::int64_t begin, std::int64_t end)
CREDENCE_SIMD_DECLARE(void, ternary_f32, const loop_nest<4>& nest, ternary_op op, float* out, const float* a,
                      const float* b, const float* c, std::int64_t begin, std::int64_t end)

}  // namespace credence::detail
