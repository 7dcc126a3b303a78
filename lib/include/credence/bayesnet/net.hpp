// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/bayesnet/bif.hpp"

namespace credence::bayesnet {

/// Reads a discrete network in Hugin's NET format: blocks net, node and potential; % begins a comment. Attributes other
/// than states and data are kept as properties, "label = \"Tuberculosis\"". Numbers of `data` are read in order
/// whatever their brackets: parents first, the child changing fastest. Refused: continuous, decision and utility nodes,
/// classes, tables given by expressions (model_data), and what parse_bif refuses.
/// @throws parse_error  with line and column (bytes)
/// @source Hugin API Reference Manual, chapter "The NET language"
network parse_net(std::string_view text, const std::string& source = "net", const bif_limits& limits = {});
/// A file, plain or compressed by gzip. @throws io_error, parse_error
network read_net(const std::string& path, const bif_limits& limits = {});

/// Nodes whose names are no identifiers get one, and an attribute credence_name with the name; properties that are no
/// attributes become credence_property. With these, parse_net(to_net(net)) == net.
/// @throws domain_error  for control characters
std::string to_net(const network& net);

}  // namespace credence::bayesnet
