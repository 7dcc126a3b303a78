// SPDX-License-Identifier: BSD-3-Clause
// What the bayesnet commands share: reading networks and lists of names.
#pragma once

#include "credence/command.hpp"

#include "credence/bayesnet/markov.hpp"

#include <string>
#include <vector>

namespace credence::app {

/// What network files may be called, for messages and help.
inline constexpr const char* network_files = ".bif, .xml, .net, .uai or .json (or .gz of them)";

/// A network file by its extension.
/// @throws usage_error  for another extension; io_error, parse_error; domain_error  for a Markov network
bayesnet::network read_network(const std::string& file);

/// A Bayesian or Markov network; see markov_as_bayesian. For a Bayesian one nothing is given and the constant is 0.
bayesnet::markov_as_bayesian read_any_network(const std::string& file);

/// Whether a file is a linear-Gaussian network in our JSON; false when it cannot be read.
bool is_gaussian_network(const std::string& file);

/// Evidence of the command line added to what is given already.
bayesnet::evidence join_evidence(bayesnet::evidence given, const bayesnet::evidence& more);

/// Writes a network by the extension of the file (.bif, .xml, .net, .uai, .json, .gz of them; .dot: its graph; .svg: a
/// drawing); "-" is BIF on standard output.
/// @throws usage_error  for another extension, io_error
void write_network(const bayesnet::network& net, const std::string& file);
/// Throws as write_network does for the extension, before anything is computed.
void check_network_extension(const std::string& file);

/// The graph of a network file, or of a one-line arrow string ("a->b<-c").
dag read_graph(const std::string& file_or_arrows);

/// Whether the argument is an arrow string rather than a file.
bool is_arrow_text(const std::string& text);

/// "a,\"b,c\"" as names. @throws usage_error  naming the option
std::vector<std::string> split_names(const std::string& text, const std::string& option);

/// Evidence in the form of the command line. @throws usage_error  where the text itself is malformed
bayesnet::evidence read_evidence(const std::string& text);

/// The same names, as JSON.
json names_of(const dag& graph, const std::vector<node_id>& nodes);

/// What ancestors, blanket and descendants take, and how they answer: a table and a list of the nodes that `find`
/// gives.
struct node_set_options {
  std::string network;
  std::string node;
};
void declare_node_set(CLI::App& app, node_set_options& given);
document answer_node_set(const node_set_options& given,
                         std::vector<node_id> (*find)(const dag&, const std::vector<std::string>&));

/// "a, b" of names.
std::string join_names(const dag& graph, const std::vector<node_id>& nodes);

}  // namespace credence::app
