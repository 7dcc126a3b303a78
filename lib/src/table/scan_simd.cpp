// SPDX-License-Identifier: BSD-3-Clause
#include "credence/base/config.hpp"

#include "table/scan_kernels.hpp"

namespace credence::detail::CREDENCE_ISA {

bool plain_ascii(const char* text, std::int64_t n) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text);
  std::int64_t i = 0;
  for (; i + 4096 <= n; i += 4096) {
    unsigned char bad = 0;
    // byte - 1 has its top bit set exactly for NUL and for bytes from 129; 128 is caught by the byte itself.
    for (std::int64_t j = 0; j < 4096; ++j) {
      bad = static_cast<unsigned char>(bad | bytes[i + j] | static_cast<unsigned char>(bytes[i + j] - 1));
    }
    if ((bad & 0x80U) != 0) return false;
  }
  unsigned char bad = 0;
  for (; i < n; ++i) bad = static_cast<unsigned char>(bad | bytes[i] | static_cast<unsigned char>(bytes[i] - 1));
  return (bad & 0x80U) == 0;
}

std::int64_t count_byte(const char* text, std::int64_t n, char wanted) {
  std::int64_t total = 0, i = 0;
  // Blocks short enough that eight-bit counters, one a lane, cannot overflow.
  for (; i + 4096 <= n; i += 4096) {
    unsigned char counts[64] = {};
    for (std::int64_t j = 0; j < 4096; j += 64) {
      for (int k = 0; k < 64; ++k) counts[k] = static_cast<unsigned char>(counts[k] + (text[i + j + k] == wanted));
    }
    for (const unsigned char count : counts) total += count;
  }
  for (; i < n; ++i) total += text[i] == wanted ? 1 : 0;
  return total;
}

}  // namespace credence::detail::CREDENCE_ISA
