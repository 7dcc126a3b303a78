// SPDX-License-Identifier: BSD-3-Clause
// The tiled kernels of attention in double: at D = 64, 256 operations of multiply-add and one exponential a score;
// operands are packed into panels, so that the memory traffic of a tile is what its second-level cache holds.
#include "attention/backward_kernel.hpp"

namespace credence::detail::CREDENCE_ISA {

const tile_kernels<double>& attention_kernels_f64() {
  static constexpr tile_kernels<double> kernels{{blocking<double>::rows, blocking<double>::columns},
                                                copy_rows<double>,
                                                pack_columns<double>,
                                                pack_rows<double>,
                                                forward_one<double>,
                                                weights_one<double>,
                                                backward_one<double>,
                                                bias_one<double>};
  return kernels;
}

}  // namespace credence::detail::CREDENCE_ISA
