// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/compact_cpd.hpp"

#include "credence/base/check.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace credence::bayesnet {

namespace {

constexpr std::string_view where = "expand";
constexpr double sum_tolerance = 1e-6;

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

/// P(x <= s) for each state; what rounding leaves goes to the last.
std::vector<double> cumulative(std::span<const double> p) {
  double sum = 0.0;
  std::vector<double> sums;
  for (const double x : p) {
    check::probability(where, "a probability", x);
    sums.push_back(std::min(sum += x, 1.0));
  }
  if (!(std::fabs(sum - 1.0) <= sum_tolerance))
    check::fail_domain(where, "the sum of a distribution", sum, "1 within 1e-6");
  sums.back() = 1.0;
  return sums;
}

void check_length(const std::string& what, std::size_t found, std::int64_t wanted) {
  check::same_size(where, what, static_cast<std::int64_t>(found), "what it is for", wanted);
}

/// Calls row(parents' states) for every row in order.
template <class Row>
void for_each_row(std::span<const std::int64_t> sizes, const Row& row) {
  std::vector<std::int64_t> index(sizes.size(), 0);
  while (true) {
    row(index);
    std::size_t d = sizes.size();
    while (d > 0 && ++index[d - 1] == sizes[d - 1]) index[--d] = 0;
    if (d == 0) return;
  }
}

std::vector<double> deterministic(const compact_cpd& form, std::int64_t states, std::int64_t rows) {
  check_length("outcomes", form.outcomes.size(), rows);
  std::vector<double> table(at(rows * states), 0.0);
  for (std::int64_t row = 0; row < rows; ++row) {
    check::less_than(where, "an outcome", form.outcomes[at(row)], states);
    table[at(row * states + form.outcomes[at(row)])] = 1.0;
  }
  return table;
}

std::vector<double> noisy_or(const compact_cpd& form, std::int64_t states, std::span<const std::int64_t> sizes) {
  if (states != 2) check::fail_domain(where, "the number of states of the child of a noisy OR", states, "2");
  check::less_than(where, "the state of a noisy OR", form.state, states);
  check_length("leak", form.leak.size(), 1);
  check::probability(where, "leak", form.leak[0]);
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    check_length("a cause", form.causes[i].size(), sizes[i]);
    for (const double p : form.causes[i]) check::probability(where, "a cause", p);
  }
  std::vector<double> table;
  for_each_row(sizes, [&](const std::vector<std::int64_t>& index) {
    double silent = 1.0 - form.leak[0];
    for (std::size_t i = 0; i < index.size(); ++i) silent *= 1.0 - form.causes[i][at(index[i])];
    table.push_back(form.state == 0 ? 1.0 - silent : silent);
    table.push_back(form.state == 0 ? silent : 1.0 - silent);
  });
  return table;
}

std::vector<double> noisy_max(const compact_cpd& form, std::int64_t states, std::span<const std::int64_t> sizes) {
  check_length("leak", form.leak.size(), states);
  const std::vector<double> leak = cumulative(form.leak);
  std::vector<std::vector<double>> causes(sizes.size());
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    check_length("a cause", form.causes[i].size(), sizes[i] * states);
    for (std::int64_t u = 0; u < sizes[i]; ++u) {
      const auto sums = cumulative(std::span(form.causes[i]).subspan(at(u * states), at(states)));
      causes[i].insert(causes[i].end(), sums.begin(), sums.end());
    }
  }
  std::vector<double> table;
  for_each_row(sizes, [&](const std::vector<std::int64_t>& index) {
    double below = 0.0;
    for (std::int64_t s = 0; s < states; ++s) {
      double up_to = leak[at(s)];
      for (std::size_t i = 0; i < index.size(); ++i) up_to *= causes[i][at(index[i] * states + s)];
      table.push_back(up_to - below);  // never negative: products of growing factors grow after rounding, too
      below = up_to;
    }
  });
  return table;
}

}  // namespace

std::vector<double> expand(const compact_cpd& form, std::int64_t states, std::span<const std::int64_t> parent_states) {
  double entries = static_cast<double>(states);
  for (const std::int64_t n : parent_states) entries *= static_cast<double>(n);
  if (entries > 1e9) {
    throw memory_error(std::string(where) + ": the table would have " + check::to_text(entries) +
                       " entries, but at most 1000000000 are supported");
  }
  if (form.what == compact_cpd::kind::deterministic)
    return deterministic(form, states, static_cast<std::int64_t>(entries) / states);
  check_length("causes", form.causes.size(), static_cast<std::int64_t>(parent_states.size()));
  if (form.what == compact_cpd::kind::noisy_or) return noisy_or(form, states, parent_states);
  if (form.what == compact_cpd::kind::noisy_max) return noisy_max(form, states, parent_states);
  throw domain_error(std::string(where) + ": the form is none, but must be one that gives a table");
}

}  // namespace credence::bayesnet
