// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

namespace credence {

/// Reductions of a list of numbers to one.
enum class reduce_op : std::uint8_t { sum, product, maximum, minimum, absolute_sum, absolute_maximum };

}  // namespace credence
