// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/bayesnet/bif.hpp"

namespace credence::bayesnet {

/// Reads a network in XMLBIF 0.3. Tags may be in any case and definitions before variables; comments, processing
/// instructions and the document type are passed over, CDATA and character references are read. Blanks around names go.
/// Tables have the child changing fastest, then the last GIVEN.
/// @throws parse_error  with line and column (bytes): markup that is not XML, elements that do not belong, what
/// parse_bif
///                      refuses too
/// @source Cozman, "The Interchange Format for Bayesian Networks" (1998)
network parse_xmlbif(std::string_view text, const std::string& source = "xmlbif", const bif_limits& limits = {});
/// A file, plain or compressed by gzip. @throws io_error, parse_error
network read_xmlbif(const std::string& path, const bif_limits& limits = {});

/// Numbers are the shortest that read back exactly: parse_xmlbif(to_xmlbif(net)) == net.
/// @throws domain_error  for a name with control characters, which XML cannot hold
std::string to_xmlbif(const network& net);

}  // namespace credence::bayesnet
