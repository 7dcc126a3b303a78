// SPDX-License-Identifier: BSD-3-Clause
#include "credence/processes/search.hpp"

#include "credence/base/check.hpp"
#include "credence/distributions/binomial.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace credence::processes {

namespace {

void check_search(const char* where, std::int64_t n, double rate) {
  check::at_least(where, "n", n, 1);
  if (!(rate > 0.0 && rate < 1.0)) check::fail_domain(where, "rate", rate, "between 0 and 1");
}

double flips(std::int64_t of, double rate, std::int64_t count) {
  if (of == 0) return count == 0 ? 1.0 : 0.0;
  return std::exp(log_pdf(binomial{static_cast<double>(of), rate}, static_cast<double>(count)));
}

}  // namespace

double one_max_steps(std::int64_t n, double rate) {
  check_search("one_max_steps", n, rate);
  // Steps from i ones: 1 + sum over j > i of p(i, j) steps(j) + (1 - sum p(i, j)) steps(i).
  std::vector<double> steps(static_cast<std::size_t>(n) + 1);
  for (std::int64_t i = n - 1; i >= 0; --i) {
    double leave = 0.0, after = 0.0;
    for (std::int64_t j = i + 1; j <= n; ++j) {
      double p = 0.0;
      for (std::int64_t lost = 0; lost <= i; ++lost) {
        const std::int64_t won = j - i + lost;
        if (won > n - i) break;
        p += flips(i, rate, lost) * flips(n - i, rate, won);
      }
      leave += p;
      after += p * steps[static_cast<std::size_t>(j)];
    }
    steps[static_cast<std::size_t>(i)] = (1.0 + after) / leave;
  }
  double mean = 0.0;
  for (std::int64_t i = 0; i <= n; ++i) mean += flips(n, 0.5, i) * steps[static_cast<std::size_t>(i)];
  return mean;
}

double leading_ones_steps(std::int64_t n, double rate) {
  check_search("leading_ones_steps", n, rate);
  // A step leaves level i when the first i bits stay and the next flips; the bits behind are uniform, so the new level
  // is i + 1 and as many further ones as chance put there.
  std::vector<double> steps(static_cast<std::size_t>(n) + 1);
  const auto entered_from = [&](std::int64_t first) {  // expected steps when bits first .. n - 1 are uniform
    double mean = 0.0, share = 1.0;
    for (std::int64_t level = first; level < n; ++level) {
      share *= 0.5;
      mean += share * steps[static_cast<std::size_t>(level)];
    }
    return mean;
  };
  for (std::int64_t i = n - 1; i >= 0; --i) {
    const double leave = std::pow(1.0 - rate, static_cast<double>(i)) * rate;
    steps[static_cast<std::size_t>(i)] = 1.0 / leave + entered_from(i + 1);
  }
  return entered_from(0);
}

std::pair<std::int64_t, std::int64_t> no_free_lunch_counts(int points, int values, int steps) {
  check::at_least("no_free_lunch_counts", "points", points, 1);
  check::at_least("no_free_lunch_counts", "values", values, 1);
  check::at_least("no_free_lunch_counts", "steps", steps, 1);
  check::less_than("no_free_lunch_counts", "steps", steps, points + 1);
  // A search is a choice among the points not yet seen for every history: node h of depth t has points - t choices.
  std::vector<int> choices;
  std::vector<std::size_t> first_of_depth;
  double searches = 1.0, histories = 1.0;
  for (int t = 0; t < steps; ++t) {
    first_of_depth.push_back(choices.size());
    for (double h = 0.0; h < histories; h += 1.0) {
      choices.push_back(points - t);
      searches *= points - t;
    }
    histories *= values;
  }
  const double functions = std::pow(values, points);
  if (searches * functions > 1e8) {
    check::fail_domain("no_free_lunch_counts", "the pairs of search and function", searches * functions,
                       "100000000 at most");
  }
  std::pair<std::int64_t, std::int64_t> range{std::numeric_limits<std::int64_t>::max(), 0};
  std::vector<int> search(choices.size()), f(static_cast<std::size_t>(points));
  std::vector<bool> seen(static_cast<std::size_t>(points));
  const auto advance = [](std::vector<int>& digits, const auto& base) {
    for (std::size_t d = 0; d < digits.size(); ++d) {
      if (++digits[d] < base(d)) return true;
      digits[d] = 0;
    }
    return false;
  };
  do {
    std::vector<std::int64_t> count(static_cast<std::size_t>(histories));
    do {
      std::fill(seen.begin(), seen.end(), false);
      std::size_t history = 0;
      for (int t = 0; t < steps; ++t) {
        int left = search[first_of_depth[static_cast<std::size_t>(t)] + history];
        std::size_t point = 0;
        while (seen[point] || left-- > 0) ++point;
        seen[point] = true;
        history = history * static_cast<std::size_t>(values) + static_cast<std::size_t>(f[point]);
      }
      ++count[history];
    } while (advance(f, [&](std::size_t) { return values; }));
    const auto [least, most] = std::minmax_element(count.begin(), count.end());
    range = {std::min(range.first, *least), std::max(range.second, *most)};
  } while (advance(search, [&](std::size_t d) { return choices[d]; }));
  return range;
}

}  // namespace credence::processes
