// SPDX-License-Identifier: BSD-3-Clause
#include "credence/interop/boost_random.hpp"

#include "support/catch.hpp"
#include "support/sample_tests.hpp"

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/poisson.hpp>
#include <boost/math/distributions/weibull.hpp>
#include <boost/random/binomial_distribution.hpp>
#include <boost/random/gamma_distribution.hpp>
#include <boost/random/normal_distribution.hpp>
#include <boost/random/poisson_distribution.hpp>
#include <boost/random/uniform_int_distribution.hpp>
#include <boost/random/weibull_distribution.hpp>
#include <cmath>
#include <concepts>
#include <random>

using namespace credence;
using test::smallest_p;

static_assert(std::uniform_random_bit_generator<interop::element_engine>);

namespace {

constexpr std::size_t draws = 20000;

template <class Distribution, class Cdf>
void check_on_engine(Distribution distribution, const Cdf& cdf) {
  const std::uint64_t seed = GENERATE(1, 42, 77);
  const rng_key key = rng_key{seed, 0}.split(purpose::test, 3);
  random::philox_engine engine(key);
  std::vector<double> in_sequence(draws), addressed(draws);
  for (std::size_t i = 0; i < draws; ++i) {
    in_sequence[i] = cdf(distribution(engine));
    addressed[i] = cdf(interop::draw(distribution, key, i));
  }
  CHECK(test::kolmogorov_smirnov(in_sequence) > smallest_p);
  CHECK(test::chi_square_uniform(in_sequence) > smallest_p);
  CHECK(test::kolmogorov_smirnov(addressed) > smallest_p);
  CHECK(test::chi_square_uniform(addressed) > smallest_p);
}

template <class Distribution, class Reference>
void check_counts_on_engine(Distribution distribution, const Reference& reference) {
  const std::uint64_t seed = GENERATE(1, 42, 77);
  const rng_key key = rng_key{seed, 0}.split(purpose::test, 4);
  random::philox_engine engine(key);
  std::vector<std::int64_t> in_sequence(draws), addressed(draws);
  for (std::size_t i = 0; i < draws; ++i) {
    in_sequence[i] = distribution(engine);
    addressed[i] = interop::draw(distribution, key, i);
  }
  const auto pmf = [&](std::int64_t k) { return boost::math::pdf(reference, static_cast<double>(k)); };
  const auto cdf = [&](std::int64_t k) { return boost::math::cdf(reference, static_cast<double>(k)); };
  CHECK(test::chi_square_counts(in_sequence, pmf, cdf) > smallest_p);
  CHECK(test::chi_square_counts(addressed, pmf, cdf) > smallest_p);
}

}  // namespace

TEST_CASE("Boost.Random: continuous distributions run on the engine and fit", "[interop][boost_random]") {
  check_on_engine(boost::random::normal_distribution<>(),
                  [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); });
  check_on_engine(boost::random::gamma_distribution<>(2.5), [](double x) { return boost::math::gamma_p(2.5, x); });
  check_on_engine(boost::random::gamma_distribution<>(0.4), [](double x) { return boost::math::gamma_p(0.4, x); });
  check_on_engine(boost::random::weibull_distribution<>(1.5, 2.0),
                  [](double x) { return boost::math::cdf(boost::math::weibull_distribution<>(1.5, 2.0), x); });
}

TEST_CASE("Boost.Random: counts run on the engine and fit", "[interop][boost_random]") {
  check_counts_on_engine(boost::random::poisson_distribution<std::int64_t>(42.5),
                         boost::math::poisson_distribution<>(42.5));
  check_counts_on_engine(boost::random::binomial_distribution<std::int64_t>(60, 0.4),
                         boost::math::binomial_distribution<>(60, 0.4));
}

TEST_CASE("interop::draw: is a function of key and element", "[interop][boost_random]") {
  const rng_key key{5, 6};
  const boost::random::normal_distribution<> boost_normal;
  const std::normal_distribution<> std_normal;
  CHECK(interop::draw(boost_normal, key, 7) == interop::draw(boost_normal, key, 7));
  CHECK(interop::draw(boost_normal, key, 7) != interop::draw(boost_normal, key, 8));
  CHECK(interop::draw(std_normal, key, 7) == interop::draw(std_normal, key, 7));
  // its words are the blocks of the element's attempts
  interop::element_engine engine(key, 7);
  for (std::uint64_t attempt = 0; attempt < 3; ++attempt) {
    const philox_words block = philox4x32(rng_index(7, attempt), key.stream, key.seed);
    for (const std::uint32_t word : block.word) CHECK(engine() == word);
  }
}
