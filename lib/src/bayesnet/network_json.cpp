// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/network_json.hpp"

#include "json_tree.hpp"

#include "credence/base/check.hpp"
#include "credence/table/files.hpp"

#include <algorithm>
#include <unordered_map>

namespace credence::bayesnet {

namespace {

using detail::json_node;
using detail::shown;

constexpr std::string_view format_name = "credence-network";
constexpr const char* bodies[] = {"table", "deterministic", "noisy_or", "noisy_max"};

class network_reader {
 public:
  network_reader(std::string_view text, const std::string& source, const bif_limits& limits)
      : json_(detail::text_place{text, source}), limits_(limits) {}

  network read() {
    const json_node root = detail::parse_json_tree(json_.place().text, json_.place().source);
    json_.check_format(root, format_name);
    json_.check_keys(root, "the network", {"format", "version", "name", "properties", "nodes"});
    const json_node* const name = root.find("name");
    const auto& nodes = json_.list(json_.get(root, "nodes", "the network"), "nodes");
    for (const json_node& node : nodes) read_variable(node);
    std::vector<detail::named_table> tables;
    for (std::size_t v = 0; v < nodes.size(); ++v) tables.push_back(read_table(nodes[v], variables_[v]));
    return assemble(json_.place(), name == nullptr ? "" : json_.text(*name, "name").text, std::move(variables_),
                    std::move(tables), properties(root, "properties"), limits_);
  }

 private:
  std::vector<std::string> properties(const json_node& object, const char* key) const {
    const json_node* const found = object.find(key);
    return found == nullptr ? std::vector<std::string>{} : json_.texts(*found, key);
  }

  void read_variable(const json_node& node) {
    json_.check_keys(node, "a node",
                     {"name", "states", "parents", "properties", "table_properties", "table", "deterministic",
                      "noisy_or", "noisy_max"});
    detail::named_variable v{json_.text(json_.get(node, "name", "this node"), "the name of a node"), {}, {}};
    const std::string of = "the node " + shown(v.name.text);
    for (const json_node& state : json_.list(json_.get(node, "states", of), "states")) {
      v.states.push_back(json_.text(state, "a state"));
      if (v.states.back().text.empty()) json_.place().fail(state.offset, "the name of a state is empty");
    }
    if (v.states.empty()) json_.place().fail(node.offset, of + " has no states");
    v.properties = properties(node, "properties");
    if (!number_.emplace(v.name.text, variables_.size()).second)
      json_.place().fail(v.name.offset, "a second variable " + shown(v.name.text));
    variables_.push_back(std::move(v));
  }

  detail::named_table read_table(const json_node& node, const detail::named_variable& v) {
    detail::named_table t;
    t.child = v.name;
    double entries = static_cast<double>(v.states.size());
    std::vector<std::int64_t> sizes;
    if (const json_node* const parents = node.find("parents"); parents != nullptr) {
      for (const json_node& p : json_.list(*parents, "parents")) {
        t.parents.push_back(json_.text(p, "a parent"));
        const auto found = number_.find(p.text);
        if (found == number_.end()) json_.place().fail(p.offset, "there is no variable " + shown(p.text));
        sizes.push_back(static_cast<std::int64_t>(variables_[found->second].states.size()));
        entries *= static_cast<double>(sizes.back());
      }
    }
    const std::string of = "the node " + shown(v.name.text);
    const json_node* body = nullptr;
    std::string what;
    for (const char* key : bodies) {
      const json_node* const found = node.find(key);
      if (found == nullptr) continue;
      if (body != nullptr) json_.place().fail(found->offset, of + " has both '" + what + "' and '" + key + "'");
      body = found;
      what = key;
    }
    if (body == nullptr)
      json_.place().fail(node.offset, of + " has no 'table', 'deterministic', 'noisy_or' or 'noisy_max'");
    t.values_offset = body->offset;
    t.properties = properties(node, "table_properties");
    total_ += entries;
    if (entries > static_cast<double>(limits_.table_entries) || total_ > static_cast<double>(limits_.total_entries)) {
      json_.place().fail(body->offset, "the table of " + shown(v.name.text) + " has " + check::to_text(entries) +
                                           " entries, beyond the limits of the reader");
    }
    if (what == "table") {
      read_rows(*body, v, entries, t);
      return t;
    }
    t.form = what == "deterministic" ? read_deterministic(*body, v)
             : what == "noisy_or"    ? read_noisy_or(*body, v)
                                     : read_noisy_max(*body);
    try {
      t.values = expand(t.form, static_cast<std::int64_t>(v.states.size()), sizes);
    } catch (const error& failure) {
      json_.place().fail(body->offset, "the table of " + shown(v.name.text) + ": " + failure.what());
    }
    return t;
  }

