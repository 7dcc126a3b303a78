// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/simd.hpp"

#include <cstdint>

namespace credence::detail {

/// Rows handled at once: their predictors and derivatives stay in the first cache.
inline constexpr std::int64_t glm_block_rows = 256;

/// Which density is over the linear predictor.
enum class glm_density : std::uint8_t { bernoulli_logit, poisson_log, normal_id };

/// At most glm_block_rows rows of X, each contiguous, and what is added to.
struct glm_block {
  glm_density density = glm_density::bernoulli_logit;
  bool gradient = false;
  std::int64_t rows = 0, columns = 0;
  const double* x = nullptr;
  std::int64_t row_stride = 0;
  const double* y = nullptr;  ///< contiguous
  double intercept = 0.0;
  const double* coefficients = nullptr;
  double sd = 1.0;
  double* sums = nullptr;  ///< value, by intercept, by sd, by each coefficient
};

CREDENCE_SIMD_DECLARE(void, run_glm_block, const glm_block& work)

}  // namespace credence::detail
