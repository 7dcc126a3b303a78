// SPDX-License-Identifier: BSD-3-Clause
#include "credence/random/philox.hpp"

#include "support/catch.hpp"

using credence::philox4x32;
using credence::philox_words;

namespace {
void check_words(const philox_words& got, std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  CHECK(got.word[0] == a);
  CHECK(got.word[1] == b);
  CHECK(got.word[2] == c);
  CHECK(got.word[3] == d);
}
}  // namespace

// The three vectors of the Random123 distribution (kat_vectors, philox4x32 10).
TEST_CASE("philox4x32: known answers", "[random][philox]") {
  check_words(philox4x32(0, 0, 0), 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
  check_words(philox4x32(~0ULL, ~0ULL, ~0ULL), 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
  check_words(philox4x32(0x85a308d3243f6a88ULL, 0x0370734413198a2eULL, 0x299f31d0a4093822ULL), 0xd16cfe09, 0x94fdcceb,
              0x5001e420, 0x24126ea1);
}

// C++26 [rand.predef]: the 10000th word of std::philox4x32 with its default seed.
TEST_CASE("philox4x32: the 10000th word of the standard engine", "[random][philox]") {
  CHECK(philox4x32(2499, 0, 20111115).word[3] == 1955073260U);
}
