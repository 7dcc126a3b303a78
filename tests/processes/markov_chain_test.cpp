// SPDX-License-Identifier: BSD-3-Clause
#include "credence/processes/markov_chain.hpp"
#include "credence/base/errors.hpp"
#include "credence/processes/random_walk.hpp"
#include "credence/random/uniform.hpp"
#include "support/catch.hpp"

#include <cmath>

using namespace credence;
using namespace credence::processes;

namespace {

/// A chain whose rows have about `links` entries.
markov_chain random_chain(std::int64_t n, double links, std::uint64_t seed) {
  std::vector<std::vector<double>> rows;
  for (std::int64_t i = 0; i < n; ++i) {
    std::vector<double> row(static_cast<std::size_t>(n));
    double sum = 0.0;
    for (std::int64_t j = 0; j < n; ++j) {
      const auto index = static_cast<std::uint64_t>(2 * (i * n + j));
      const bool linked =
          random::uniform<double>({seed, 1}, index) * static_cast<double>(n) < links || j == (i + 1) % n;
      row[static_cast<std::size_t>(j)] = linked ? random::uniform<double>({seed, 1}, index + 1) : 0.0;
      sum += row[static_cast<std::size_t>(j)];
    }
    for (double& p : row) p /= sum;
    rows.push_back(row);
  }
  return markov_chain(rows);
}

}  // namespace

TEST_CASE("markov_chain: textbook T44 and T45", "[processes][markov_chain][textbook]") {
  const std::vector<double> classes = stationary_distribution(markov_chain({{.7, .2, .1}, {.3, .5, .2}, {.2, .4, .4}}));
  CHECK_THAT(classes[0], WithinRel(22.0 / 47, 1e-15));
  CHECK_THAT(classes[1], WithinRel(16.0 / 47, 1e-15));
  CHECK_THAT(classes[2], WithinRel(9.0 / 47, 1e-15));
  // Tennis at deuce: lost, advantage out, deuce, advantage in, won.
  const markov_chain deuce({{1, 0, 0, 0, 0}, {.4, 0, .6, 0, 0}, {0, .4, 0, .6, 0}, {0, 0, .4, 0, .6}, {0, 0, 0, 0, 1}});
  const std::int64_t won[] = {4};
  CHECK_THAT(hitting_probabilities(deuce, won)[2], WithinRel(9.0 / 13, 1e-14));
}

TEST_CASE("markov_chain: the stationary law stays, and is where all laws go", "[processes][markov_chain]") {
  for (const std::int64_t n : {1, 2, 5, 30}) {
    const markov_chain chain = random_chain(n, 3.0, static_cast<std::uint64_t>(n));
    const std::vector<double> law = stationary_distribution(chain);
    const std::vector<double> next = law_after(chain, law, 1);
    std::vector<double> start(law.size());
    start[0] = 1.0;
    const std::vector<double> late = law_after(chain, start, 3000);
    for (std::size_t s = 0; s < law.size(); ++s) {
      CHECK_THAT(next[s], WithinRel(law[s], 1e-13));
      CHECK_THAT(late[s], WithinAbs(law[s], 1e-10));  // the second eigenvalue is below 0.99
    }
  }
}

TEST_CASE("markov_chain: rare states keep their digits", "[processes][markov_chain]") {
  // A birth-death chain: detailed balance gives the law as products. State k is rarer than k - 1 by 1e-6.
  const std::int64_t n = 8;
  const double up = 1e-6, down = 0.5;
  std::vector<std::vector<double>> rows(n, std::vector<double>(n));
  for (std::size_t k = 0; k < n; ++k) {
    if (k + 1 < n) rows[k][k + 1] = up;
    if (k > 0) rows[k][k - 1] = down;
    rows[k][k] = 1.0 - (k + 1 < n ? up : 0.0) - (k > 0 ? down : 0.0);
  }
  const std::vector<double> law = stationary_distribution(markov_chain(rows));
  for (std::size_t k = 1; k < n; ++k) CHECK_THAT(law[k] / law[k - 1], WithinRel(up / down, 1e-14));
}

TEST_CASE("markov_chain: classes, periods", "[processes][markov_chain]") {
  // 0 -> {1, 2} in turns of three states, 3 -> 4 <-> 5.
  const markov_chain chain({{0, .5, 0, 0, .5, 0, 0},
                            {0, 0, 1, 0, 0, 0, 0},
                            {0, 0, 0, 1, 0, 0, 0},
                            {0, 1, 0, 0, 0, 0, 0},
                            {0, 0, 0, 0, 0, 1, 0},
                            {0, 0, 0, 0, 1, 0, 0},
                            {.2, 0, 0, 0, 0, 0, .8}});
  const state_classes classes = classify(chain);
  CHECK(classes.members == std::vector<std::vector<std::int64_t>>{{0}, {1, 2, 3}, {4, 5}, {6}});
  CHECK(classes.recurrent == std::vector<bool>{false, true, true, false});
  CHECK(classes.period == std::vector<std::int64_t>{0, 3, 2, 1});
  CHECK_THROWS_WITH(stationary_distribution(chain), Contains("recurrent classes is 2"));
  const std::int64_t ring[] = {1};
  const std::vector<double> reach = hitting_probabilities(chain, ring);
  CHECK(reach[0] == 0.5);
  CHECK(reach[2] == 1.0);
  CHECK(reach[4] == 0.0);
  CHECK_THAT(reach[6], WithinRel(0.5, 1e-14));
  const std::vector<double> times = hitting_times(chain, ring);
  CHECK(std::isinf(times[0]));
  CHECK(times[2] == 2.0);
  CHECK(times[1] == 0.0);
  CHECK(std::isinf(times[6]));
}

