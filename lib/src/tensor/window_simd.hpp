// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/simd.hpp"

#include <cstdint>

namespace credence::detail {

/// acc[i] = fma(x[i * stride], weight, acc[i])
CREDENCE_SIMD_DECLARE(void, add_scaled_f64, double* acc, const double* x, std::int64_t stride, double weight,
                      std::int64_t n)
CREDENCE_SIMD_DECLARE(void, add_scaled_f32, double* acc, const float* x, std::int64_t stride, double weight,
                      std::int64_t n)
/// out[i] = larger of a[i] and b[i], NaN where one is
CREDENCE_SIMD_DECLARE(void, pairwise_maximum_f64, double* out, const double* a, const double* b, std::int64_t n)
CREDENCE_SIMD_DECLARE(void, pairwise_maximum_f32, float* out, const float* a, const float* b, std::int64_t n)

}  // namespace credence::detail
