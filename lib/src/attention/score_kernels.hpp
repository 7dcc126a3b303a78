// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/attention/score.hpp"
#include "credence/base/simd.hpp"

namespace credence::detail {

CREDENCE_SIMD_DECLARE(attention::score_function, alibi_kernels, const attention::alibi& f)
CREDENCE_SIMD_DECLARE(attention::score_function, relative_table_kernels, const attention::relative_table& f)
CREDENCE_SIMD_DECLARE(attention::score_function, gaussian_distance_kernels, const attention::gaussian_distance& f)
CREDENCE_SIMD_DECLARE(attention::score_function, soft_cap_kernels, const attention::soft_cap& f)

}  // namespace credence::detail
