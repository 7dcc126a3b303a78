// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/tensor/view.hpp"

#include <cstdint>

namespace credence::attention {

/// The (length, columns) matrix of one batch entry and head.
template <class T>
view<const T, 2> one_head(const view<const T, 4>& x, std::int64_t b, std::int64_t h) {
  view<const T, 2> out;
  out.data = x.data + b * x.strides[0] + h * x.strides[1];
  for (int a = 0; a < 2; ++a) {
    out.extents[a] = x.extents[a + 2];
    out.strides[a] = x.strides[a + 2];
  }
  return out;
}

}  // namespace credence::attention