TEST_CASE("markov_chain: hitting a goal is the gambler's ruin", "[processes][markov_chain]") {
  for (const double up : {0.5, 0.45, 0.3, 0.62}) {
    const std::int64_t goal = 12;
    std::vector<std::vector<double>> rows(goal + 1, std::vector<double>(goal + 1));
    rows[0][0] = rows[goal][goal] = 1.0;
    for (std::size_t k = 1; k < goal; ++k) {
      rows[k][k + 1] = up;
      rows[k][k - 1] = 1.0 - up;
    }
    const markov_chain chain(rows);
    const std::int64_t broke[] = {0}, either[] = {0, goal};
    const std::vector<double> lost = hitting_probabilities(chain, broke), length = hitting_times(chain, either);
    for (std::int64_t z = 0; z <= goal; ++z) {
      const gamblers_ruin exact = ruin(z, goal, up);
      CHECK_THAT(lost[static_cast<std::size_t>(z)], WithinAbs(exact.ruin, 1e-13));
      CHECK_THAT(length[static_cast<std::size_t>(z)], WithinAbs(exact.duration, 1e-11));
    }
  }
}

TEST_CASE("markov_chain: mixing", "[processes][markov_chain]") {
  const markov_chain chain = random_chain(9, 3.0, 4);
  const std::vector<double> law = stationary_distribution(chain);
  const auto distance = [&](std::int64_t steps) {
    double most = 0.0;
    for (std::size_t s = 0; s < law.size(); ++s) {
      std::vector<double> start(law.size());
      start[s] = 1.0;
      const std::vector<double> now = law_after(chain, start, steps);
      double sum = 0.0;
      for (std::size_t t = 0; t < law.size(); ++t) sum += std::abs(now[t] - law[t]);
      most = std::max(most, 0.5 * sum);
    }
    return most;
  };
  for (const std::int64_t steps : {0, 1, 2, 7, 20}) {
    CHECK_THAT(distance_to_stationarity(chain, steps), WithinAbs(distance(steps), 1e-14));
  }
  for (const double near : {0.25, 0.01, 1e-6}) {
    const std::int64_t steps = mixing_time(chain, near);
    CHECK(distance(steps) <= near);
    CHECK(distance(steps - 1) > near);
  }
  CHECK_THROWS_WITH(mixing_time(markov_chain({{0, 1}, {1, 0}})), Contains("the period is 2"));
}

TEST_CASE("markov_chain: simulated paths follow the law", "[processes][markov_chain]") {
  const markov_chain chain({{.7, .2, .1}, {.3, .5, .2}, {.2, .4, .4}});
  const std::int64_t steps = 30000;
  const auto path = simulate(chain, 1, steps, {7, 2});
  CHECK(path.front() == 1);
  double count[3][3] = {};
  for (std::size_t k = 1; k < path.size(); ++k) ++count[path[k - 1]][path[k]];
  double chi_square = 0.0;
  for (std::int64_t i = 0; i < 3; ++i) {
    const double visits = count[i][0] + count[i][1] + count[i][2];
    for (std::int64_t j = 0; j < 3; ++j) {
      const double expected = visits * chain.probability(i, j);
      chi_square += (count[i][j] - expected) * (count[i][j] - expected) / expected;
    }
  }
  CHECK(chi_square < 37.8);  // chi-square on 6 degrees of freedom: above with probability 1.2e-6
  const auto shorter = simulate(chain, 1, 100, {7, 2});
  CHECK(std::equal(shorter.begin(), shorter.end(), path.begin()));
}

TEST_CASE("markov_chain: refuses what is none", "[processes][markov_chain]") {
  CHECK_THROWS_AS(markov_chain({{1, 0}}), shape_error);
  CHECK_THROWS_WITH(markov_chain({{.5, .4}, {0, 1}}), Contains("the sum of row 0"));
  CHECK_THROWS_WITH(markov_chain({{1, 0}, {-.5, 1.5}}), Contains("1 -> 0"));
  const markov_chain two({{0, 1}, {1, 0}});
  const std::int64_t far[] = {2};
  CHECK_THROWS_AS(hitting_times(two, far), domain_error);
  CHECK_THROWS_AS(hitting_times(two, {}), domain_error);
  const double law[] = {.5, .4};
  CHECK_THROWS_AS(law_after(two, law, 1), domain_error);
  CHECK_THROWS_AS(simulate(two, 2, 5, {}), domain_error);
}
