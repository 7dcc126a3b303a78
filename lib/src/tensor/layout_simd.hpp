// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/simd.hpp"
#include "credence/tensor/dtype.hpp"

namespace credence::detail {

/// Converts n neighbouring elements.
CREDENCE_SIMD_DECLARE(void, cast_run, dtype from, const void* in, dtype to, void* out, std::int64_t n)

}  // namespace credence::detail
