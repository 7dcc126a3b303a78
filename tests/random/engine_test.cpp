// SPDX-License-Identifier: BSD-3-Clause
#include "credence/random/engine.hpp"

#include "credence/random/uniform.hpp"
#include "support/catch.hpp"
#include "support/sample_tests.hpp"

#include <random>

using namespace credence;
using random::philox_engine;

static_assert(std::uniform_random_bit_generator<philox_engine>);

TEST_CASE("philox_engine: the 10000th word of std::philox4x32", "[random][engine]") {
  // C++26 [rand.predef]: the 10000th consecutive invocation of a default-constructed engine gives 1955073260.
  philox_engine engine;
  for (int i = 0; i < 9999; ++i) engine();
  CHECK(engine() == 1955073260U);
  philox_engine jumped;
  jumped.discard(9999);
  CHECK(jumped() == 1955073260U);
}

TEST_CASE("philox_engine: is the packed 32-bit stream of its key", "[random][engine]") {
  // The addressing of cuRAND: word n of (seed, subsequence) is word n % 4 of block n / 4.
  const rng_key key{987654321, 0x1234567800000009ULL};
  philox_engine engine(key);
  for (std::uint64_t n = 0; n < 100; ++n) CHECK(engine() == random::bits32(key, n));
  engine.set_block(1ULL << 40);
  CHECK(engine() == random::bits32(key, 4ULL << 40));
}

TEST_CASE("philox_engine: a jump is as good as drawing", "[random][engine]") {
  for (unsigned before = 0; before < 9; ++before) {
    for (unsigned jump = 0; jump < 14; ++jump) {
      philox_engine a(5), b(5);
      for (unsigned i = 0; i < before; ++i) a(), b();
      for (unsigned i = 0; i < jump; ++i) a();
      b.discard(jump);
      CAPTURE(before, jump);
      CHECK(a == b);
      CHECK(a() == b());
    }
  }
  philox_engine a(5), b(6);
  CHECK(!(a == b));
  // over the end of the 64-bit counter into the upper half
  a.set_block(~0ULL, 3);
  for (int i = 0; i < 4; ++i) a();
  CHECK(a() == philox4x32(0, 4, 5).word[0]);
  b = philox_engine(5);
  b.set_block(~0ULL, 3);
  b.discard(4);
  CHECK(b() == philox4x32(0, 4, 5).word[0]);
}

TEST_CASE("philox_engine: the distributions of <random> run on it", "[random][engine]") {
  philox_engine engine(GENERATE(1, 42, 77));
  std::normal_distribution<double> normal;
  std::gamma_distribution<double> gamma(2.5, 1.0);
  std::vector<double> u(20000), v(20000);
  for (double& x : u) x = 0.5 * std::erfc(-normal(engine) / std::sqrt(2.0));
  for (double& x : v) x = boost::math::gamma_p(2.5, gamma(engine));
  CHECK(test::kolmogorov_smirnov(u) > test::smallest_p);
  CHECK(test::kolmogorov_smirnov(v) > test::smallest_p);
}