  void read_rows(const json_node& body, const detail::named_variable& v, double entries, detail::named_table& t) const {
    const std::string of = "the table of " + shown(v.name.text);
    const auto& rows = json_.list(body, of);
    if (static_cast<double>(rows.size()) * static_cast<double>(v.states.size()) != entries) {
      json_.place().fail(body.offset, of + " has " + std::to_string(rows.size()) + " rows, but must have " +
                                          check::to_text(entries / static_cast<double>(v.states.size())));
    }
    for (const json_node& row : rows) {
      double sum = 0.0;
      const auto& items = json_.list(row, "a row of " + of);
      if (items.size() != v.states.size()) {
        json_.place().fail(row.offset, "a row of " + of + " has " + std::to_string(items.size()) +
                                           " numbers, but must have " + std::to_string(v.states.size()));
      }
      for (const json_node& item : items) {
        const double value = json_.number(item, "an entry of " + of);
        if (!(value >= 0.0 && value <= 1.0 + network::row_tolerance)) {
          json_.place().fail(item.offset,
                             "an entry of " + of + " is " + check::to_text(value) + ", but must be between 0 and 1");
        }
        sum += value;
        t.values.push_back(value);
      }
      if (!(sum >= 1.0 - network::row_tolerance && sum <= 1.0 + network::row_tolerance)) {
        json_.place().fail(row.offset, "a row of " + of + " sums to " + check::to_text(sum) + ", but must sum to one");
      }
    }
  }

  std::int64_t state_of(const json_node& node, const detail::named_variable& v) const {
    const std::string wanted = json_.text(node, "a state").text;
    for (std::size_t s = 0; s < v.states.size(); ++s) {
      if (v.states[s].text == wanted) return static_cast<std::int64_t>(s);
    }
    json_.place().fail(node.offset, shown(v.name.text) + " has no state " + shown(wanted));
  }

  compact_cpd read_deterministic(const json_node& body, const detail::named_variable& v) const {
    compact_cpd form;
    form.what = compact_cpd::kind::deterministic;
    for (const json_node& item : json_.list(body, "deterministic")) form.outcomes.push_back(state_of(item, v));
    return form;
  }

  compact_cpd read_noisy_or(const json_node& body, const detail::named_variable& v) const {
    json_.check_keys(body, "noisy_or", {"state", "leak", "causes"});
    compact_cpd form;
    form.what = compact_cpd::kind::noisy_or;
    form.state = state_of(json_.get(body, "state", "noisy_or"), v);
    const json_node* const leak = body.find("leak");
    form.leak = {leak == nullptr ? 0.0 : json_.number(*leak, "leak")};
    for (const json_node& cause : json_.list(json_.get(body, "causes", "noisy_or"), "causes"))
      form.causes.push_back(json_.numbers(cause, "a cause"));
    return form;
  }

  compact_cpd read_noisy_max(const json_node& body) const {
    json_.check_keys(body, "noisy_max", {"leak", "causes"});
    compact_cpd form;
    form.what = compact_cpd::kind::noisy_max;
    form.leak = json_.numbers(json_.get(body, "leak", "noisy_max"), "leak");
    for (const json_node& cause : json_.list(json_.get(body, "causes", "noisy_max"), "causes")) {
      auto& flat = form.causes.emplace_back();
      for (const json_node& row : json_.list(cause, "a cause")) {
        const std::vector<double> values = json_.numbers(row, "a cause's row");
        if (values.size() != form.leak.size())
          json_.place().fail(row.offset, "a cause's row has " + std::to_string(values.size()) +
                                             " numbers, but must have " + std::to_string(form.leak.size()));
        flat.insert(flat.end(), values.begin(), values.end());
      }
    }
    return form;
  }

