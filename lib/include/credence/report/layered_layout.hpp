// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/graph/dag.hpp"
#include "credence/report/svg.hpp"

#include <vector>

namespace credence::report {

struct box_size {
  double width = 0.0, height = 0.0;
};

struct layout_options {
  double node_gap = 24.0;   ///< between boxes of one layer
  double layer_gap = 48.0;  ///< between layers
  double margin = 16.0;
};

/// Where a graph's boxes and arcs go.
struct graph_layout {
  double width = 0.0, height = 0.0;
  std::vector<point> centre;  ///< of each node's box
  std::vector<std::vector<point>>
      routes;                       ///< of each arc of graph.arcs(), from the bottom of a box to the top of another
  std::vector<std::int64_t> layer;  ///< of each node, from 0 at the top
  std::int64_t crossings = 0;       ///< between neighbouring layers
};

/// A layered drawing: arcs point down, the order within layers keeps crossings few (barycentres, the best of several
/// sweeps), and boxes stand near the middle of what they are joined to. Equal graphs give equal layouts.
/// @throws shape_error   unless there is a size for each node
/// @throws domain_error  for a size that is not positive and finite
/// @source Sugiyama, Tagawa, Toda, IEEE SMC 11 (1981); positions by isotonic regression, Barlow et al. (1972)
graph_layout layered_layout(const dag& graph, const std::vector<box_size>& sizes, const layout_options& options = {});

}  // namespace credence::report
