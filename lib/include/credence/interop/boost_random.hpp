// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/random/engine.hpp"

#include <cstdint>

/// Boost.Random's distributions on credence's engine. The engine already is what Boost calls a uniform random number
/// generator, so any of them takes it as it is; this header adds what needs a word more: an engine for one element, so
/// that a draw of a Boost distribution is a function of (key, element) like credence's own.
///
/// ```cpp
/// boost::random::weibull_distribution<> weibull(1.5, 2.0);
/// const double x = interop::draw(weibull, key, element);
/// ```
namespace credence::interop {

/// The engine of one element: its words are those of blocks element, element + 2^48, ... of the key's stream, that is
/// the attempts of a rejection sampler (rng_index), so engines of different elements never share a word. It holds 2^18
/// words; no distribution takes as many for one draw.
class element_engine {
 public:
  using result_type = std::uint32_t;
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return 0xFFFFFFFF; }

  element_engine(rng_key key, std::uint64_t element) : key_(key), element_(element) {}

  result_type operator()() {
    if (used_ == 4) {
      words_ = philox4x32(rng_index(element_, attempt_++), key_.stream, key_.seed);
      used_ = 0;
    }
    return words_.word[used_++];
  }

 private:
  rng_key key_;
  std::uint64_t element_;
  std::uint64_t attempt_ = 0;
  philox_words words_{};
  unsigned used_ = 4;
};

/// One draw of a Boost (or standard) distribution as a function of key and element. Distributions that keep a second
/// number for the next call are reset first.
template <class Distribution>
auto draw(Distribution distribution, rng_key key, std::uint64_t element) {
  element_engine engine(key, element);
  distribution.reset();
  return distribution(engine);
}

}  // namespace credence::interop
