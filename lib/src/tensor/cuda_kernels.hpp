// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "tensor/reduce_simd.hpp"

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

/// Partial results out[block][result] of every block.
void reduce(const exec::context& ctx, const reduce_nest& nest, term_kind kind, std::int64_t terms, std::int64_t blocks,
            double* out, const double* in, const double* centre);
void reduce(const exec::context& ctx, const reduce_nest& nest, term_kind kind, std::int64_t terms, std::int64_t blocks,
            double* out, const float* in, const double* centre);

void softmax_finish(const exec::context& ctx, const loop_nest<3>& nest, bool logs, double* out, const double* x,
                    const double* largest, const double* sum);
void softmax_finish(const exec::context& ctx, const loop_nest<3>& nest, bool logs, float* out, const float* x,
                    const double* largest, const double* sum);

/// out[...] = in[... + indices[r] * step]; operands of the nest: result, source, position in `indices`. All on the
/// device.
void gather(const exec::context& ctx, std::int64_t element_bytes, const loop_nest<3>& nest, const std::int64_t* indices,
            std::int64_t step, void* out, const void* in);

}  // namespace credence::detail::cuda
