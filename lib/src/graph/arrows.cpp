// SPDX-License-Identifier: BSD-3-Clause
#include "credence/graph/dag.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace credence {

namespace {

constexpr std::string_view source_name = "arrow text";

class arrow_reader {
 public:
  explicit arrow_reader(std::string_view text) : text_(text) {}

  arrow_text read() {
    for (skip_space(true); !at_end(); skip_space(true)) read_chain();
    return std::move(result_);
  }

 private:
  enum class arrow : std::uint8_t { none, forward, backward };

  void read_chain() {
    node_id left = read_node();
    while (true) {
      skip_space(false);
      if (at_end() || peek() == ';' || peek() == '\n') return;
      const arrow direction = take_arrow();
      if (direction == arrow::none) fail("expected '->', '<-', ';' or the end of the line");
      skip_space(true, false);
      const node_id right = read_node();
      const arc made = direction == arrow::forward ? arc{left, right} : arc{right, left};
      const std::int64_t key = (std::int64_t{made.from} << 32) | made.to;
      if (known_arcs_.insert(key).second) result_.arcs.push_back(made);
      left = right;
    }
  }

  node_id read_node() {
    const std::int64_t line = line_, column = column_;
    std::string name = read_word("the name of a node");
    const auto [entry, is_new] = known_.try_emplace(name, static_cast<node_id>(result_.names.size()));
    if (is_new) {
      result_.names.push_back(std::move(name));
      result_.states.emplace_back();
    }
    const node_id node = entry->second;
    skip_space(false);
    if (!at_end() && peek() == '{') {
      if (!result_.states[static_cast<std::size_t>(node)].empty()) {
        throw parse_error(std::string(source_name), line, column,
                          "the states of '" + entry->first + "' are given twice");
      }
      result_.states[static_cast<std::size_t>(node)] = read_states();
    }
    return node;
  }

  std::vector<std::string> read_states() {
    std::vector<std::string> states;
    advance();
    while (true) {
      skip_space(true, false);
      std::string state = read_word("the name of a state");
      if (std::find(states.begin(), states.end(), state) != states.end()) fail("state '" + state + "' is given twice");
      states.push_back(std::move(state));
      skip_space(true, false);
      if (at_end() || (peek() != ',' && peek() != '}')) fail("expected ',' or '}' after a state");
      const char separator = peek();
      advance();
      if (separator == '}') return states;
    }
  }

  /// A quoted word, or characters up to space, punctuation or an arrow.
  std::string read_word(std::string_view wanted) {
    std::string word;
    if (!at_end() && peek() == '"') {
      const std::int64_t line = line_, column = column_;
      advance();
      while (true) {
        if (at_end()) throw parse_error(std::string(source_name), line, column, "the quote is never closed");
        if (peek() == '"') {
          advance();
          if (at_end() || peek() != '"') break;
        }
        word += peek();
        advance();
      }
    } else {
      while (!at_end() && !is_space(peek()) && std::string_view(";,{}\"\n").find(peek()) == std::string_view::npos &&
             which_arrow() == arrow::none) {
        word += peek();
        advance();
      }
    }
    if (word.empty()) fail("expected " + std::string(wanted));
    return word;
  }

  [[nodiscard]] arrow which_arrow() const {
    const std::string_view next = text_.substr(at_, 2);
    return next == "->" ? arrow::forward : next == "<-" ? arrow::backward : arrow::none;
  }
  arrow take_arrow() {
    const arrow direction = which_arrow();
    if (direction != arrow::none) {
      advance();
      advance();
    }
    return direction;
  }
  void skip_space(bool newlines, bool semicolons = true) {
    while (!at_end() && (is_space(peek()) || (newlines && (peek() == '\n' || (semicolons && peek() == ';')))))
      advance();
  }
  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }
  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  [[nodiscard]] char peek() const { return text_[at_]; }
  void advance() {
    if (text_[at_++] == '\n') {
      ++line_;
      column_ = 1;
    } else {
      ++column_;
    }
  }
  [[noreturn]] void fail(const std::string& what) const {
    throw parse_error(std::string(source_name), line_, column_, what);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::int64_t line_ = 1, column_ = 1;
  arrow_text result_;
  std::unordered_map<std::string, node_id> known_;
  std::unordered_set<std::int64_t> known_arcs_;
};

std::string quoted_if_needed(const std::string& word) {
  const bool plain = word.find_first_of(" \t\r\n;,{}\"") == std::string::npos && word.find("->") == std::string::npos &&
                     word.find("<-") == std::string::npos && word.back() != '-' && word.back() != '<';
  if (plain) return word;
  std::string text = "\"";
  for (const char c : word) {
    if (c == '"') text += '"';
    text += c;
  }
  return text + '"';
}

}  // namespace

arrow_text parse_arrows(std::string_view text) { return arrow_reader(text).read(); }

std::string to_arrows(const dag& graph) {
  // Naming the nodes first fixes their order; chains of one arc then keep the order of parents.
  std::string text;
  const auto append = [&text](const std::string& part) { text += text.empty() ? part : "; " + part; };
  for (node_id v = 0; v < graph.size(); ++v) append(quoted_if_needed(graph.name(v)));
  for (const arc& a : graph.arcs()) {
    append(quoted_if_needed(graph.name(a.from)) + "->" + quoted_if_needed(graph.name(a.to)));
  }
  return text;
}

}  // namespace credence
