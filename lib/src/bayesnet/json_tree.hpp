// SPDX-License-Identifier: BSD-3-Clause
// JSON as a tree that remembers where everything stood, for readers that complain about the place.
#pragma once

#include "assemble.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace credence::bayesnet::detail {

struct json_node {
  enum class kind : std::uint8_t { word, number, text, list, object };  ///< word: true, false, null
  kind what = kind::word;
  std::size_t offset = 0;
  double number = 0.0;
  std::string text;              ///< of a text or a word
  std::vector<json_node> items;  ///< of a list, or the values of an object
  std::vector<std::string> keys;

  /// The value of a key, or null.
  [[nodiscard]] const json_node* find(std::string_view key) const;
};

/// @throws parse_error  for what is not JSON, keys that come twice, and more than 32 levels
json_node parse_json_tree(std::string_view text, const std::string& source);

/// What readers ask of a tree; everything throws parse_error with the place.
class json_reader {
 public:
  explicit json_reader(text_place place) : place_(std::move(place)) {}
  [[nodiscard]] const text_place& place() const { return place_; }

  /// `node` has to be an object with no other keys than these.
  void check_keys(const json_node& node, const std::string& what, std::initializer_list<std::string_view> known) const;
  /// @throws parse_error  when the key is missing
  [[nodiscard]] const json_node& get(const json_node& object, std::string_view key, const std::string& of) const;
  [[nodiscard]] const std::vector<json_node>& list(const json_node& node, const std::string& what) const;
  [[nodiscard]] placed_name text(const json_node& node, const std::string& what) const;
  /// A finite number.
  [[nodiscard]] double number(const json_node& node, const std::string& what) const;
  /// A list of finite numbers.
  [[nodiscard]] std::vector<double> numbers(const json_node& node, const std::string& what) const;
  [[nodiscard]] std::vector<std::string> texts(const json_node& node, const std::string& what) const;
  /// The head of our files: "format": wanted, "version": 1.
  void check_format(const json_node& root, std::string_view wanted) const;

 private:
  text_place place_;
};

/// `"text"`, escaped; "[1, 2]"; "[\"a\", \"b\"]".
std::string json_text(std::string_view text);
std::string json_list(const double* values, std::size_t count);
std::string json_list(const std::vector<std::string>& texts);

}  // namespace credence::bayesnet::detail
