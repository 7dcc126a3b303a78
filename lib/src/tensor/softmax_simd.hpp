// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/simd.hpp"
#include "credence/tensor/loop_nest.hpp"

namespace credence::detail {

/// Row tasks begin..end-1: out = exp(x - largest) / sum, or x - largest - log(sum) when `logs`. Operands of the nest:
/// out, x, and what `largest` and `sum` share.
CREDENCE_SIMD_DECLARE(void, softmax_finish_f64, const loop_nest<3>& nest, bool logs, double* out, const double* x,
                      const double* largest, const double* sum, std::int64_t begin, std::int64_t end)
CREDENCE_SIMD_DECLARE(void, softmax_finish_f32, const loop_nest<3>& nest, bool logs, float* out, const float* x,
                      const double* largest, const double* sum, std::int64_t begin, std::int64_t end)

}  // namespace credence::detail
