// SPDX-License-Identifier: BSD-3-Clause
// Draws against an independent implementation of the written rules, in 40 digits (tests/reference/random_draws.py).
// They also pin the reproducibility promise: these numbers never change.
#include "credence/random/discrete.hpp"
#include "credence/random/gamma.hpp"
#include "random/reference_draws.hpp"
#include "support/catch.hpp"

#include <iterator>

using namespace credence;
namespace reference = credence::test::reference;

namespace {

constexpr rng_key key{reference::seed, reference::stream};

template <class Draw, class T, std::size_t N>
void check(const Draw& draw, const T (&expected)[N], double relative) {
  static_assert(N == std::size(reference::elements));
  for (std::size_t i = 0; i < N; ++i) {
    CAPTURE(reference::elements[i]);
    CHECK_THAT(static_cast<double>(draw(reference::elements[i])),
               WithinRel(static_cast<double>(expected[i]), relative));
  }
}

}  // namespace

TEST_CASE("draws: agree with the written rules in 40 digits", "[random][reference]") {
  // Exact, or a few roundings of 1.1e-16 each; a Gumbel near 0 loses what its logarithm cancels.
  check([](std::uint64_t e) { return random::uniform(key, e); }, reference::uniform, 1e-16);
  check([](std::uint64_t e) { return random::normal(key, e); }, reference::normal, 2e-15);
  check([](std::uint64_t e) { return random::exponential(key, e); }, reference::exponential, 4e-16);
  check([](std::uint64_t e) { return random::gumbel(key, e); }, reference::gumbel, 1e-14);
  check([](std::uint64_t e) { return random::gamma(key, e, 2.5); }, reference::gamma_2_5, 2e-15);
  check([](std::uint64_t e) { return random::gamma(key, e, 0.3); }, reference::gamma_0_3, 1e-14);
}

TEST_CASE("counts: agree with the written rules in 40 digits", "[random][reference]") {
  check([](std::uint64_t e) { return random::integer_below(key, e, 1000); }, reference::integer_1000, 0.0);
  check([](std::uint64_t e) { return random::poisson(key, e, 3.0); }, reference::poisson_3, 0.0);
  check([](std::uint64_t e) { return random::poisson(key, e, 100.0); }, reference::poisson_100, 0.0);
  check([](std::uint64_t e) { return random::binomial(key, e, 12, 0.25); }, reference::binomial_12, 0.0);
  check([](std::uint64_t e) { return random::binomial(key, e, 80, 0.375); }, reference::binomial_80, 0.0);
}
