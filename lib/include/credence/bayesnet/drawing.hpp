// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/bayesnet/inference.hpp"

namespace credence::bayesnet {

struct drawing_options {
  std::string title{};
  bool states = true;             ///< a bar for each state; without, boxes hold names only
  std::int64_t most_states = 10;  ///< of a box; the rest are told as "... 5 more"
};

/// The network as an SVG picture in layers: a box for each node with its states, arcs pointing down.
std::string to_svg(const network& net, const drawing_options& options = {});

/// The same with posteriors as bars; nodes with findings are marked. Nodes that were not asked for have no bars.
/// @throws domain_error  when the findings are not about the network
std::string to_svg(const posterior_set& found, const evidence& given = {}, const drawing_options& options = {});

/// A graph alone.
std::string to_svg(const dag& graph, std::string_view title = {});

}  // namespace credence::bayesnet
