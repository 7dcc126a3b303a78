// SPDX-License-Identifier: BSD-3-Clause
// Any bytes are either a network in XMLBIF, NET, JSON or UAI (which the first byte chooses), which then survives a
// round trip, or are refused with a place. UAI evidence, too.
#include "credence/bayesnet/linear_gaussian.hpp"
#include "credence/bayesnet/net.hpp"
#include "credence/bayesnet/network_json.hpp"
#include "credence/bayesnet/uai.hpp"
#include "credence/bayesnet/xmlbif.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace credence;
using namespace credence::bayesnet;

namespace {

constexpr bif_limits limits{.table_entries = 1 << 12, .total_entries = 1 << 14};

void require(bool fact) {
  if (!fact) std::abort();
}

template <class Parse, class Write>
void round_trip(std::string_view text, const Parse& parse, const Write& write) {
  network net;
  try {
    net = parse(text, "fuzz", limits);
  } catch (const parse_error& e) {
    require(e.line >= 1 && e.column >= 1);
    return;
  }
  std::string written;
  try {
    written = write(net);
  } catch (const domain_error&) {
    return;  // a name that the format cannot hold
  }
  require(parse(written, "written", limits) == net);
}

void read_uai_text(std::string_view text) {
  try {
    const uai_model model = parse_uai(text, "fuzz", limits);
    if (model.bayes) require(*parse_uai(to_uai(*model.bayes), "written", limits).bayes == *model.bayes);
    if (model.markov) require(*parse_uai(to_uai(*model.markov), "written", limits).markov == *model.markov);
  } catch (const parse_error& e) {
    require(e.line >= 1 && e.column >= 1);
  }
}

void read_gaussian_text(std::string_view text) {
  try {
    const gaussian_network net = parse_gaussian_json(text, "fuzz");
    require(parse_gaussian_json(to_json(net), "written") == net);
  } catch (const parse_error& e) {
    require(e.line >= 1 && e.column >= 1);
  }
}

void read_evidence_text(std::string_view text) {
  const std::vector<variable> variables{{"x0", {"0", "1"}, {}}, {"x1", {"0", "1", "2"}, {}}};
  try {
    (void)parse_uai_evidence(text, variables, "fuzz");
  } catch (const parse_error& e) {
    require(e.line >= 1 && e.column >= 1);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.empty()) return 0;
  const std::string_view rest = text.substr(1);
  if (text[0] == 'x')
    round_trip(rest, parse_xmlbif, to_xmlbif);
  else if (text[0] == 'n')
    round_trip(rest, parse_net, to_net);
  else if (text[0] == 'j')
    round_trip(rest, parse_network_json, to_network_json);
  else if (text[0] == 'g')
    read_gaussian_text(rest);
  else if (text[0] == 'u')
    read_uai_text(rest);
  else
    read_evidence_text(rest);
  return 0;
}
