// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/random/key.hpp"
#include "credence/random/philox.hpp"

#include <cstdint>

namespace credence::random {

/// Philox as an engine with a state, for what wants a UniformRandomBitGenerator: the distributions of <random> and of
/// Boost.Random. The words are those of cuRAND's curand4 for (seed, subsequence = stream, offset), and for a 32-bit
/// seed those of C++26's std::philox4x32 with the same seed.
///
/// Jumps in constant time. Where a number can be addressed by (key, element) instead, do that: then it depends on
/// nothing drawn before.
class philox_engine {
 public:
  using result_type = std::uint32_t;
  static constexpr result_type default_seed = 20111115;
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return 0xFFFFFFFF; }

  explicit philox_engine(std::uint64_t seed = default_seed) : key_{seed, 0} {}
  explicit philox_engine(rng_key key) : key_(key), high_(key.stream) {}

  void seed(std::uint64_t value = default_seed) { *this = philox_engine(value); }

  result_type operator()() {
    if (used_ == 4) {
      words_ = philox4x32(low_, high_, key_.seed);
      if (++low_ == 0) ++high_;
      used_ = 0;
    }
    return words_.word[used_++];
  }

  /// Skips that many words.
  void discard(unsigned long long words) {
    const unsigned left = 4 - used_;
    if (words < left) {
      used_ += static_cast<unsigned>(words);
      return;
    }
    words -= left;
    set_block(low_ + words / 4, high_ + (low_ + words / 4 < low_ ? 1 : 0));
    for (unsigned k = 0; k < words % 4; ++k) (*this)();
  }

  /// Goes to a block of four words: the next word is the first of block `low` of subsequence `high`.
  void set_block(std::uint64_t low, std::uint64_t high) {
    low_ = low;
    high_ = high;
    used_ = 4;
  }
  void set_block(std::uint64_t low) { set_block(low, key_.stream); }

  /// Equal engines give equal words from here on.
  friend bool operator==(const philox_engine& a, const philox_engine& b) {
    return a.key_.seed == b.key_.seed && a.position_low() == b.position_low() &&
           a.position_high() == b.position_high() && (a.used_ & 3U) == (b.used_ & 3U);
  }

 private:
  /// The block that holds the next word.
  [[nodiscard]] std::uint64_t position_low() const { return used_ == 4 ? low_ : low_ - 1; }
  [[nodiscard]] std::uint64_t position_high() const { return used_ == 4 || low_ != 0 ? high_ : high_ - 1; }

  rng_key key_;
  std::uint64_t low_ = 0, high_ = 0;  ///< the next block to compute
  philox_words words_{};
  unsigned used_ = 4;  ///< words of the present block already given
};

}  // namespace credence::random
