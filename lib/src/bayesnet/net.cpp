// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/net.hpp"

#include "assemble.hpp"

#include "credence/base/check.hpp"
#include "credence/table/files.hpp"
#include "credence/table/numbers.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <set>

namespace credence::bayesnet {

namespace {

using detail::placed_name;
using detail::shown;

struct net_token {
  enum class kind : std::uint8_t { word, text, punctuation, end };
  kind what = kind::end;
  std::string content;
  std::size_t offset = 0;
  [[nodiscard]] bool is(char c) const { return what == kind::punctuation && content[0] == c; }
};

class net_scanner {
 public:
  net_scanner(std::string_view text, const std::string& source) : place_{text, source} {
    check_utf8(text, source);
    if (text.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;
    advance();
  }
  [[nodiscard]] const net_token& peek() const { return next_; }
  net_token take() {
    net_token token = std::move(next_);
    last_end_ = at_;
    advance();
    return token;
  }
  bool take_if(char c) {
    if (!next_.is(c)) return false;
    take();
    return true;
  }
  void expect(char c, const std::string& after) {
    if (!take_if(c)) fail(next_.offset, std::string("expected '") + c + "' " + after + ", found " + told(next_));
  }
  net_token expect_word(const std::string& what) {
    if (next_.what != net_token::kind::word) fail(next_.offset, "expected " + what + ", found " + told(next_));
    return take();
  }
  /// The text from an offset to the end of the token taken last.
  [[nodiscard]] std::string_view text_from(std::size_t offset) const {
    return place_.text.substr(offset, last_end_ - offset);
  }
  [[noreturn]] void fail(std::size_t offset, const std::string& what) const { place_.fail(offset, what); }
  [[nodiscard]] const detail::text_place& place() const { return place_; }
  static std::string told(const net_token& t) {
    return t.what == net_token::kind::end ? "the end of the text" : shown(t.content);
  }

 private:
  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }

  void advance() {
    const std::string_view text = place_.text;
    while (at_ < text.size() && (is_space(text[at_]) || text[at_] == '%')) {
      if (text[at_] == '%')
        at_ = std::min(text.find('\n', at_), text.size());
      else
        ++at_;
    }
    next_ = {};
    next_.offset = at_;
    if (at_ == text.size()) return;
    if (std::string_view("(){}=;|,").find(text[at_]) != std::string_view::npos) {
      next_.what = net_token::kind::punctuation;
      next_.content = text[at_++];
    } else if (text[at_] == '"') {
      read_text();
    } else {
      next_.what = net_token::kind::word;
      while (at_ < text.size() && !is_space(text[at_]) &&
             std::string_view("(){}=;|,\"%").find(text[at_]) == std::string_view::npos)
        next_.content += text[at_++];
    }
  }

  void read_text() {
    const std::string_view text = place_.text;
    next_.what = net_token::kind::text;
    for (++at_; at_ < text.size() && text[at_] != '"'; ++at_) {
      if (text[at_] == '\\' && at_ + 1 < text.size() && (text[at_ + 1] == '"' || text[at_ + 1] == '\\')) ++at_;
      next_.content += text[at_];
    }
    if (at_ >= text.size()) fail(next_.offset, "this quote is never closed");
    ++at_;
  }

  detail::text_place place_;
  std::size_t at_ = 0, last_end_ = 0;
  net_token next_;
};

bool starts_with(const std::string& text, std::string_view head) { return text.compare(0, head.size(), head) == 0; }

class net_reader {
 public:
  net_reader(std::string_view text, const std::string& source, const bif_limits& limits)
      : scan_(text, source), limits_(limits) {}

  network read() {
    while (scan_.peek().what != net_token::kind::end) {
      net_token word = scan_.expect_word("'net', 'node' or 'potential'");
      if (word.content == "discrete" && scan_.peek().content == "node") word = scan_.take();
      if (word.content == "net")
        read_net(word);
      else if (word.content == "node")
        read_node();
      else if (word.content == "potential")
        read_potential();
      else
        refuse(word);
    }
    if (!seen_net_ && variables_.empty())
      scan_.fail(scan_.peek().offset, "expected 'net' or 'node', found the end of the text");
    for (detail::named_table& t : tables_) {
      rename(t.child);
      for (placed_name& p : t.parents) rename(p);
    }
    return detail::assemble(scan_.place(), std::move(name_), std::move(variables_), std::move(tables_),
                            std::move(properties_), limits_);
  }

 private:
  [[noreturn]] void refuse(const net_token& word) {
    for (const char* kind : {"class", "continuous", "decision", "utility", "function"}) {
      if (word.content == kind)
        scan_.fail(word.offset, "a block of kind '" + word.content + "', but only discrete nodes are supported");
    }
    scan_.fail(word.offset, "expected 'net', 'node' or 'potential', found " + scan_.told(word));
  }

