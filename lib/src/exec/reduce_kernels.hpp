// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/simd.hpp"

#include <cstdint>

// The reductions of one chunk, for each instruction set: eight interleaved partial results, see exec/reduce.hpp.
namespace credence::detail {

CREDENCE_SIMD_DECLARE(double, sum_chunk_f64, const double* x, std::int64_t n)
CREDENCE_SIMD_DECLARE(double, sum_chunk_f32, const float* x, std::int64_t n)
CREDENCE_SIMD_DECLARE(std::int64_t, sum_chunk_i64, const std::int64_t* x, std::int64_t n)
CREDENCE_SIMD_DECLARE(std::int64_t, sum_chunk_i32, const std::int32_t* x, std::int64_t n)

// The smallest (largest) value of a chunk of at least one element; NaN when it holds one.
CREDENCE_SIMD_DECLARE(double, min_chunk_f64, const double* x, std::int64_t n)
CREDENCE_SIMD_DECLARE(float, min_chunk_f32, const float* x, std::int64_t n)
CREDENCE_SIMD_DECLARE(std::int64_t, min_chunk_i64, const std::int64_t* x, std::int64_t n)
CREDENCE_SIMD_DECLARE(std::int32_t, min_chunk_i32, const std::int32_t* x, std::int64_t n)
CREDENCE_SIMD_DECLARE(double, max_chunk_f64, const double* x, std::int64_t n)
CREDENCE_SIMD_DECLARE(float, max_chunk_f32, const float* x, std::int64_t n)
CREDENCE_SIMD_DECLARE(std::int64_t, max_chunk_i64, const std::int64_t* x, std::int64_t n)
CREDENCE_SIMD_DECLARE(std::int32_t, max_chunk_i32, const std::int32_t* x, std::int64_t n)

}  // namespace credence::detail
