// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/bayesnet/network.hpp"

namespace credence::bayesnet {

/// Limits for files that come from strangers.
struct bif_limits {
  std::int64_t table_entries = std::int64_t{1} << 24;  ///< of one variable's table
  std::int64_t total_entries = std::int64_t{1} << 26;  ///< of all tables together
};

/// Reads a network in the Bayesian Interchange Format (BIF 0.15 and what today's tools write).
///
/// Blocks may come in any order. Words are bare (anything but white space and { } ( ) [ ] | ; , ") or quoted; commas
/// between words may be missing; comments are // and /* */, where a word could begin. A table is given by `table`, by
/// rows
/// "(parent states) numbers;" in any order, and by a `default` row for those not listed. A `table` of a variable with
/// parents has the variable itself changing slowest, as JavaBayes writes it; where its columns do not sum to one so
/// read but do when the variable changes fastest, it is taken that way. Refused with the place: unknown or repeated
/// variables, states and rows, rows that are missing or do not sum to one within 1e-6, cycles, bytes that are not
/// UTF-8, tables beyond the limits.
/// @param source  what messages call the text
/// @throws parse_error  with line and column (bytes, from 1)
network parse_bif(std::string_view text, const std::string& source = "bif", const bif_limits& limits = {});

/// The same from a file, plain or compressed by gzip. @throws io_error  when it cannot be opened or read; parse_error
network read_bif(const std::string& path, const bif_limits& limits = {});

/// The network as BIF text. Numbers are the shortest decimals that read back to the same double, so
/// parse_bif(to_bif(net)) == net.
/// @throws domain_error  for a name that BIF cannot hold (a double quote, a control character)
std::string to_bif(const network& net);

/// Writes to_bif to a file (packed when it ends in .gz), beside it first and then renamed. @throws io_error
void write_bif(const network& net, const std::string& path);

}  // namespace credence::bayesnet
