// SPDX-License-Identifier: BSD-3-Clause
// Any bytes are either a network, which then survives a round trip, or are refused with a place. Also arrow text and
// evidence text, which the first byte chooses.
#include "credence/bayesnet/bif.hpp"
#include "credence/bayesnet/evidence.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace credence;

namespace {

void require(bool fact) {
  if (!fact) std::abort();
}

void read_bif_text(std::string_view text) {
  bayesnet::network net;
  try {
    net = bayesnet::parse_bif(text, "fuzz", {.table_entries = 1 << 12, .total_entries = 1 << 14});
  } catch (const parse_error& e) {
    require(e.line >= 1 && e.column >= 1);
    return;
  }
  std::string written;
  try {
    written = bayesnet::to_bif(net);
  } catch (const domain_error&) {
    return;  // a name that cannot be quoted
  }
  require(bayesnet::parse_bif(written) == net);
}

void read_arrows(std::string_view text) {
  try {
    const dag graph(text);
    require(dag(to_arrows(graph)) == graph);
  } catch (const parse_error& e) {
    require(e.line >= 1 && e.column >= 1);
  } catch (const cycle_error& e) {
    require(!e.cycle.empty());
  }
}

void read_evidence(std::string_view text) {
  try {
    (void)bayesnet::parse_evidence(text);
  } catch (const parse_error& e) {
    require(e.line == 1 && e.column >= 1);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (!text.empty() && text[0] == '\x01')
    read_arrows(text.substr(1));
  else if (!text.empty() && text[0] == '\x02')
    read_evidence(text.substr(1));
  else
    read_bif_text(text);
  return 0;
}