  void read_net(const net_token& keyword) {
    if (seen_net_) scan_.fail(keyword.offset, "a second block net");
    seen_net_ = true;
    scan_.expect('{', "after 'net'");
    while (!scan_.take_if('}')) {
      const net_token key = scan_.expect_word("an attribute or '}'");
      if (key.content == "credence_name")
        name_ = read_single_text();
      else
        read_property(key, properties_);
    }
  }

  void read_node() {
    detail::named_variable v;
    const net_token id = scan_.expect_word("the name of a node");
    v.name = {id.content, id.offset};
    scan_.expect('{', "after the node's name");
    while (!scan_.take_if('}')) {
      const net_token key = scan_.expect_word("an attribute or '}'");
      if (key.content == "states") {
        if (!v.states.empty()) scan_.fail(key.offset, "a second list of states");
        read_states(v);
      } else if (key.content == "credence_name") {
        v.name.text = read_single_text();
      } else {
        read_property(key, v.properties);
      }
    }
    if (!names_.emplace(id.content, v.name.text).second) scan_.fail(id.offset, "a second node " + shown(id.content));
    variables_.push_back(std::move(v));
  }

  void read_states(detail::named_variable& v) {
    scan_.expect('=', "after 'states'");
    scan_.expect('(', "before the states");
    while (!scan_.take_if(')')) {
      if (scan_.peek().what != net_token::kind::text)
        scan_.fail(scan_.peek().offset, "expected a state in quotes or ')', found " + scan_.told(scan_.peek()));
      const net_token state = scan_.take();
      v.states.push_back({state.content, state.offset});
    }
    scan_.expect(';', "after the states");
  }

  void read_potential() {
    detail::named_table t;
    scan_.expect('(', "after 'potential'");
    const net_token child = scan_.expect_word("the name of a node");
    t.child = {child.content, child.offset};
    if (scan_.take_if('|')) {
      while (scan_.peek().what == net_token::kind::word) {
        const net_token parent = scan_.take();
        t.parents.push_back({parent.content, parent.offset});
      }
    }
    scan_.expect(')', "after the nodes of a potential (one child, then '|' and parents)");
    scan_.expect('{', "before the potential's attributes");
    bool has_data = false;
    while (!scan_.take_if('}')) {
      const net_token key = scan_.expect_word("an attribute or '}'");
      if (key.content == "model_data" || key.content == "model_nodes" || key.content == "samples_per_interval")
        scan_.fail(key.offset, "a table given by an expression, but only 'data' is supported");
      if (key.content != "data") {
        read_property(key, t.properties);
        continue;
      }
      if (has_data) scan_.fail(key.offset, "a second 'data'");
      has_data = true;
      read_data(t);
    }
    if (!has_data) scan_.fail(child.offset, "the potential of " + shown(child.content) + " has no 'data'");
    tables_.push_back(std::move(t));
  }

  void read_data(detail::named_table& t) {
    scan_.expect('=', "after 'data'");
    t.values_offset = scan_.peek().offset;
    int depth = 0;
    while (depth > 0 || !scan_.peek().is(';')) {
      const net_token token = scan_.take();
      if (token.is('(')) {
        ++depth;
      } else if (token.is(')')) {
        if (--depth < 0) scan_.fail(token.offset, "a ')' without its '('");
      } else if (token.what == net_token::kind::word) {
        const auto value = to_number(token.content);
        if (!value || !(*value >= 0.0) || !std::isfinite(*value))
          scan_.fail(token.offset,
                     "an entry of a table is " + shown(token.content) + ", but must be a finite number, zero or above");
        t.values.push_back(*value);
      } else {
        scan_.fail(token.offset, "expected a number or ')', found " + scan_.told(token));
      }
    }
    scan_.expect(';', "after the table");
  }

  std::string read_single_text() {
    scan_.expect('=', "after the attribute");
    if (scan_.peek().what != net_token::kind::text)
      scan_.fail(scan_.peek().offset, "expected a text in quotes, found " + scan_.told(scan_.peek()));
    std::string text = scan_.take().content;
    scan_.expect(';', "after the attribute");
    return text;
  }

  void read_property(const net_token& key, std::vector<std::string>& properties) {
    if (starts_with(key.content, "credence_property")) return properties.push_back(read_single_text());
    scan_.expect('=', "after the attribute " + shown(key.content));
    const std::size_t begin = scan_.peek().offset;
    bool any = false;
    int depth = 0;
    while (depth > 0 || !scan_.peek().is(';')) {
      const net_token token = scan_.take();
      if (token.what == net_token::kind::end)
        scan_.fail(key.offset, "the attribute " + shown(key.content) + " is never closed by ';'");
      if (token.is('(')) ++depth;
      if (token.is(')') && --depth < 0) scan_.fail(token.offset, "a ')' without its '('");
      any = true;
    }
    std::string value = any ? std::string(scan_.text_from(begin)) : std::string();
    for (char& c : value) {
      if (static_cast<unsigned char>(c) < ' ') c = ' ';
    }
    properties.push_back(key.content + " = " + value);
    scan_.expect(';', "after the attribute");
  }

