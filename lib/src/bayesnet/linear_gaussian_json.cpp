// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/linear_gaussian.hpp"

#include "json_tree.hpp"

#include "credence/base/check.hpp"
#include "credence/table/files.hpp"

#include <unordered_map>

namespace credence::bayesnet {

namespace {

using detail::json_node;
using detail::shown;

constexpr std::string_view format_name = "credence-linear-gaussian";

gaussian_cpd read_cpd(const detail::json_reader& json, const json_node& node,
                      const std::unordered_map<std::string, node_id>& number) {
  const std::string of = "this node";
  gaussian_cpd t;
  if (const json_node* const intercept = node.find("intercept"); intercept != nullptr)
    t.intercept = json.number(*intercept, "intercept");
  const json_node& variance = json.get(node, "variance", of);
  t.variance = json.number(variance, "variance");
  if (!(t.variance >= 0.0)) json.place().fail(variance.offset, "variance must not be negative");
  const json_node* const coefficients = node.find("coefficients");
  if (coefficients == nullptr) return t;
  if (coefficients->what != json_node::kind::object)
    json.place().fail(coefficients->offset, "coefficients must be an object: {\"parent\": number}");
  for (std::size_t i = 0; i < coefficients->keys.size(); ++i) {
    const auto found = number.find(coefficients->keys[i]);
    if (found == number.end()) {
      json.place().fail(coefficients->items[i].offset, "there is no variable " + shown(coefficients->keys[i]));
    }
    t.parents.push_back(found->second);
    t.coefficients.push_back(json.number(coefficients->items[i], "a coefficient"));
  }
  return t;
}

}  // namespace

gaussian_network parse_gaussian_json(std::string_view text, const std::string& source) {
  const detail::json_reader json(detail::text_place{text, source});
  const json_node root = detail::parse_json_tree(text, source);
  json.check_format(root, format_name);
  json.check_keys(root, "the network", {"format", "version", "name", "nodes"});
  const json_node* const name = root.find("name");
  const auto& nodes = json.list(json.get(root, "nodes", "the network"), "nodes");
  std::vector<std::string> names;
  std::unordered_map<std::string, node_id> number;
  for (const json_node& node : nodes) {
    json.check_keys(node, "a node", {"name", "intercept", "variance", "coefficients"});
    const detail::placed_name found = json.text(json.get(node, "name", "this node"), "the name of a node");
    if (found.text.empty()) json.place().fail(found.offset, "the name of a node is empty");
    if (!number.emplace(found.text, static_cast<node_id>(names.size())).second)
      json.place().fail(found.offset, "a second variable " + shown(found.text));
    names.push_back(found.text);
  }
  std::vector<gaussian_cpd> cpds;
  for (const json_node& node : nodes) cpds.push_back(read_cpd(json, node, number));
  try {
    return {std::move(names), std::move(cpds), name == nullptr ? "" : json.text(*name, "name").text};
  } catch (const domain_error& failure) {
    json.place().fail(root.offset, failure.what());
  }
}

gaussian_network read_gaussian_json(const std::string& path) { return parse_gaussian_json(read_file(path), path); }

std::string to_json(const gaussian_network& net) {
  std::string text = "{\n  \"format\": \"" + std::string(format_name) +
                     "\",\n  \"version\": 1,\n  \"name\": " + detail::json_text(net.name()) + ",\n  \"nodes\": [";
  for (node_id v = 0; v < net.size(); ++v) {
    const gaussian_cpd& t = net.table(v);
    text += std::string(v == 0 ? "" : ",") + "\n    {\"name\": " + detail::json_text(net.graph().name(v)) +
            ", \"intercept\": " + check::to_text(t.intercept) + ", \"variance\": " + check::to_text(t.variance);
    if (!t.parents.empty()) {
      text += ", \"coefficients\": {";
      for (std::size_t i = 0; i < t.parents.size(); ++i) {
        text += (i == 0 ? "" : ", ") + detail::json_text(net.graph().name(t.parents[i])) + ": " +
                check::to_text(t.coefficients[i]);
      }
      text += "}";
    }
    text += "}";
  }
  return text + "\n  ]\n}\n";
}

}  // namespace credence::bayesnet
