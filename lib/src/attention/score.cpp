// SPDX-License-Identifier: BSD-3-Clause
#include "attention/score_kernels.hpp"

namespace credence::attention {

namespace {

score_function named(score_function f, score_kind kind) {
  f.kind = kind;
  return f;
}

}  // namespace

score_function score_of(const alibi& f) { return named(CREDENCE_SIMD_PICK(alibi_kernels)(f), score_kind::alibi); }
score_function score_of(const relative_table& f) {
  return named(CREDENCE_SIMD_PICK(relative_table_kernels)(f), score_kind::relative_table);
}
score_function score_of(const gaussian_distance& f) {
  return named(CREDENCE_SIMD_PICK(gaussian_distance_kernels)(f), score_kind::gaussian_distance);
}
score_function score_of(const soft_cap& f) {
  return named(CREDENCE_SIMD_PICK(soft_cap_kernels)(f), score_kind::soft_cap);
}

}  // namespace credence::attention
