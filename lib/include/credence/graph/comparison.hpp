// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/graph/equivalence.hpp"

namespace credence {

/// How a graph differs from a reference over the same nodes. Arcs carry the reference's node numbers, ascending.
struct graph_comparison {
  std::vector<arc> extra;     ///< pairs joined in the other graph only, in its direction
  std::vector<arc> missing;   ///< pairs joined in the reference only
  std::vector<arc> reversed;  ///< pairs joined in both the other way round, in the reference's direction
  std::int64_t hamming = 0;   ///< pairs joined in one of the graphs only
  std::int64_t arc_shd = 0;   ///< extra + missing + reversed
  std::int64_t shd = 0;       ///< pairs that differ between the two CPDAGs: edge or none, directed or not, which way
  bool equivalent = false;    ///< I-equivalent: shd is 0
};

/// Nodes are matched by name. @throws domain_error  when the names differ
/// @source Tsamardinos, Brown, Aliferis, Machine Learning 65 (2006) (SHD of CPDAGs)
graph_comparison compare(const dag& reference, const dag& other);

/// Pairs of nodes that are joined differently: an edge in one only, directed in one only, or directed differently.
/// @throws shape_error  when the graphs have different numbers of nodes
std::int64_t structural_hamming_distance(const pdag& a, const pdag& b);

}  // namespace credence