  detail::json_reader json_;
  const bif_limits& limits_;
  std::vector<detail::named_variable> variables_;
  std::unordered_map<std::string, std::size_t> number_;
  double total_ = 0.0;
};

std::string rows_text(const double* values, std::size_t count, std::size_t width, const std::string& indent) {
  std::string text = "[";
  for (std::size_t i = 0; i < count; i += width)
    text += (i == 0 ? "" : ",\n" + indent) + detail::json_list(values + i, width);
  return text + "]";
}

std::string body_text(const cpd& t, const variable& v) {
  const compact_cpd& form = t.form;
  const std::string indent(6, ' ');
  switch (form.what) {
    case compact_cpd::kind::deterministic: {
      std::vector<std::string> states;
      for (const std::int64_t s : form.outcomes) states.push_back(v.states[static_cast<std::size_t>(s)]);
      return "\"deterministic\": " + detail::json_list(states);
    }
    case compact_cpd::kind::noisy_or: {
      std::string text =
          "\"noisy_or\": {\"state\": " + detail::json_text(v.states[static_cast<std::size_t>(form.state)]) +
          ", \"leak\": " + check::to_text(form.leak[0]) + ", \"causes\": [";
      for (std::size_t i = 0; i < form.causes.size(); ++i)
        text += (i == 0 ? "" : ", ") + detail::json_list(form.causes[i].data(), form.causes[i].size());
      return text + "]}";
    }
    case compact_cpd::kind::noisy_max: {
      std::string text =
          "\"noisy_max\": {\"leak\": " + detail::json_list(form.leak.data(), form.leak.size()) + ", \"causes\": [";
      for (std::size_t i = 0; i < form.causes.size(); ++i)
        text += (i == 0 ? "\n" : ",\n") + indent +
                rows_text(form.causes[i].data(), form.causes[i].size(), form.leak.size(), indent + " ");
      return text + "]}";
    }
    case compact_cpd::kind::none:
      break;
  }
  return "\"table\": [\n" + indent + rows_text(t.values.data(), t.values.size(), v.states.size(), indent).substr(1);
}

}  // namespace

network parse_network_json(std::string_view text, const std::string& source, const bif_limits& limits) {
  return network_reader(text, source, limits).read();
}

network read_network_json(const std::string& path, const bif_limits& limits) {
  return parse_network_json(read_file(path), path, limits);
}

std::string to_network_json(const network& net) {
  std::string text = "{\n  \"format\": \"" + std::string(format_name) +
                     "\",\n  \"version\": 1,\n  \"name\": " + detail::json_text(net.name()) + ",\n";
  if (!net.properties().empty()) text += "  \"properties\": " + detail::json_list(net.properties()) + ",\n";
  text += "  \"nodes\": [";
  for (node_id v = 0; v < net.size(); ++v) {
    const variable& node = net.at(v);
    const cpd& t = net.table(v);
    std::vector<std::string> parents;
    for (const node_id p : t.parents) parents.push_back(net.at(p).name);
    text += std::string(v == 0 ? "" : ",") + "\n    {\"name\": " + detail::json_text(node.name) +
            ",\n     \"states\": " + detail::json_list(node.states) + ",\n";
    if (!parents.empty()) text += "     \"parents\": " + detail::json_list(parents) + ",\n";
    if (!node.properties.empty()) text += "     \"properties\": " + detail::json_list(node.properties) + ",\n";
    if (!t.properties.empty()) text += "     \"table_properties\": " + detail::json_list(t.properties) + ",\n";
    text += "     " + body_text(t, node) + "}";
  }
  return text + "\n  ]\n}\n";
}

}  // namespace credence::bayesnet
