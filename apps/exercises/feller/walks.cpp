// SPDX-License-Identifier: BSD-3-Clause
// Feller, An Introduction to Probability Theory and Its Applications I, third edition (1968): counting.
#include "exercises/exercise.hpp"

#include "credence/distributions/binomial.hpp"
#include "credence/distributions/chi_squared.hpp"
#include "credence/distributions/normal.hpp"
#include "credence/processes/random_walk.hpp"

#include <cmath>

namespace credence::exercises {

namespace {

std::vector<answer> arc_sine() {
  return {stated("P(S_20 = 0)", 0.176197, 6, processes::walk_pmf(20, 0)),
          stated("P(0 of 20 steps positive)", 0.176197, 6, processes::positive_time_pmf(20, 0)),
          stated("P(10 of 20 steps positive)", 0.060562, 6, processes::positive_time_pmf(20, 10))};
}

std::vector<answer> gamblers() {
  struct game {
    double up;
    std::int64_t fortune, goal;
    double ruin, duration;
  };
  std::vector<answer> answers;
  for (const game& g : {game{0.5, 9, 10, 0.1, 9.0}, game{0.45, 9, 10, 0.2101, 11.01},
                        game{0.45, 90, 100, 0.8656, 765.57}, game{0.4, 99, 100, 0.3333, 161.67}}) {
    const processes::gamblers_ruin end = processes::ruin(g.fortune, g.goal, g.up);
    const std::string who = std::to_string(g.fortune) + " of " + std::to_string(g.goal) + " at " +
                            (g.up == 0.5    ? "0.5"
                             : g.up == 0.45 ? "0.45"
                                            : "0.4");
    answers.push_back(stated("P(ruin), " + who, g.ruin, 4, end.ruin));
    answers.push_back(stated("games, " + who, g.duration, 2, end.duration));
  }
  return answers;
}

std::vector<answer> drunkards_return() {
  // Returns within 100 steps, from their generating functions: u(s) = 1 + f(s) u(s).
  std::vector<double> u, first;
  for (std::int64_t k = 0; k <= 50; ++k) u.push_back(processes::lattice_return_pmf(2 * k, 3));
  double soon = 0.0;
  for (std::size_t k = 1; k <= 50; ++k) {
    double f = u[k];
    for (std::size_t j = 1; j < k; ++j) f -= first[j - 1] * u[k - j];
    first.push_back(f);
    soon += f;
  }
  const double ever = processes::return_probability(3);
  return {stated("P(ever back) in three dimensions", 0.340537, 6, ever),
          stated("Watson's integral", 1.516386, 6, 1.0 / (1.0 - ever)),
          truth("most returns come within 100 steps", true, soon > 0.9 * ever && soon < ever)};
}

std::vector<answer> coincidences() {
  double different = 1.0;
  for (int i = 0; i < 23; ++i) different *= (365.0 - i) / 365.0;
  double no_match = 0.0, term = 1.0;
  for (int i = 0; i <= 10; ++i) {
    no_match += term;
    term /= -(i + 1.0);
  }
  const auto collect = [](int kinds) {
    double draws = 0.0;
    for (int i = 1; i <= kinds; ++i) draws += static_cast<double>(kinds) / i;
    return draws;
  };
  return {stated("P(shared birthday among 23)", 0.507297, 6, 1.0 - different),
          stated("P(no match among 10 letters)", 0.367879464, 9, no_match),
          stated("draws to collect 6 kinds", 14.70, 2, collect(6)),
          stated("draws to collect 365 kinds", 2364.6460, 4, collect(365))};
}

std::vector<answer> diffusion() {
  // |S_100| <= 10 with S = 2 heads - 100: 45 to 55 heads.
  const double exact = cdf(binomial{100.0, 0.5}, 55.0) - cdf(binomial{100.0, 0.5}, 44.0);
  const normal limit{0.0, 10.0};
  return {stated("exactly", 0.728747, 6, exact),
          stated("by the normal limit, continuity corrected", 0.728668, 6, cdf(limit, 11.0) - cdf(limit, -11.0))};
}

std::vector<answer> weak_law() {
  const binomial heads{100.0, 0.5};
  return {stated("P(|mean - 1/2| >= 0.1), exactly", 0.056888, 6, cdf(heads, 40.0) + ccdf(heads, 59.0)),
          exactly("Chebyshev's bound", 0.25, variance(heads) / (100.0 * 100.0) / (0.1 * 0.1))};
}

std::vector<answer> chi_square_median() {
  return {stated("median of chi-square(10)", 9.341818, 6, quantile(chi_squared{10.0}, 0.5))};
}

}  // namespace

void add_feller_walks(catalogue& all);
void add_feller_walks(catalogue& all) {
  const char* const book = "feller";
  const std::string source = "Feller, An Introduction to Probability Theory and Its Applications I (1968), ";
  all.push_back(
      {"T39", book, source + "XIV.2-3", "A gambler plays until broke or at the goal: how often, how long?", gamblers});
  all.push_back({"T40", book, source + "III", "Twenty tosses: how long is one player in the lead?", arc_sine});
  all.push_back(
      {"T41", book, source + "II", "Shared birthdays, letters in wrong envelopes, collected coupons.", coincidences});
  all.push_back({"T42", "notes", "Polya (1921); lecture notes on the drunkard's walk",
                 "A drunk man finds home in the plane; does a drunk bird?", drunkards_return});
  all.push_back({"T43", "notes", "lecture notes on the drunkard's walk",
                 "A hundred steps: how near is the walker, exactly and in the diffusion limit?", diffusion});
  all.push_back({"T51", "notes", "lecture notes on the weak law of large numbers",
                 "A hundred tosses: the chance of a mean off by a tenth, and what Chebyshev says.", weak_law});
  all.push_back({"T68", "notes", "Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, 10.1",
                 "The sphere that holds half of a ten-dimensional normal.", chi_square_median});
}

}  // namespace credence::exercises
