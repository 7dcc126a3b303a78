// SPDX-License-Identifier: BSD-3-Clause
#include "bayesnet/count_kernels.hpp"

#include "credence/base/config.hpp"

#include <bit>

namespace credence::detail::CREDENCE_ISA {

std::int64_t count_common(const std::uint64_t* a, const std::uint64_t* b, std::int64_t words) {
  std::int64_t part[2] = {};
  std::int64_t w = 0;
  for (; w + 2 <= words; w += 2) {
    part[0] += std::popcount(a[w] & b[w]);
    part[1] += std::popcount(a[w + 1] & b[w + 1]);
  }
  if (w < words) part[0] += std::popcount(a[w] & b[w]);
  return part[0] + part[1];
}

std::int64_t intersect(std::uint64_t* out, const std::uint64_t* a, const std::uint64_t* b, std::int64_t words) {
  std::int64_t count = 0;
  for (std::int64_t w = 0; w < words; ++w) {
    out[w] = a[w] & b[w];
    count += std::popcount(out[w]);
  }
  return count;
}

void extend_keys(std::int32_t* keys, const std::uint16_t* codes, std::int32_t factor, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) keys[i] = keys[i] * factor + codes[i];
}

}  // namespace credence::detail::CREDENCE_ISA
