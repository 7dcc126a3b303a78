// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/tensor/elementwise_enums.hpp"
#include "credence/tensor/loop_nest.hpp"

/// The CUDA kernels, as seen from host sources. In a build without CUDA each throws not_built_error.
namespace credence::detail::cuda {

void elementwise(const exec::context& ctx, const loop_nest<2>& nest, unary_op op, double* out, const double* x);
void elementwise(const exec::context& ctx, const loop_nest<2>& nest, unary_op op, float* out, const float* x);
void elementwise(const exec::context& ctx, const loop_nest<3>& nest, binary_op op, double* out, const double* a,
                 const double* b);
void elementwise(const exec::context& ctx, const loop_nest<3>& nest, binary_op op, float* out, const float* a,
                 const float* b);
void elementwise(const exec::context& ctx, const loop_nest<4>& nest, ternary_op op, double* out, const double* a,
                 const double* b, const double* c);
void elementwise(const exec::context& ctx, const loop_nest<4>& nest, ternary_op op, float* out, const float* a,
                 const float* b, const float* c);

}  // namespace credence::detail::cuda
