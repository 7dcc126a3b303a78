// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/xmlbif.hpp"

#include "xml_scan.hpp"

#include "credence/base/check.hpp"
#include "credence/table/numbers.hpp"

#include <cmath>

namespace credence::bayesnet {

namespace {

using detail::shown;
using detail::xml_event;

class xmlbif_reader {
 public:
  xmlbif_reader(std::string_view text, const std::string& source, const bif_limits& limits)
      : scan_(text, source), limits_(limits) {}

  network read() {
    xml_event event = next_tag();
    if (event.what != xml_event::kind::open || event.name != "BIF")
      scan_.fail(event.offset, "expected the element BIF");
    for (event = next_tag(); event.what == xml_event::kind::open; event = next_tag()) {
      if (event.name != "NETWORK") scan_.fail(event.offset, "expected the element NETWORK, found " + shown(event.name));
      if (seen_network_) scan_.fail(event.offset, "a second element NETWORK");
      seen_network_ = true;
      read_network();
    }
    check_close(event, "BIF");
    event = next_tag();
    if (event.what != xml_event::kind::end) scan_.fail(event.offset, "expected the end of the text after BIF");
    if (!seen_network_) scan_.fail(event.offset, "there is no element NETWORK");
    return detail::assemble(scan_.place(), std::move(name_), std::move(variables_), std::move(tables_),
                            std::move(properties_), limits_);
  }

 private:
  /// The next tag; text between tags must be blank.
  xml_event next_tag() {
    while (true) {
      xml_event event = scan_.next();
      if (event.what != xml_event::kind::text) return event;
      const std::size_t first = event.raw.find_first_not_of(" \t\r\n");
      if (first != std::string_view::npos)
        scan_.fail(event.offset + (event.literal ? 0 : first),
                   "text " + shown(scan_.decode(event.raw)) + " does not belong here");
    }
  }

  void check_close(const xml_event& event, const std::string& name) const {
    if (event.what == xml_event::kind::end) scan_.fail(event.offset, "the element " + name + " is never closed");
    if (event.what != xml_event::kind::close || event.name != name)
      scan_.fail(event.offset, "expected the end of " + name + ", found " + shown(event.name));
  }

  /// The text of an element up to its end.
  detail::placed_name element_text(const xml_event& open) {
    detail::placed_name found{{}, open.offset};
    std::string_view only;
    bool several = false, any = false;
    while (true) {
      const xml_event event = scan_.next();
      if (event.what != xml_event::kind::text) {
        check_close(event, open.name);
        if (any && !several) found.text = scan_.decode(only);
        return found;
      }
      if (!any && !event.literal) {
        any = true;
        only = event.raw;
        found.offset = event.offset + std::min(event.raw.find_first_not_of(" \t\r\n"), event.raw.size());
        continue;
      }
      // Pieces around comments and CDATA sections.
      if (any && !several) found.text = scan_.decode(only);
      any = several = true;
      found.text += event.literal ? std::string(event.raw) : " " + scan_.decode(event.raw);
    }
  }

  void read_network() {
    while (true) {
      const xml_event event = next_tag();
      if (event.what != xml_event::kind::open) return check_close(event, "NETWORK");
      if (event.name == "NAME")
        name_ = element_text(event).text;
      else if (event.name == "PROPERTY")
        properties_.push_back(element_text(event).text);
      else if (event.name == "VARIABLE")
        read_variable(event);
      else if (event.name == "DEFINITION" || event.name == "PROBABILITY")
        read_definition(event);
      else
        scan_.fail(event.offset, "the element " + shown(event.name) + " does not belong into NETWORK");
    }
  }

  void read_variable(const xml_event& open) {
    for (const std::string_view type : {"decision", "utility"}) {
      if (open.raw.find(type) != std::string_view::npos)
        scan_.fail(open.offset, "a variable of type " + std::string(type) + ", but only nature is supported");
    }
    detail::named_variable v;
    v.name.offset = open.offset;
    while (true) {
      const xml_event event = next_tag();
      if (event.what != xml_event::kind::open) {
        check_close(event, "VARIABLE");
        variables_.push_back(std::move(v));
        return;
      }
      if (event.name == "NAME")
        v.name = element_text(event);
      else if (event.name == "OUTCOME" || event.name == "VALUE")
        v.states.push_back(element_text(event));
      else if (event.name == "PROPERTY")
        v.properties.push_back(element_text(event).text);
      else
        scan_.fail(event.offset, "the element " + shown(event.name) + " does not belong into VARIABLE");
    }
  }

