// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet_common.hpp"

#include "credence/bayesnet/bif.hpp"

#include <filesystem>

namespace credence::app {

namespace {

bool ends_with(const std::string& text, std::string_view tail) {
  return text.size() >= tail.size() && text.compare(text.size() - tail.size(), tail.size(), tail) == 0;
}

}  // namespace

bool is_arrow_text(const std::string& text) {
  return (text.find("->") != std::string::npos || text.find("<-") != std::string::npos) &&
         !std::filesystem::exists(text);
}

bayesnet::network read_network(const std::string& file) {
  if (ends_with(file, ".bif") || ends_with(file, ".bif.gz")) return bayesnet::read_bif(file);
  if (is_arrow_text(file)) {
    throw usage_error("an arrow string has no probabilities; this command needs a network file (.bif, .bif.gz)");
  }
  throw usage_error("network '" + file + "' must be a file .bif or .bif.gz");
}

void check_network_extension(const std::string& file) {
  if (file == "-" || ends_with(file, ".bif") || ends_with(file, ".bif.gz") || ends_with(file, ".dot")) return;
  throw usage_error("the network to write is '" + file + "', but must end in .bif, .bif.gz or .dot");
}

void write_network(const bayesnet::network& net, const std::string& file) {
  check_network_extension(file);
  if (ends_with(file, ".bif.gz")) return bayesnet::write_bif(net, file);
  output_file out(file);
  out.stream() << (ends_with(file, ".dot") ? to_dot(net.graph()) : bayesnet::to_bif(net));
  out.commit();
}

dag read_graph(const std::string& file_or_arrows) {
  return is_arrow_text(file_or_arrows) ? dag(file_or_arrows) : read_network(file_or_arrows).graph();
}

std::vector<std::string> split_names(const std::string& text, const std::string& option) {
  std::vector<std::string> names;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    std::string name;
    if (at < text.size() && text[at] == '"') {
      for (++at;; ++at) {
        if (at >= text.size()) throw usage_error(option + ": a quote is never closed");
        if (text[at] == '"' && (++at >= text.size() || text[at] != '"')) break;
        name += text[at];
      }
      if (at < text.size() && text[at] != ',') throw usage_error(option + ": expected ',' after a quoted name");
    } else {
      for (; at < text.size() && text[at] != ','; ++at) name += text[at];
    }
    if (name.empty()) throw usage_error(option + " is '" + text + "', but must be names joined by commas");
    names.push_back(std::move(name));
  }
  return names;
}

bayesnet::evidence read_evidence(const std::string& text) {
  try {
    return bayesnet::parse_evidence(text);
  } catch (const parse_error& failure) {
    throw usage_error(std::string("--evidence: ") + failure.what());
  }
}

json names_of(const dag& graph, const std::vector<node_id>& nodes) {
  json list = json::array();
  for (const node_id v : nodes) list.push_back(graph.name(v));
  return list;
}

std::string join_names(const dag& graph, const std::vector<node_id>& nodes) {
  std::string text;
  for (const node_id v : nodes) text += (text.empty() ? "" : ", ") + graph.name(v);
  return text;
}

}  // namespace credence::app
