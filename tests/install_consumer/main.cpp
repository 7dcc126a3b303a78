// SPDX-License-Identifier: BSD-3-Clause
// Uses the installed library as a user does: a header-only part, a compiled one, and one that runs on threads.
#include "credence/base/version.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/random/philox.hpp"

#include <cstdint>
#include <cstdio>
#include <vector>

int main() {
  std::vector<std::uint32_t> words(100000);
  credence::exec::for_each(credence::exec::cpu(2), static_cast<std::int64_t>(words.size()), [&](std::int64_t i) {
    words[static_cast<std::size_t>(i)] = credence::philox4x32(static_cast<std::uint64_t>(i), 0, 20111115).word[3];
  });
  std::printf("credence %s\n", credence::version().version.c_str());
  return words[2499] == 1955073260U ? 0 : 1;
}
