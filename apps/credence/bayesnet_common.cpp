// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet_common.hpp"

#include "credence/bayesnet/bif.hpp"
#include "credence/bayesnet/drawing.hpp"
#include "credence/bayesnet/net.hpp"
#include "credence/bayesnet/network_json.hpp"
#include "credence/bayesnet/uai.hpp"
#include "credence/bayesnet/xmlbif.hpp"
#include "credence/table/files.hpp"

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

namespace {

/// The extension, without a .gz behind it; empty when it is none of ours.
std::string network_kind(const std::string& file) {
  const std::string plain = ends_with(file, ".gz") ? file.substr(0, file.size() - 3) : file;
  for (const char* kind : {".bif", ".xml", ".net", ".uai", ".json"}) {
    if (ends_with(plain, kind)) return kind;
  }
  return {};
}

}  // namespace

bayesnet::markov_as_bayesian read_any_network(const std::string& file) {
  bayesnet::markov_as_bayesian model;
  const std::string kind = network_kind(file);
  if (kind.empty()) {
    if (is_arrow_text(file)) {
      throw usage_error(std::string("an arrow string has no probabilities; this command needs a network file ") +
                        network_files);
    }
    throw usage_error("network '" + file + "' must be a file " + network_files);
  }
  if (kind == ".uai") {
    bayesnet::uai_model read = bayesnet::read_uai(file);
    if (read.markov) return bayesnet::as_bayesian(*read.markov);
    model.net = std::move(*read.bayes);
  } else {
    model.net = kind == ".bif"    ? bayesnet::read_bif(file)
                : kind == ".xml"  ? bayesnet::read_xmlbif(file)
                : kind == ".json" ? bayesnet::read_network_json(file)
                                  : bayesnet::read_net(file);
  }
  model.variables = model.net.size();
  return model;
}

bool is_gaussian_network(const std::string& file) {
  if (network_kind(file) != ".json" || !std::filesystem::exists(file)) return false;
  const std::string text = read_file(file);
  const std::size_t key = text.find("\"format\"");
  const std::size_t name = text.find("\"credence-linear-gaussian\"");
  return key < name && name < text.find("\"nodes\"");
}

bayesnet::network read_network(const std::string& file) {
  bayesnet::markov_as_bayesian model = read_any_network(file);
  if (model.variables == model.net.size() && model.given.empty()) return std::move(model.net);
  throw domain_error(
      file + " holds a Markov network, but this command needs a Bayesian one; query, mpe and convert take both");
}

bayesnet::evidence join_evidence(bayesnet::evidence given, const bayesnet::evidence& more) {
  for (const bayesnet::finding& f : more.findings()) {
    if (f.what == bayesnet::finding::kind::state)
      given.observe(f.node, f.state);
    else if (f.what == bayesnet::finding::kind::not_state)
      given.exclude(f.node, f.state);
    else
      given.likelihood(f.node, f.likelihood);
  }
  return given;
}

void check_network_extension(const std::string& file) {
  if (file == "-" || !network_kind(file).empty() || ends_with(file, ".dot") || ends_with(file, ".svg")) return;
  throw usage_error("the network to write is '" + file +
                    "', but must end in .bif, .xml, .net, .uai, .json, .dot or .svg");
}

void write_network(const bayesnet::network& net, const std::string& file) {
  check_network_extension(file);
  const std::string kind = network_kind(file);
  const std::string text = kind == ".xml"                  ? bayesnet::to_xmlbif(net)
                           : kind == ".net"                ? bayesnet::to_net(net)
                           : kind == ".uai"                ? bayesnet::to_uai(net)
                           : kind == ".json"               ? bayesnet::to_network_json(net)
                           : kind == ".bif" || file == "-" ? bayesnet::to_bif(net)
                           : ends_with(file, ".svg")       ? bayesnet::to_svg(net)
                                                           : to_dot(net.graph());
  if (ends_with(file, ".gz")) return write_file(file, text);
  output_file out(file);
  out.stream() << text;
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

void declare_node_set(CLI::App& app, node_set_options& given) {
  app.add_option("network", given.network, "a network file or an arrow string \"a->b<-c\"")->required();
  app.add_option("--node", given.node, "a node, or several joined by commas")->required();
}

document answer_node_set(const node_set_options& given,
                         std::vector<node_id> (*find)(const dag&, const std::vector<std::string>&)) {
  const dag graph = read_graph(given.network);
  const std::vector<node_id> nodes = find(graph, split_names(given.node, "--node"));
  document result;
  table_text table{"", {"node"}, {}};
  result.data["nodes"] = names_of(graph, nodes);
  for (const node_id v : nodes) table.rows.push_back({graph.name(v)});
  result.tables.push_back(std::move(table));
  return result;
}

std::string join_names(const dag& graph, const std::vector<node_id>& nodes) {
  std::string text;
  for (const node_id v : nodes) text += (text.empty() ? "" : ", ") + graph.name(v);
  return text;
}

}  // namespace credence::app
