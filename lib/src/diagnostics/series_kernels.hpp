// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/simd.hpp"

#include <cstdint>

/// Loops over draws, compiled once for each instruction set. Sums are taken in eight interleaved partial sums.
namespace credence::detail {

struct central_sums {
  double first = 0.0;   ///< sum of d = x - centre
  double second = 0.0;  ///< sum of d^2
  double fourth = 0.0;  ///< sum of d^4
};

struct value_range {
  double low = 0.0, high = 0.0;
  bool finite = true;  ///< no NaN, no infinity; low and high mean something only then
};

/// Smallest and largest value.
CREDENCE_SIMD_DECLARE(value_range, range_of, const double* x, std::int64_t n)

/// Sum of x[i] - centre.
CREDENCE_SIMD_DECLARE(double, sum_about, const double* x, std::int64_t n, double centre)

/// Sums of powers of x[i] - centre.
CREDENCE_SIMD_DECLARE(central_sums, sums_about, const double* x, std::int64_t n, double centre)

/// Adds sum_i y[i] y[i + first_lag + k] to sums[k] for k = 0..7. y holds n values, then zeros up to n rounded up to 8,
/// plus first_lag + 15 more.
CREDENCE_SIMD_DECLARE(void, add_lagged_products, const double* y, std::int64_t n, std::int64_t first_lag, double* sums)

/// In-place complex Fourier transform of n = 2^k values, real and imaginary parts apart; the sign of the exponent is
/// minus. `scratch` has 2n values; `turns_re`, `turns_im` hold exp(-2 pi i j / n) for j = 0..n-1.
CREDENCE_SIMD_DECLARE(void, fourier_transform, double* re, double* im, std::int64_t n, double* scratch,
                      const double* turns_re, const double* turns_im)

}  // namespace credence::detail
