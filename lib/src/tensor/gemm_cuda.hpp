// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"

#include <cstdint>

namespace credence::detail::cuda {

/// Sizes and distances of c = alpha op(a) op(b) + beta c for every item of a batch; rows at unit stride. m, n, k and
/// batch are at least 1.
struct gemm_shape {
  std::int64_t batch, m, n, k;
  std::int64_t a_row, b_row, c_row, a_batch, b_batch, c_batch;
  bool transposed_a, transposed_b;
};
/// @throws not_built_error  in a build without CUDA
void gemm(const exec::context& ctx, const gemm_shape& shape, const double* a, const double* b, double* c, double alpha,
          double beta);
void gemm(const exec::context& ctx, const gemm_shape& shape, const float* a, const float* b, float* c, float alpha,
          float beta);

}  // namespace credence::detail::cuda
