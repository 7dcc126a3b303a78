// SPDX-License-Identifier: BSD-3-Clause
// The closed set of score changes, vectorised.
#include "attention/score_kernels.hpp"

namespace credence::detail::CREDENCE_ISA {

attention::score_function alibi_kernels(const attention::alibi& f) { return attention::score_of<attention::alibi>(f); }
attention::score_function relative_table_kernels(const attention::relative_table& f) {
  return attention::score_of<attention::relative_table>(f);
}
attention::score_function gaussian_distance_kernels(const attention::gaussian_distance& f) {
  return attention::score_of<attention::gaussian_distance>(f);
}
attention::score_function soft_cap_kernels(const attention::soft_cap& f) {
  return attention::score_of<attention::soft_cap>(f);
}

}  // namespace credence::detail::CREDENCE_ISA
