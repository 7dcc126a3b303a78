// SPDX-License-Identifier: BSD-3-Clause
// Walks, generating functions, searches: laws against counting every path.
#include "credence/base/errors.hpp"
#include "credence/processes/generating_function.hpp"
#include "credence/processes/markov_chain.hpp"
#include "credence/processes/random_walk.hpp"
#include "credence/processes/search.hpp"
#include "support/catch.hpp"

#include <bit>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <map>

using namespace credence;
using namespace credence::processes;

TEST_CASE("random walk: the law of every place, return and lead, by counting paths", "[processes][random_walk]") {
  const int n = 12;
  const double up = 0.3;
  std::map<int, double> place, first, lead;
  for (std::uint32_t path = 0; path < (1U << n); ++path) {
    const int ups = std::popcount(path);
    const double p = std::pow(up, ups) * std::pow(1.0 - up, n - ups);
    int now = 0, positive = 0, back = 0;
    for (int k = 0; k < n; ++k) {
      const int before = now;
      now += (path >> k & 1U) != 0 ? 1 : -1;
      if (now > 0 || before > 0) ++positive;
      if (now == 0 && back == 0) back = k + 1;
    }
    place[now] += p;
    if (back != 0) first[back] += p;
    lead[positive] += std::pow(0.5, n);
  }
  for (int k = -n - 2; k <= n + 2; ++k) CHECK_THAT(walk_pmf(n, k, up), WithinAbs(place[k], 1e-14));
  for (int k = 0; k <= n; ++k) {
    CHECK_THAT(first_return_pmf(k, up), WithinAbs(first[k], 1e-14));
    CHECK_THAT(positive_time_pmf(n, k), WithinAbs(lead[k], 1e-14));
  }
  CHECK(walk_pmf(0, 0) == 1.0);
}

TEST_CASE("random walk: textbook T39 and T42", "[processes][random_walk][textbook]") {
  const auto check = [](double up, std::int64_t z, std::int64_t a, double lost, double games, double games_digit) {
    const gamblers_ruin got = ruin(z, a, up);
    CHECK_THAT(got.ruin, WithinAbs(lost, 5e-5));
    CHECK_THAT(got.duration, WithinAbs(games, games_digit));
  };
  check(0.5, 9, 10, 0.1, 9.0, 1e-12);
  check(0.45, 9, 10, 0.2101, 11.01, 5e-3);
  check(0.45, 90, 100, 0.8656, 765.57, 5e-3);
  check(0.4, 99, 100, 0.3333, 161.67, 5e-3);
  CHECK_THAT(return_probability(3), WithinAbs(0.340537, 5e-7));
  CHECK(return_probability(2) == 1.0);
}

TEST_CASE("random walk: ruin near a fair game, and with long odds", "[processes][random_walk]") {
  using high = boost::multiprecision::cpp_bin_float_100;
  for (const double up : {0.5 + 1e-3, 0.5 - 1e-5, 0.5 + 1e-7, 0.5 - 1e-9, 0.5 + 1e-13, 0.1, 0.95}) {
    for (const auto& [z, a] : {std::pair{1, 3}, std::pair{40, 100}, std::pair{999, 1000}}) {
      CAPTURE(up, z, a);
      const high p = up, q = 1 - p, r = q / p;
      const high lost = (pow(r, a) - pow(r, z)) / (pow(r, a) - 1);
      const high games = (z - a * (1 - lost)) / (q - p);
      const gamblers_ruin got = ruin(z, a, up);
      if (lost > 1e-300) {
        CHECK(abs(got.ruin / lost - 1) < 1e-11);
      } else {
        CHECK(got.ruin < 1e-300);
      }
      // Where the drift times the length is small the series is cut after its first term; else what the subtraction
      // leaves.
      CHECK(abs(got.duration / games - 1) < 1e-9);
    }
  }
  CHECK(ruin(0, 5, 0.3).ruin == 1.0);
  CHECK(ruin(5, 5, 0.3).duration == 0.0);
  CHECK(ruin(3, 5, 1.0).duration == 2.0);
  CHECK(ruin(3, 5, 0.0).duration == 3.0);
  CHECK_THROWS_AS(ruin(6, 5), domain_error);
}

TEST_CASE("random walk: back at the origin of a lattice, by counting paths", "[processes][random_walk]") {
  for (int dimension = 1; dimension <= 3; ++dimension) {
    std::map<std::array<int, 3>, double> now{{{0, 0, 0}, 1.0}};
    for (int step = 1; step <= 8; ++step) {
      std::map<std::array<int, 3>, double> next;
      for (const auto& [place, p] : now) {
        for (int d = 0; d < dimension; ++d) {
          for (const int move : {-1, 1}) {
            auto to = place;
            to[static_cast<std::size_t>(d)] += move;
            next[to] += p / (2.0 * dimension);
          }
        }
      }
      now = next;
      CHECK_THAT(lattice_return_pmf(step, dimension), WithinAbs((now[{0, 0, 0}]), 1e-14));
    }
  }
  // Expected visits 1 / (1 - return): the sum of returns up to 2n misses about 2 (3 / 4 pi)^1.5 / sqrt(n).
  double visits = 0.0;
  const int n = 300;
  for (int k = 0; k <= n; ++k) visits += lattice_return_pmf(2 * k, 3);
  const double missed = 2.0 * std::pow(3.0 / (4.0 * M_PI), 1.5) / std::sqrt(n + 0.75);
  CHECK_THAT(visits + 2.0 * missed, WithinAbs(1.0 / (1.0 - return_probability(3)), 0.01 * missed));
  CHECK_THROWS_AS(return_probability(4), domain_error);
}

