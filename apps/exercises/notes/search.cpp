// SPDX-License-Identifier: BSD-3-Clause
// Lecture notes on search and sampling: no free lunch, expected running times, draws with and without replacement.
#include "exercises/exercise.hpp"

#include "credence/distributions/binomial.hpp"
#include "credence/distributions/hypergeometric.hpp"
#include "credence/processes/search.hpp"

namespace credence::exercises {

namespace {

std::vector<answer> no_free_lunch() {
  const auto [least, most] = processes::no_free_lunch_counts(3, 2, 2);
  return {exactly("functions for a history, at least", 2, static_cast<double>(least)),
          exactly("functions for a history, at most", 2, static_cast<double>(most))};
}

std::vector<answer> running_times() {
  const std::int64_t n = 10;
  return {stated("LeadingOnes", 84.058740, 6, processes::leading_ones_steps(n, 1.0 / 10)),
          stated("OneMax", 47.986594, 6, processes::one_max_steps(n, 1.0 / 10))};
}

std::vector<answer> replacement() {
  const double items = 10.0, drawn = 4.0;
  std::vector<answer> answers;
  // The k-th draw without replacement is a given item when the first k - 1 are others and it comes next.
  for (const double k : {1.0, 4.0, 10.0}) {
    const double missed = k == 1.0 ? 1.0 : 1.0 - mean(hypergeometric{k - 1.0, 1.0, items - 1.0});
    answers.push_back(
        exactly("draw " + std::to_string(static_cast<int>(k)) + " is a given item", 0.1, missed / (items - k + 1.0)));
  }
  answers.push_back(exactly("in a sample of 4, with replacement", 0.3439, ccdf(binomial{drawn, 1.0 / items}, 0.0)));
  answers.push_back(exactly("in a sample of 4, without", 0.4, mean(hypergeometric{drawn, 1.0, items - 1.0})));
  return answers;
}

}  // namespace

void add_notes_search(catalogue& all);
void add_notes_search(catalogue& all) {
  const char* const book = "notes";
  all.push_back({"T52", book, "Wolpert and Macready (1997); lecture notes on no free lunch",
                 "Three points, two values, two looks: every search meets every history equally often.",
                 no_free_lunch});
  all.push_back({"T53", book, "lecture notes on expected running times",
                 "The (1+1) evolutionary algorithm on ten bits.", running_times});
  all.push_back(
      {"T71", book, "lecture notes on sampling", "Draws with and without replacement from ten items.", replacement});
}

}  // namespace credence::exercises
