// SPDX-License-Identifier: BSD-3-Clause
#include "credence/random/categorical.hpp"

#include "credence/base/check.hpp"

#include <cmath>

namespace credence::random {

alias_table::alias_table(std::span<const double> weights) {
  const std::int64_t n = static_cast<std::int64_t>(weights.size());
  check::at_least("alias_table", "weights.size()", n, 1);
  double total = 0.0;
  for (const double w : weights) {
    check::non_negative("alias_table", "weights", w);
    total += w;
  }
  check::positive("alias_table", "the sum of weights", total);

  // Columns with less than their share are filled up by those with more; both lists in index order, so that the table
  // depends on the weights only.
  std::vector<double> share(weights.size());
  std::vector<std::int64_t> small, large;
  std::int64_t heaviest = 0;
  for (std::size_t k = 0; k < weights.size(); ++k) {
    share[k] = weights[k] / total * static_cast<double>(n);
    (share[k] < 1.0 ? small : large).push_back(static_cast<std::int64_t>(k));
    if (weights[k] > weights[static_cast<std::size_t>(heaviest)]) heaviest = static_cast<std::int64_t>(k);
  }
  columns_.resize(weights.size());
  while (!small.empty() && !large.empty()) {
    const std::int64_t low = small.back(), high = large.back();
    small.pop_back();
    const double part = share[static_cast<std::size_t>(low)];
    columns_[static_cast<std::size_t>(low)] = {static_cast<std::uint64_t>(part * 0x1p64), high};
    share[static_cast<std::size_t>(high)] = (share[static_cast<std::size_t>(high)] + part) - 1.0;
    if (share[static_cast<std::size_t>(high)] < 1.0) {
      large.pop_back();
      small.push_back(high);
    }
  }
  // What is left holds 1 up to rounding: the column itself, unless its weight is 0.
  for (const auto* list : {&small, &large}) {
    for (const std::int64_t k : *list) {
      columns_[static_cast<std::size_t>(k)] = {0, weights[static_cast<std::size_t>(k)] > 0.0 ? k : heaviest};
    }
  }
}

}  // namespace credence::random