TEST_CASE("random walk: simulated ends follow the law", "[processes][random_walk]") {
  const int steps = 9, walks = 20000;
  std::map<std::int64_t, double> count;
  for (std::uint64_t w = 0; w < walks; ++w) {
    const auto path = simulate_walk(steps, rng_key{5, w}, 0.4);
    REQUIRE(path.size() == steps + 1);
    ++count[path.back()];
  }
  double chi_square = 0.0;
  for (int k = -steps; k <= steps; k += 2) {
    const double expected = walks * walk_pmf(steps, k, 0.4);
    chi_square += (count[k] - expected) * (count[k] - expected) / expected;
  }
  CHECK(chi_square < 45.0);  // chi-square on 9 degrees of freedom: above with probability 9e-7
}

TEST_CASE("generating functions: moments, sums, random sums, extinction", "[processes][generating_function]") {
  const generating_function die({0, 1. / 6, 1. / 6, 1. / 6, 1. / 6, 1. / 6, 1. / 6});
  CHECK_THAT(die.mean(), WithinRel(3.5, 1e-14));
  CHECK_THAT(die.variance(), WithinRel(35.0 / 12, 1e-14));
  CHECK_THAT(die(0.5), WithinRel((1 - std::pow(0.5, 6)) / 6, 1e-14));
  const generating_function two = die * die;
  CHECK_THAT(two.probabilities()[7], WithinRel(6.0 / 36, 1e-14));
  CHECK(power(die, 2).probabilities().size() == 13);
  CHECK_THAT(power(die, 5).mean(), WithinRel(17.5, 1e-13));
  CHECK(power(die, 0).probabilities() == std::vector<double>{1.0});
  // As many coins as the die shows: Wald's equations.
  const generating_function coin({0.5, 0.5}), heads = compose(die, coin);
  CHECK_THAT(heads.mean(), WithinRel(1.75, 1e-14));
  CHECK_THAT(heads.variance(), WithinRel(3.5 * 0.25 + 35.0 / 12 * 0.25, 1e-13));
  CHECK_THAT(heads.derivative(1.0, 2), WithinRel(heads.variance() + 1.75 * 0.75, 1e-13));
  // 1/4 + s/4 + s^2/2 = s at 1/2; a fair split dies out.
  CHECK_THAT(extinction_probability(generating_function({0.25, 0.25, 0.5})), WithinRel(0.5, 1e-14));
  CHECK(extinction_probability(generating_function({0.5, 0, 0.5})) == 1.0);
  CHECK(extinction_probability(generating_function({0, 0.5, 0.5})) == 0.0);
  CHECK_THROWS_AS(generating_function({0.5, 0.4}), domain_error);
  CHECK_THROWS_AS(generating_function({1.5, -0.5}), domain_error);
  CHECK_THROWS_AS(generating_function(std::vector<double>{}), domain_error);
}

TEST_CASE("searches: expected times by the chain over all bit strings", "[processes][search]") {
  const int n = 5;
  const double rate = 0.27;
  const auto expected = [&](auto fitness) {
    const std::uint32_t all = 1U << n;
    std::vector<std::vector<double>> rows(all, std::vector<double>(all));
    for (std::uint32_t x = 0; x < all; ++x) {
      for (std::uint32_t y = 0; y < all; ++y) {
        const int flipped = std::popcount(x ^ y);
        const double p = std::pow(rate, flipped) * std::pow(1.0 - rate, n - flipped);
        rows[x][fitness(y) >= fitness(x) ? y : x] += p;
      }
    }
    const std::int64_t optimum[] = {all - 1};
    double mean = 0.0;
    for (const double t : hitting_times(markov_chain(rows), optimum)) mean += t / all;
    return mean;
  };
  CHECK_THAT(one_max_steps(n, rate), WithinRel(expected([](std::uint32_t x) { return std::popcount(x); }), 1e-12));
  CHECK_THAT(leading_ones_steps(n, rate),
             WithinRel(expected([](std::uint32_t x) { return std::countr_one(x); }), 1e-12));
}

TEST_CASE("searches: textbook T52 and T53", "[processes][search][textbook]") {
  CHECK_THAT(leading_ones_steps(10, 0.1), WithinAbs(84.058740, 5e-7));
  CHECK_THAT(one_max_steps(10, 0.1), WithinAbs(47.986594, 5e-7));
  CHECK(no_free_lunch_counts(3, 2, 2) == std::pair<std::int64_t, std::int64_t>{2, 2});
  CHECK(no_free_lunch_counts(4, 3, 2) == std::pair<std::int64_t, std::int64_t>{9, 9});
  CHECK(no_free_lunch_counts(4, 2, 3) == std::pair<std::int64_t, std::int64_t>{2, 2});
  CHECK_THROWS_AS(no_free_lunch_counts(10, 4, 8), domain_error);
  CHECK_THROWS_AS(one_max_steps(3, 0.0), domain_error);
}
