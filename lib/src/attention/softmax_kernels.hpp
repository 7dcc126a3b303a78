// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/simd.hpp"

#include <cstdint>

namespace credence::detail {

CREDENCE_SIMD_DECLARE(void, softmax_row_f32, const float* in, float* out, std::int64_t n)
CREDENCE_SIMD_DECLARE(void, softmax_row_f64, const double* in, double* out, std::int64_t n)
CREDENCE_SIMD_DECLARE(void, softmax_row_backward_f32, const float* out, const float* d_out, float* d_in, std::int64_t n)
CREDENCE_SIMD_DECLARE(void, softmax_row_backward_f64, const double* out, const double* d_out, double* d_in,
                      std::int64_t n)

}  // namespace credence::detail
