// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/config.hpp"

#include <cstdint>

namespace credence {
inline namespace CREDENCE_ISA {

/// Four random words: the output of one Philox block.
struct philox_words {
  std::uint32_t word[4];
};

/// Philox4x32 with ten rounds: a bijection of the 128-bit counter for each 64-bit key.
/// Equal to cuRAND's curand4() after curand_init(seed = key, subsequence = counter high half, offset = 4 * low half).
/// @source Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011
CREDENCE_HD CREDENCE_INLINE philox_words philox4x32(std::uint64_t counter_low, std::uint64_t counter_high,
                                                    std::uint64_t key) {
  std::uint32_t c0 = static_cast<std::uint32_t>(counter_low), c1 = static_cast<std::uint32_t>(counter_low >> 32);
  std::uint32_t c2 = static_cast<std::uint32_t>(counter_high), c3 = static_cast<std::uint32_t>(counter_high >> 32);
  std::uint32_t k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = std::uint64_t{0xD2511F53U} * c0;
    const std::uint64_t product1 = std::uint64_t{0xCD9E8D57U} * c2;
    const std::uint32_t high0 = static_cast<std::uint32_t>(product0 >> 32), low0 = static_cast<std::uint32_t>(product0);
    const std::uint32_t high1 = static_cast<std::uint32_t>(product1 >> 32), low1 = static_cast<std::uint32_t>(product1);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 += 0x9E3779B9U;  // the golden ratio and sqrt(3) - 1: Weyl steps of the key
    k1 += 0xBB67AE85U;
  }
  return {{c0, c1, c2, c3}};
}

}  // namespace CREDENCE_ISA
}  // namespace credence
