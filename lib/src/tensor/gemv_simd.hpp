// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/simd.hpp"

#include <cstdint>

namespace credence::detail {

/// y[i] = alpha sum_j a[i, j] x[j] + beta y[i] for i in begin..end-1; with beta 0, y is not read.
CREDENCE_SIMD_DECLARE(void, gemv_f64, const double* a, std::int64_t row, std::int64_t column, const double* x,
                      std::int64_t x_step, std::int64_t k, double* y, std::int64_t y_step, double alpha, double beta,
                      std::int64_t begin, std::int64_t end)
CREDENCE_SIMD_DECLARE(void, gemv_f32, const float* a, std::int64_t row, std::int64_t column, const float* x,
                      std::int64_t x_step, std::int64_t k, float* y, std::int64_t y_step, float alpha, float beta,
                      std::int64_t begin, std::int64_t end)

}  // namespace credence::detail
