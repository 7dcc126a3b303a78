// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/bif.hpp"

#include "credence/base/check.hpp"
#include "credence/table/files.hpp"

#include <cctype>

namespace credence::bayesnet {

namespace {

void check_quotable(const std::string& word) {
  for (const char c : word) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || byte < 0x20 || byte == 0x7F) {
      check::fail_domain("to_bif", "name", "'" + word + "'", "free of double quotes and control characters");
    }
  }
}

/// Bare where the word cannot be mistaken, quoted otherwise. Only letters, digits and . _ - + < > = are bare, so that
/// the simplest reader takes them; letters beyond ASCII too.
std::string bif_word(const std::string& word) {
  check_quotable(word);
  bool plain = !word.empty();
  for (const char c : word) {
    const auto byte = static_cast<unsigned char>(c);
    plain = plain &&
            (byte >= 0x80 || std::isalnum(byte) != 0 || std::string_view("._-+<>=").find(c) != std::string_view::npos);
  }
  return plain ? word : "\"" + word + "\"";
}

void append_properties(std::string& text, const std::vector<std::string>& properties) {
  for (const std::string& p : properties) {
    check_quotable(p);
    text += "  property \"" + p + "\" ;\n";
  }
}

void append_numbers(std::string& text, const double* values, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) text += (i == 0 ? " " : ", ") + check::to_text(values[i]);
  text += ";\n";
}

}  // namespace

std::string to_bif(const network& net) {
  std::string text = "network " + (net.name().empty() ? "unknown" : bif_word(net.name())) + " {\n";
  append_properties(text, net.properties());
  text += "}\n";
  for (const variable& v : net.variables()) {
    text += "variable " + bif_word(v.name) + " {\n  type discrete [ " + std::to_string(v.cardinality()) + " ] { ";
    for (std::size_t s = 0; s < v.states.size(); ++s) text += (s == 0 ? "" : ", ") + bif_word(v.states[s]);
    text += " };\n";
    append_properties(text, v.properties);
    text += "}\n";
  }
  for (node_id node = 0; node < net.size(); ++node) {
    const cpd& t = net.table(node);
    const std::int64_t states = net.cardinality(node);
    text += "probability ( " + bif_word(net.at(node).name);
    for (std::size_t i = 0; i < t.parents.size(); ++i)
      text += (i == 0 ? " | " : ", ") + bif_word(net.at(t.parents[i]).name);
    text += " ) {\n";
    append_properties(text, t.properties);
    if (t.parents.empty()) {
      text += "  table";
      append_numbers(text, t.values.data(), states);
    } else {
      const std::int64_t rows = static_cast<std::int64_t>(t.values.size()) / states;
      for (std::int64_t row = 0; row < rows; ++row) {
        text += "  (";
        const std::vector<std::string> given = net.row_states(node, row);
        for (std::size_t i = 0; i < given.size(); ++i) text += (i == 0 ? "" : ", ") + bif_word(given[i]);
        text += ")";
        append_numbers(text, t.values.data() + row * states, states);
      }
    }
    text += "}\n";
  }
  return text;
}

void write_bif(const network& net, const std::string& path) { write_file(path, to_bif(net)); }

}  // namespace credence::bayesnet