  void rename(placed_name& name) const {
    const auto found = names_.find(name.text);
    if (found == names_.end()) scan_.fail(name.offset, "there is no node " + shown(name.text));
    name.text = found->second;
  }

  net_scanner scan_;
  const bif_limits& limits_;
  bool seen_net_ = false;
  std::string name_;
  std::vector<std::string> properties_;
  std::vector<detail::named_variable> variables_;
  std::vector<detail::named_table> tables_;
  std::map<std::string, std::string> names_;  ///< of identifiers
};

bool is_identifier(const std::string& text) {
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text[0])) != 0) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x80 && (std::isalnum(byte) != 0 || c == '_');
  });
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20) check::fail_domain("to_net", "name", shown(text), "free of control characters");
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

/// Whether "key = value" reads back as it is: an identifier, then one quoted text or numbers in brackets.
bool is_attribute(const std::string& text) {
  const std::size_t equals = text.find(" = ");
  if (equals == std::string::npos || !is_identifier(text.substr(0, equals))) return false;
  const std::string key = text.substr(0, equals), value = text.substr(equals + 3);
  for (const char* own : {"states", "data", "model_data", "model_nodes", "samples_per_interval"}) {
    if (key == own) return false;
  }
  if (starts_with(key, "credence_")) return false;
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
    return value.find_first_of("\"\\", 1) == value.size() - 1;
  if (value.empty() || value.front() == ' ' || value.back() == ' ') return false;
  if (value.find_first_not_of("0123456789.()+-eE ") != std::string::npos) return false;
  int depth = 0;
  for (const char c : value) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (depth < 0) return false;
  }
  return depth == 0;
}

void append_properties(std::string& text, const std::vector<std::string>& properties) {
  for (std::size_t i = 0; i < properties.size(); ++i) {
    if (is_attribute(properties[i]))
      text += "  " + properties[i] + ";\n";
    else
      text += "  credence_property" + std::to_string(i + 1) + " = " + quoted(properties[i]) + ";\n";
  }
}

/// An identifier for each variable, its name where that is one.
std::vector<std::string> identifiers(const network& net) {
  std::set<std::string> taken;
  for (const variable& v : net.variables()) {
    if (is_identifier(v.name)) taken.insert(v.name);
  }
  std::vector<std::string> ids;
  for (const variable& v : net.variables()) {
    std::string id = v.name;
    if (!is_identifier(id)) {
      id = "N_";
      for (const char c : v.name) {
        const auto byte = static_cast<unsigned char>(c);
        id += byte < 0x80 && std::isalnum(byte) != 0 ? c : '_';
      }
      while (!taken.insert(id).second) id += '_';
    }
    ids.push_back(std::move(id));
  }
  return ids;
}

}  // namespace

network parse_net(std::string_view text, const std::string& source, const bif_limits& limits) {
  return net_reader(text, source, limits).read();
}

network read_net(const std::string& path, const bif_limits& limits) { return parse_net(read_file(path), path, limits); }

std::string to_net(const network& net) {
  const std::vector<std::string> ids = identifiers(net);
  std::string text = "net\n{\n";
  if (!net.name().empty()) text += "  credence_name = " + quoted(net.name()) + ";\n";
  append_properties(text, net.properties());
  text += "}\n";
  for (node_id v = 0; v < net.size(); ++v) {
    const std::string& id = ids[static_cast<std::size_t>(v)];
    text += "node " + id + "\n{\n  states = (";
    for (const std::string& s : net.at(v).states) text += (text.back() == '(' ? "" : " ") + quoted(s);
    text += ");\n";
    if (id != net.at(v).name) text += "  credence_name = " + quoted(net.at(v).name) + ";\n";
    append_properties(text, net.at(v).properties);
    text += "}\n";
  }
  for (node_id v = 0; v < net.size(); ++v) {
    const cpd& t = net.table(v);
    text += "potential ( " + ids[static_cast<std::size_t>(v)];
    if (!t.parents.empty()) text += " |";
    for (const node_id p : t.parents) text += " " + ids[static_cast<std::size_t>(p)];
    text += " )\n{\n  data = ";
    // A bracket opens where an axis begins and closes where it ends.
    std::vector<std::int64_t> length;
    std::int64_t product = 1;
    std::vector<node_id> axes = t.parents;
    axes.push_back(v);
    for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) length.push_back(product *= net.cardinality(*axis));
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(t.values.size()); ++i) {
      for (const std::int64_t n : length) text += i % n == 0 ? "(" : "";
      text += (text.back() == '(' ? "" : " ") + check::to_text(t.values[static_cast<std::size_t>(i)]);
      for (const std::int64_t n : length) text += (i + 1) % n == 0 ? ")" : "";
    }
    text += ";\n";
    append_properties(text, t.properties);
    text += "}\n";
  }
  return text;
}

}  // namespace credence::bayesnet
