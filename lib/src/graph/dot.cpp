// SPDX-License-Identifier: BSD-3-Clause
#include "credence/graph/equivalence.hpp"

namespace credence {

namespace {

std::string dot_name(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

std::string name_or_number(std::span<const std::string> names, node_id node) {
  return dot_name(names.empty() ? std::to_string(node) : names[static_cast<std::size_t>(node)]);
}

void check_names(std::span<const std::string> names, std::int64_t nodes) {
  if (!names.empty() && static_cast<std::int64_t>(names.size()) != nodes) {
    throw shape_error("to_dot: names has " + std::to_string(names.size()) + " elements, but the graph has " +
                      std::to_string(nodes) + " nodes");
  }
}

}  // namespace

std::string to_dot(const dag& graph, std::string_view title) {
  std::string text = "digraph " + (title.empty() ? std::string() : dot_name(title) + " ") + "{\n";
  for (node_id v = 0; v < graph.size(); ++v) text += "  " + dot_name(graph.name(v)) + ";\n";
  for (const arc& a : graph.arcs()) {
    text += "  " + dot_name(graph.name(a.from)) + " -> " + dot_name(graph.name(a.to)) + ";\n";
  }
  return text + "}\n";
}

std::string to_dot(const undirected_graph& graph, std::span<const std::string> names) {
  check_names(names, graph.size());
  std::string text = "graph {\n";
  for (node_id v = 0; v < graph.size(); ++v) text += "  " + name_or_number(names, v) + ";\n";
  for (const edge& e : graph.edges()) {
    text += "  " + name_or_number(names, e.a) + " -- " + name_or_number(names, e.b) + ";\n";
  }
  return text + "}\n";
}

std::string to_dot(const pdag& graph, std::span<const std::string> names) {
  check_names(names, graph.nodes);
  std::string text = "digraph {\n";
  for (node_id v = 0; v < graph.nodes; ++v) text += "  " + name_or_number(names, v) + ";\n";
  for (const arc& a : graph.directed) {
    text += "  " + name_or_number(names, a.from) + " -> " + name_or_number(names, a.to) + ";\n";
  }
  for (const edge& e : graph.undirected) {
    text += "  " + name_or_number(names, e.a) + " -> " + name_or_number(names, e.b) + " [dir=none];\n";
  }
  return text + "}\n";
}

}  // namespace credence
