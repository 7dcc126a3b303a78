// SPDX-License-Identifier: BSD-3-Clause
#include "credence/ensemble/tree.hpp"

#include <algorithm>

namespace credence::ensemble {

std::int32_t decision_tree::depth() const {
  std::vector<std::int32_t> depths(nodes.size(), 0);
  std::int32_t deepest = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].feature < 0) continue;
    for (const std::int32_t c : {nodes[i].left, nodes[i].right}) {
      depths[static_cast<std::size_t>(c)] = depths[i] + 1;
      deepest = std::max(deepest, depths[i] + 1);
    }
  }
  return deepest;
}

}  // namespace credence::ensemble
