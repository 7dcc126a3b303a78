// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/simd.hpp"
#include "credence/tensor/contraction_plan.hpp"

namespace credence::detail {

/// Columns of a row that one task takes.
inline constexpr std::int64_t contraction_chunk = 512;

/// Tasks begin..end-1 of a contraction; a task is one kept step, or one chunk of a kept row. `what` 5 sums
/// exp(a + b - shift) with `shift` laid out as `out`; otherwise it is a semiring_kind and `shift` is unused.
CREDENCE_SIMD_DECLARE(void, contraction_f64, const contraction_nest& nest, int what, double* out, const double* a,
                      const double* b, const double* shift, std::int64_t begin, std::int64_t end)
CREDENCE_SIMD_DECLARE(void, contraction_f32, const contraction_nest& nest, int what, float* out, const float* a,
                      const float* b, const float* shift, std::int64_t begin, std::int64_t end)
/// out = shift + log(out), where shift is finite or the result is infinite; elements begin..end-1.
CREDENCE_SIMD_DECLARE(void, finish_log_sum_f64, double* out, const double* shift, std::int64_t begin, std::int64_t end)
CREDENCE_SIMD_DECLARE(void, finish_log_sum_f32, float* out, const float* shift, std::int64_t begin, std::int64_t end)

}  // namespace credence::detail
