// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/bayesnet/bif.hpp"

namespace credence::bayesnet {

/// Reads a network in our own JSON format:
///
///     {"format": "credence-network", "version": 1, "name": "rain", "nodes": [
///       {"name": "rain", "states": ["yes", "no"], "table": [[0.2, 0.8]]},
///       {"name": "wet", "states": ["yes", "no"], "parents": ["rain"], "table": [[0.9, 0.1], [0, 1]]}]}
///
/// `table` has one list for each row, the last parent changing fastest. In its place may stand one of
///
///     "deterministic": ["yes", "no"]                                        the child's state in every row
///     "noisy_or": {"state": "yes", "leak": 0.1, "causes": [[0.8, 0]]}       see compact_cpd
///     "noisy_max": {"leak": [1, 0], "causes": [[[0.2, 0.8], [1, 0]]]}
///
/// "name" of the network, "parents", "properties" (of the network and of a node) and "table_properties" may be missing.
/// Nodes may come in any order. Refused with the place: other keys, unknown or repeated names, tables of the wrong
/// shape, rows that do not sum to one, cycles, tables beyond the limits.
/// @throws parse_error  with line and column (bytes)
network parse_network_json(std::string_view text, const std::string& source = "json", const bif_limits& limits = {});
/// A file, plain or compressed by gzip. @throws io_error, parse_error
network read_network_json(const std::string& path, const bif_limits& limits = {});

/// Everything a network holds, compact forms in the place of their tables; numbers are the shortest that read back
/// exactly: parse_network_json(to_network_json(net)) == net.
std::string to_network_json(const network& net);

}  // namespace credence::bayesnet
