// SPDX-License-Identifier: BSD-3-Clause
// The tiled kernels of attention in float: at D = 64, 256 operations of multiply-add and one exponential a score;
// operands are packed into panels, so that the memory traffic of a tile is what its second-level cache holds.
#include "attention/backward_kernel.hpp"

namespace credence::detail::CREDENCE_ISA {

const tile_kernels<float>& attention_kernels_f32() {
  static constexpr tile_kernels<float> kernels{{blocking<float>::rows, blocking<float>::columns},
                                               copy_rows<float>,
                                               pack_columns<float>,
                                               pack_rows<float>,
                                               forward_one<float>,
                                               weights_one<float>,
                                               backward_one<float>,
                                               bias_one<float>};
  return kernels;
}

}  // namespace credence::detail::CREDENCE_ISA