  void read_definition(const xml_event& open) {
    detail::named_table t;
    bool has_table = false;
    while (true) {
      const xml_event event = next_tag();
      if (event.what != xml_event::kind::open) {
        check_close(event, open.name);
        break;
      }
      if (event.name == "FOR") {
        if (!t.child.text.empty()) scan_.fail(event.offset, "a second element FOR");
        t.child = element_text(event);
      } else if (event.name == "GIVEN") {
        t.parents.push_back(element_text(event));
      } else if (event.name == "TABLE") {
        if (has_table) scan_.fail(event.offset, "a second element TABLE");
        has_table = true;
        read_numbers(element_text(event), t);
      } else if (event.name == "PROPERTY") {
        t.properties.push_back(element_text(event).text);
      } else {
        scan_.fail(event.offset, "the element " + shown(event.name) + " does not belong into " + open.name);
      }
    }
    if (t.child.text.empty()) scan_.fail(open.offset, "this definition has no element FOR");
    if (!has_table) scan_.fail(open.offset, "the definition of " + shown(t.child.text) + " has no element TABLE");
    tables_.push_back(std::move(t));
  }

  void read_numbers(const detail::placed_name& text, detail::named_table& t) {
    t.values_offset = text.offset;
    std::string_view rest = text.text;
    while (true) {
      const std::size_t begin = rest.find_first_not_of(" \t\r\n");
      if (begin == std::string_view::npos) return;
      rest.remove_prefix(begin);
      const std::string_view word = rest.substr(0, rest.find_first_of(" \t\r\n"));
      rest.remove_prefix(word.size());
      const auto value = to_number(word);
      if (!value || !(*value >= 0.0) || !std::isfinite(*value))
        scan_.fail(text.offset,
                   "an entry of this table is " + shown(word) + ", but must be a finite number, zero or above");
      t.values.push_back(*value);
    }
  }

  detail::xml_scanner scan_;
  const bif_limits& limits_;
  bool seen_network_ = false;
  std::string name_;
  std::vector<std::string> properties_;
  std::vector<detail::named_variable> variables_;
  std::vector<detail::named_table> tables_;
};

/// With character references where the text would not survive otherwise.
std::string escaped(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    const bool edge = i == 0 || i + 1 == text.size();
    if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '\t' || c == '\n' || c == '\r' || (c == ' ' && edge)) {
      out += "&#" + std::to_string(byte) + ";";
    } else if (byte < 0x20) {
      check::fail_domain("to_xmlbif", "name", detail::shown(text), "free of control characters");
    } else {
      out += c;
    }
  }
  return out;
}

void append_element(std::string& text, const char* indent, const char* name, const std::string& content) {
  text += std::string(indent) + "<" + name + ">" + escaped(content) + "</" + name + ">\n";
}

}  // namespace

network parse_xmlbif(std::string_view text, const std::string& source, const bif_limits& limits) {
  return xmlbif_reader(text, source, limits).read();
}

network read_xmlbif(const std::string& path, const bif_limits& limits) {
  return parse_xmlbif(read_file(path), path, limits);
}

std::string to_xmlbif(const network& net) {
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<BIF VERSION=\"0.3\">\n<NETWORK>\n";
  append_element(text, "", "NAME", net.name());
  for (const std::string& p : net.properties()) append_element(text, "", "PROPERTY", p);
  for (const variable& v : net.variables()) {
    text += "<VARIABLE TYPE=\"nature\">\n";
    append_element(text, "  ", "NAME", v.name);
    for (const std::string& s : v.states) append_element(text, "  ", "OUTCOME", s);
    for (const std::string& p : v.properties) append_element(text, "  ", "PROPERTY", p);
    text += "</VARIABLE>\n";
  }
  for (node_id node = 0; node < net.size(); ++node) {
    text += "<DEFINITION>\n";
    append_element(text, "  ", "FOR", net.at(node).name);
    for (const node_id p : net.table(node).parents) append_element(text, "  ", "GIVEN", net.at(p).name);
    text += "  <TABLE>";
    const std::size_t states = net.at(node).states.size();
    const auto& values = net.table(node).values;
    for (std::size_t i = 0; i < values.size(); ++i)
      text += (i == 0 ? "" : i % states == 0 ? "\n" : " ") + check::to_text(values[i]);
    text += "</TABLE>\n";
    for (const std::string& p : net.table(node).properties) append_element(text, "  ", "PROPERTY", p);
    text += "</DEFINITION>\n";
  }
  return text + "</NETWORK>\n</BIF>\n";
}

}  // namespace credence::bayesnet
