// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/simd.hpp"

#include <cstdint>

/// Kernels over a block of rows of a weighted design, which is stored column after column with `stride` rows of room.
/// The block stays in the first cache: for p columns it has about 4096 / p rows.
namespace credence::detail {

inline constexpr std::int64_t glm_rows_most = 512;

/// eta[i] += sum_j x[j][i] b[j].
CREDENCE_SIMD_DECLARE(void, glm_predictor, const double* x, std::int64_t stride, std::int64_t rows,
                      std::int64_t columns, const double* b, double* eta)
/// g[j] += sum_i x[j][i] s[i].
CREDENCE_SIMD_DECLARE(void, glm_cross, const double* x, std::int64_t stride, std::int64_t rows, std::int64_t columns,
                      const double* s, double* g)
/// The lower triangle of gram (row-major (columns, columns)) += x'x.
CREDENCE_SIMD_DECLARE(void, glm_gram, const double* x, std::int64_t stride, std::int64_t rows, std::int64_t columns,
                      double* gram)
/// Householder: the upper triangle r (row-major (columns, columns)) becomes that of [r; x]. Overwrites x.
CREDENCE_SIMD_DECLARE(void, glm_triangle, double* x, std::int64_t stride, std::int64_t rows, std::int64_t columns,
                      double* r)
/// x[j][i] *= w[i].
CREDENCE_SIMD_DECLARE(void, glm_scale, double* x, std::int64_t stride, std::int64_t rows, std::int64_t columns,
                      const double* w)
/// Bernoulli responses (0 or 1) with the logit: for prior weight w, score[i] = w (y - mu), weight[i] = w mu (1 - mu);
/// returns the deviance.
CREDENCE_SIMD_DECLARE(double, glm_bernoulli, const double* eta, const double* y, const double* w, std::int64_t rows,
                      double* score, double* weight)

}  // namespace credence::detail
