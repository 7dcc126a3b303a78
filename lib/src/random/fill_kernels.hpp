// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/simd.hpp"

#include <cstdint>

// The vectorised fills of fill_simd.cpp, once for each instruction set. `first` is the element of out[0].
namespace credence::detail {

CREDENCE_SIMD_DECLARE(void, random_words, std::uint64_t seed, std::uint64_t stream, std::uint64_t first, std::int64_t n,
                      std::uint32_t* out)
CREDENCE_SIMD_DECLARE(void, random_uniform_f64, std::uint64_t seed, std::uint64_t stream, std::uint64_t first,
                      std::int64_t n, double* out)
CREDENCE_SIMD_DECLARE(void, random_uniform_f32, std::uint64_t seed, std::uint64_t stream, std::uint64_t first,
                      std::int64_t n, float* out)
CREDENCE_SIMD_DECLARE(void, random_normal_f64, std::uint64_t seed, std::uint64_t stream, std::uint64_t first,
                      std::int64_t n, double* out)
CREDENCE_SIMD_DECLARE(void, random_normal_f32, std::uint64_t seed, std::uint64_t stream, std::uint64_t first,
                      std::int64_t n, float* out)
CREDENCE_SIMD_DECLARE(void, random_exponential_f64, std::uint64_t seed, std::uint64_t stream, std::uint64_t first,
                      std::int64_t n, double* out)
CREDENCE_SIMD_DECLARE(void, random_exponential_f32, std::uint64_t seed, std::uint64_t stream, std::uint64_t first,
                      std::int64_t n, float* out)
CREDENCE_SIMD_DECLARE(void, random_gumbel_f64, std::uint64_t seed, std::uint64_t stream, std::uint64_t first,
                      std::int64_t n, double* out)
CREDENCE_SIMD_DECLARE(void, random_gumbel_f32, std::uint64_t seed, std::uint64_t stream, std::uint64_t first,
                      std::int64_t n, float* out)
/// Gamma variates, or their logarithms; even and odd elements each with a shape.
CREDENCE_SIMD_DECLARE(void, random_gamma_f64, std::uint64_t seed, std::uint64_t stream, std::uint64_t first,
                      std::int64_t n, double shape_even, double shape_odd, bool logarithms, double* out)
CREDENCE_SIMD_DECLARE(void, random_beta_f64, std::uint64_t seed, std::uint64_t stream, std::uint64_t first,
                      std::int64_t n, double a, double b, double* out)
CREDENCE_SIMD_DECLARE(void, random_dirichlet_f64, std::uint64_t seed, std::uint64_t stream, std::uint64_t first,
                      std::int64_t rows, const double* concentration, std::int64_t n, double* out)
/// For rate >= 10, and for trials * p >= 10 with p <= 1/2.
CREDENCE_SIMD_DECLARE(void, random_poisson, std::uint64_t seed, std::uint64_t stream, std::uint64_t first,
                      std::int64_t n, double rate, std::int64_t* out)
CREDENCE_SIMD_DECLARE(void, random_binomial, std::uint64_t seed, std::uint64_t stream, std::uint64_t first,
                      std::int64_t n, std::int64_t trials, double p, std::int64_t* out)
/// The first 64 bits of the blocks first, first + 1, ... as uniforms.
CREDENCE_SIMD_DECLARE(void, random_block_uniform_f64, std::uint64_t seed, std::uint64_t stream, std::uint64_t first,
                      std::int64_t n, double* out)
/// Packed 64-bit numbers.
CREDENCE_SIMD_DECLARE(void, random_bits64, std::uint64_t seed, std::uint64_t stream, std::uint64_t first,
                      std::int64_t n, std::uint64_t* out)

}  // namespace credence::detail
