// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/ensemble/binning.hpp"
#include "credence/ensemble/tree.hpp"

#include <cstdint>

namespace credence::ensemble::detail {

/// Adds the category codes behind sets of bins to a tree, and gives their place there.
inline std::int32_t add_categories(decision_tree& tree, const feature_bins& cuts, const category_set& bins_left,
                                   const category_set& bins_known) {
  category_set codes{}, known{};
  for (std::size_t bin = 0; bin < cuts.codes.size(); ++bin) {
    const auto code = static_cast<std::size_t>(cuts.codes[bin]);
    const std::uint64_t mark = std::uint64_t{1} << (code & 63);
    if ((bins_left[bin >> 6] >> (bin & 63)) & 1) codes[code >> 6] |= mark;
    if ((bins_known[bin >> 6] >> (bin & 63)) & 1) known[code >> 6] |= mark;
  }
  const auto place = static_cast<std::int32_t>(tree.sets.size());
  tree.sets.push_back(codes);
  tree.known.push_back(known);
  return place;
}

}  // namespace credence::ensemble::detail
