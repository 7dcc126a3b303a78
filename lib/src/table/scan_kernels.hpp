// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/simd.hpp"

#include <cstdint>

/// Loops over the bytes of a text, compiled once for each instruction set.
namespace credence::detail {

/// Whether every byte is from 1 to 127.
CREDENCE_SIMD_DECLARE(bool, plain_ascii, const char* text, std::int64_t n)

/// How often `wanted` occurs.
CREDENCE_SIMD_DECLARE(std::int64_t, count_byte, const char* text, std::int64_t n, char wanted)

}  // namespace credence::detail
