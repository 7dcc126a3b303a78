// SPDX-License-Identifier: BSD-3-Clause
#include "attention/score_kernels.hpp"

namespace credence::attention {

score_function score_of(const alibi& f) { return CREDENCE_SIMD_PICK(alibi_kernels)(f); }
score_function score_of(const relative_table& f) { return CREDENCE_SIMD_PICK(relative_table_kernels)(f); }
score_function score_of(const gaussian_distance& f) { return CREDENCE_SIMD_PICK(gaussian_distance_kernels)(f); }
score_function score_of(const soft_cap& f) { return CREDENCE_SIMD_PICK(soft_cap_kernels)(f); }

}  // namespace credence::attention
