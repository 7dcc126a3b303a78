// SPDX-License-Identifier: BSD-3-Clause
#include "json_tree.hpp"

#include "credence/base/check.hpp"
#include "credence/table/json_scan.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace credence::bayesnet::detail {

namespace {

using credence::detail::json_scanner;

constexpr int deepest = 32;

json_node read(json_scanner& scan, int depth) {
  json_node node;
  const char next = scan.peek();
  node.offset = scan.offset();
  if (depth > deepest) scan.fail("more than 32 levels of lists and objects");
  if (next == '"') {
    node.what = json_node::kind::text;
    node.text = scan.string();
  } else if (next == '[') {
    node.what = json_node::kind::list;
    scan.expect('[', "a list");
    if (scan.accept(']')) return node;
    do node.items.push_back(read(scan, depth + 1));
    while (scan.accept(','));
    scan.expect(']', "',' or ']' in a list");
  } else if (next == '{') {
    node.what = json_node::kind::object;
    scan.expect('{', "an object");
    if (scan.accept('}')) return node;
    std::set<std::string> seen;
    do {
      scan.peek();
      const std::size_t place = scan.offset();
      node.keys.push_back(scan.string());
      if (!seen.insert(node.keys.back()).second)
        scan.fail_at(place, "the key " + shown(node.keys.back()) + " comes twice");
      scan.expect(':', "':' after a key");
      node.items.push_back(read(scan, depth + 1));
    } while (scan.accept(','));
    scan.expect('}', "',' or '}' in an object");
  } else {
    for (const char* word : {"true", "false", "null"}) {
      if (!scan.accept_word(word)) continue;
      node.text = word;
      return node;
    }
    node.what = json_node::kind::number;
    node.number = scan.take_number().value;
  }
  return node;
}

}  // namespace

const json_node* json_node::find(std::string_view key) const {
  const auto found = std::find(keys.begin(), keys.end(), key);
  return found == keys.end() ? nullptr : &items[static_cast<std::size_t>(found - keys.begin())];
}

json_node parse_json_tree(std::string_view text, const std::string& source) {
  json_scanner scan(text, source);
  json_node root = read(scan, 0);
  scan.finish();
  return root;
}

void json_reader::check_keys(const json_node& node, const std::string& what,
                             std::initializer_list<std::string_view> known) const {
  if (node.what != json_node::kind::object) place_.fail(node.offset, what + " must be an object");
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    if (std::find(known.begin(), known.end(), node.keys[i]) == known.end())
      place_.fail(node.items[i].offset, "the key " + shown(node.keys[i]) + " does not belong into " + what);
  }
}

const json_node& json_reader::get(const json_node& object, std::string_view key, const std::string& of) const {
  const json_node* const found = object.find(key);
  if (found == nullptr) place_.fail(object.offset, of + " has no key '" + std::string(key) + "'");
  return *found;
}

const std::vector<json_node>& json_reader::list(const json_node& node, const std::string& what) const {
  if (node.what != json_node::kind::list) place_.fail(node.offset, what + " must be a list");
  return node.items;
}

placed_name json_reader::text(const json_node& node, const std::string& what) const {
  if (node.what != json_node::kind::text) place_.fail(node.offset, what + " must be a text");
  return {node.text, node.offset};
}

double json_reader::number(const json_node& node, const std::string& what) const {
  if (node.what != json_node::kind::number || !std::isfinite(node.number))
    place_.fail(node.offset, what + " must be a finite number");
  return node.number;
}

std::vector<double> json_reader::numbers(const json_node& node, const std::string& what) const {
  std::vector<double> values;
  for (const json_node& item : list(node, what)) values.push_back(number(item, "an entry of " + what));
  return values;
}

std::vector<std::string> json_reader::texts(const json_node& node, const std::string& what) const {
  std::vector<std::string> values;
  for (const json_node& item : list(node, what)) values.push_back(text(item, "an entry of " + what).text);
  return values;
}

void json_reader::check_format(const json_node& root, std::string_view wanted) const {
  if (root.what != json_node::kind::object) place_.fail(root.offset, "expected an object");
  const json_node& format = get(root, "format", "this object");
  if (text(format, "format").text != wanted) {
    place_.fail(format.offset, "the format is " + shown(format.text) + ", but must be '" + std::string(wanted) + "'");
  }
  const json_node& version = get(root, "version", "this object");
  if (version.what != json_node::kind::number || version.number != 1.0)
    place_.fail(version.offset, "the version must be 1");
}

std::string json_text(std::string_view text) {
  std::string out;
  credence::detail::append_json_string(out, text);
  return out;
}

std::string json_list(const double* values, std::size_t count) {
  std::string out = "[";
  for (std::size_t i = 0; i < count; ++i) out += (i == 0 ? "" : ", ") + check::to_text(values[i]);
  return out + "]";
}

std::string json_list(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (std::size_t i = 0; i < texts.size(); ++i) out += (i == 0 ? "" : ", ") + json_text(texts[i]);
  return out + "]";
}

}  // namespace credence::bayesnet::detail
