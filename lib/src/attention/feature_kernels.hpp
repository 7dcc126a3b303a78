// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/simd.hpp"

#include <cstdint>

namespace credence::detail {

/// elu(x) + 1, or max(x, 0), of n numbers.
CREDENCE_SIMD_DECLARE(void, simple_features_f32, bool elu, const float* x, std::int64_t n, float* out)
CREDENCE_SIMD_DECLARE(void, simple_features_f64, bool elu, const double* x, std::int64_t n, double* out)
/// exp(x - shift) factor of n numbers, in place.
CREDENCE_SIMD_DECLARE(void, shifted_exp_f32, float* x, std::int64_t n, float shift, float factor)
CREDENCE_SIMD_DECLARE(void, shifted_exp_f64, double* x, std::int64_t n, double shift, double factor)
/// out = factor sin(x), and n further on factor cos(x).
CREDENCE_SIMD_DECLARE(void, waves_f32, const float* x, std::int64_t n, float factor, float* out)
CREDENCE_SIMD_DECLARE(void, waves_f64, const double* x, std::int64_t n, double factor, double* out)

}  // namespace credence::detail
