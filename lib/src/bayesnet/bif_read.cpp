// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/bif.hpp"

#include "bif_scan.hpp"

#include "credence/base/check.hpp"

#include <charconv>
#include <cmath>
#include <unordered_map>

namespace credence::bayesnet {

namespace {

using detail::bif_scanner;
using detail::bif_token;

/// What the text says, before names are looked up: blocks may come in any order.
struct parsed_variable {
  bif_token name;
  std::vector<bif_token> states;
  std::vector<std::string> properties;
};
struct parsed_entry {
  enum class kind : std::uint8_t { table, row, otherwise };
  kind what = kind::table;
  std::size_t offset = 0;
  std::vector<bif_token> key;
  std::vector<double> numbers;
  std::size_t numbers_offset = 0;
};
struct parsed_table {
  bif_token child;
  std::vector<bif_token> parents;
  std::vector<parsed_entry> entries;
  std::vector<std::string> properties;
};

class bif_reader {
 public:
  bif_reader(std::string_view text, const std::string& source, const bif_limits& limits)
      : scan_(text, source), limits_(limits) {}

  network read() {
    while (scan_.peek().what != bif_token::kind::end) {
      if (scan_.take_if(';')) continue;
      const bif_token word = scan_.expect_word("'network', 'variable' or 'probability'");
      if (word.is_keyword("network"))
        read_network(word);
      else if (word.is_keyword("variable"))
        read_variable();
      else if (word.is_keyword("probability"))
        read_probability();
      else
        scan_.fail(word.offset, "expected 'network', 'variable' or 'probability', found " + scan_.shown(word));
    }
    return assemble();
  }

 private:
  void read_network(const bif_token& keyword) {
    if (seen_network_) scan_.fail(keyword.offset, "a second network block");
    seen_network_ = true;
    while (scan_.peek().is_word()) {  // names of several bare words occur
      name_ += (name_.empty() ? "" : " ") + std::string(scan_.take().text);
    }
    if (name_ == "unknown") name_.clear();  // what writers put where there is no name
    scan_.expect('{', "after the network's name");
    while (!scan_.take_if('}')) {
      if (!scan_.take_if(';')) read_property(properties_, "the network block");
    }
  }

  void read_property(std::vector<std::string>& properties, const std::string& where) {
    const bif_token word = scan_.take();
    if (!word.is_keyword("property")) {
      scan_.fail(word.offset, "expected 'property' or '}' in " + where + ", found " + scan_.shown(word));
    }
    properties.push_back(scan_.take_free_text());
  }

  void read_variable() {
    parsed_variable v;
    v.name = scan_.expect_word("the name of a variable");
    if (v.name.text.empty()) scan_.fail(v.name.offset, "the name of a variable is empty");
    scan_.expect('{', "after the variable's name");
    while (!scan_.take_if('}')) {
      if (scan_.take_if(';')) continue;
      if (scan_.peek().is_keyword("type"))
        read_type(v);
      else
        read_property(v.properties, "variable " + scan_.shown(v.name));
    }
    if (v.states.empty()) scan_.fail(v.name.offset, "variable " + scan_.shown(v.name) + " has no states");
    variables_.push_back(std::move(v));
  }

  void read_type(parsed_variable& v) {
    const bif_token type = scan_.take();
    if (!v.states.empty()) scan_.fail(type.offset, "a second type of variable " + scan_.shown(v.name));
    const bif_token discrete = scan_.expect_word("'discrete'");
    if (!discrete.is_keyword("discrete"))
      scan_.fail(discrete.offset, "expected 'discrete', found " + scan_.shown(discrete));
    scan_.expect('[', "before the number of states");
    const bif_token count = scan_.expect_word("the number of states");
    std::int64_t states = 0;
    const char* const end = count.text.data() + count.text.size();
    if (std::from_chars(count.text.data(), end, states).ptr != end || states < 1) {
      scan_.fail(count.offset,
                 "the number of states is " + scan_.shown(count) + ", but must be a positive whole number");
    }
    scan_.expect(']', "after the number of states");
    scan_.expect('{', "before the states");
    while (!scan_.take_if('}')) {
      if (scan_.take_if(',')) continue;
      v.states.push_back(scan_.expect_word("a state or '}'"));
    }
    if (static_cast<std::int64_t>(v.states.size()) != states) {
      scan_.fail(count.offset, "variable " + scan_.shown(v.name) + " declares " + std::to_string(states) +
                                   " states, but lists " + std::to_string(v.states.size()));
    }
  }

  void read_probability() {
    parsed_table t;
    scan_.expect('(', "after 'probability'");
    t.child = scan_.expect_word("the name of a variable");
    while (!scan_.take_if(')')) {
      if (scan_.take_if('|') || scan_.take_if(',')) continue;
      t.parents.push_back(scan_.expect_word("a parent or ')'"));
    }
    scan_.expect('{', "before the table");
    while (!scan_.take_if('}')) {
      if (scan_.take_if(';')) continue;
      parsed_entry e;
      e.offset = scan_.peek().offset;
      if (scan_.take_if('(')) {
        e.what = parsed_entry::kind::row;
        while (!scan_.take_if(')')) {
          if (!scan_.take_if(',')) e.key.push_back(scan_.expect_word("a state or ')'"));
        }
      } else if (scan_.peek().is_keyword("table")) {
        scan_.take();
      } else if (scan_.peek().is_keyword("default")) {
        scan_.take();
        e.what = parsed_entry::kind::otherwise;
      } else {
        read_property(t.properties, "the table of " + scan_.shown(t.child));
        continue;
      }
      read_numbers(e);
      t.entries.push_back(std::move(e));
    }
    tables_.push_back(std::move(t));
  }

  void read_numbers(parsed_entry& e) {
    e.numbers_offset = scan_.peek().offset;
    while (!scan_.take_if(';')) {
      if (scan_.take_if(',')) continue;
      const bif_token word = scan_.expect_word("a probability or ';'");
      e.numbers.push_back(number(word));
    }
  }

  double number(const bif_token& word) const {
    double value = 0.0;
    const char* begin = word.text.data();
    const char* const end = begin + word.text.size();
    if (begin != end && *begin == '+') ++begin;
    const auto [stop, failure] = std::from_chars(begin, end, value);
    if (failure == std::errc::result_out_of_range && stop == end) {
      value = word.text.find("e-") != std::string_view::npos || word.text.find("E-") != std::string_view::npos
                  ? 0.0  // smaller than any double
                  : HUGE_VAL;
    } else if (stop != end || failure != std::errc()) {
      scan_.fail(word.offset, "expected a probability, found " + scan_.shown(word));
    }
    if (!(value >= 0.0 && value <= 1.0 + network::row_tolerance)) {
      scan_.fail(word.offset, "a probability is " + scan_.shown(word) + ", but must be between 0 and 1");
    }
    return value;
  }

  network assemble() {
    std::vector<variable> variables;
    for (std::size_t i = 0; i < variables_.size(); ++i) {
      const parsed_variable& v = variables_[i];
      if (!index_.emplace(v.name.text, static_cast<node_id>(i)).second) {
        scan_.fail(v.name.offset, "variable " + scan_.shown(v.name) + " is declared twice");
      }
      variable made{std::string(v.name.text), {}, v.properties};
      auto& numbers = state_numbers_.emplace_back();
      for (const bif_token& s : v.states) {
        if (s.text.empty()) scan_.fail(s.offset, "the name of a state is empty");
        if (!numbers.emplace(s.text, static_cast<std::int64_t>(numbers.size())).second) {
          scan_.fail(s.offset, "state " + scan_.shown(s) + " of variable " + scan_.shown(v.name) + " is listed twice");
        }
        made.states.emplace_back(s.text);
      }
      variables.push_back(std::move(made));
    }
    std::vector<cpd> cpds(variables.size());
    std::vector<std::size_t> block(variables.size(), tables_.size());
    for (std::size_t i = 0; i < tables_.size(); ++i) {
      const auto child = static_cast<std::size_t>(node(tables_[i].child));
      if (block[child] != tables_.size()) {
        scan_.fail(tables_[i].child.offset, "a second table of variable " + scan_.shown(tables_[i].child));
      }
      block[child] = i;
      cpds[child] = make_table(tables_[i], static_cast<node_id>(child));
    }
    for (std::size_t child = 0; child < block.size(); ++child) {
      if (block[child] == tables_.size()) {
        scan_.fail(variables_[child].name.offset,
                   "variable " + scan_.shown(variables_[child].name) + " has no probability block");
      }
    }
    try {
      return network(std::move(name_), std::move(variables), std::move(cpds), std::move(properties_));
    } catch (const cycle_error& e) {
      scan_.fail(tables_[block[static_cast<std::size_t>(e.cycle.front())]].child.offset, e.what());
    }
  }

  [[nodiscard]] node_id node(const bif_token& name) const {
    const auto found = index_.find(name.text);
    if (found == index_.end()) scan_.fail(name.offset, "variable " + scan_.shown(name) + " is not declared");
    return found->second;
  }
  [[nodiscard]] std::int64_t states(node_id v) const {
    return static_cast<std::int64_t>(variables_[static_cast<std::size_t>(v)].states.size());
  }

  cpd make_table(const parsed_table& t, node_id child) {
    cpd made;
    made.properties = t.properties;
    double entries = static_cast<double>(states(child));
    std::unordered_map<node_id, bool> seen{{child, true}};
    for (const bif_token& p : t.parents) {
      const node_id parent = node(p);
      if (parent == child) scan_.fail(p.offset, "variable " + scan_.shown(p) + " is its own parent");
      if (!seen.emplace(parent, true).second) scan_.fail(p.offset, "parent " + scan_.shown(p) + " is named twice");
      made.parents.push_back(parent);
      entries *= static_cast<double>(states(parent));
    }
    total_entries_ += entries;
    if (entries > static_cast<double>(limits_.table_entries) ||
        total_entries_ > static_cast<double>(limits_.total_entries)) {
      scan_.fail(t.child.offset, "the table of " + scan_.shown(t.child) + " has " + check::to_text(entries) +
                                     " entries, which is beyond the limit for a file");
    }
    // A file that lists no default must spell out every row: see that before making room.
    std::size_t given = 0;
    bool has_default = false;
    for (const parsed_entry& e : t.entries) {
      given += e.numbers.size();
      has_default = has_default || e.what == parsed_entry::kind::otherwise;
    }
    if (!has_default && static_cast<double>(given) < entries && t.entries.size() != 1) {
      fail_missing(t, made, child);
    }
    made.values.assign(static_cast<std::size_t>(entries), 0.0);
    fill(t, made, child);
    return made;
  }

  void fill(const parsed_table& t, cpd& made, node_id child) {
    const std::int64_t width = states(child), rows = static_cast<std::int64_t>(made.values.size()) / width;
    std::vector<bool> set(static_cast<std::size_t>(rows), false);
    const parsed_entry* otherwise = nullptr;
    for (const parsed_entry& e : t.entries) {
      if (e.what == parsed_entry::kind::table) {
        if (t.entries.size() > 1) scan_.fail(e.offset, "'table' beside other rows of " + scan_.shown(t.child));
        return fill_whole(t, e, made, width, rows);
      }
      check_count(e, width);
      check_row(t, e, e.numbers.data(), 1, width);
      if (e.what == parsed_entry::kind::otherwise) {
        if (otherwise != nullptr) scan_.fail(e.offset, "a second default row of " + scan_.shown(t.child));
        otherwise = &e;
        continue;
      }
      const std::int64_t row = row_of(t, e, made);
      if (set[static_cast<std::size_t>(row)])
        scan_.fail(e.offset, "this row of " + scan_.shown(t.child) + " is given twice");
      set[static_cast<std::size_t>(row)] = true;
      std::copy(e.numbers.begin(), e.numbers.end(), made.values.begin() + row * width);
    }
    for (std::int64_t row = 0; row < rows; ++row) {
      if (set[static_cast<std::size_t>(row)]) continue;
      if (otherwise == nullptr) fail_missing(t, made, child);
      std::copy(otherwise->numbers.begin(), otherwise->numbers.end(), made.values.begin() + row * width);
    }
  }

  /// All entries in one list: the child slowest, or fastest where only that makes sense.
  void fill_whole(const parsed_table& t, const parsed_entry& e, cpd& made, std::int64_t width, std::int64_t rows) {
    check_count(e, width * rows);
    bool child_slowest = true, child_fastest = true;
    for (std::int64_t row = 0; row < rows; ++row) {
      child_slowest = child_slowest && sums_to_one(e.numbers.data() + row, rows, width);
      child_fastest = child_fastest && sums_to_one(e.numbers.data() + row * width, 1, width);
    }
    if (!child_slowest && !child_fastest) {
      for (std::int64_t row = 0; row < rows; ++row) check_row(t, e, e.numbers.data() + row, rows, width);
    }
    for (std::int64_t row = 0; row < rows; ++row) {
      for (std::int64_t s = 0; s < width; ++s) {
        made.values[static_cast<std::size_t>(row * width + s)] =
            e.numbers[static_cast<std::size_t>(child_slowest ? s * rows + row : row * width + s)];
      }
    }
  }

  static double sum_of(const double* values, std::int64_t stride, std::int64_t count) {
    double sum = 0.0;
    for (std::int64_t i = 0; i < count; ++i) sum += values[i * stride];
    return sum;
  }
  static bool sums_to_one(const double* values, std::int64_t stride, std::int64_t count) {
    return std::abs(sum_of(values, stride, count) - 1.0) <= network::row_tolerance;
  }
  void check_row(const parsed_table& t, const parsed_entry& e, const double* values, std::int64_t stride,
                 std::int64_t count) const {
    if (sums_to_one(values, stride, count)) return;
    scan_.fail(e.numbers_offset, "a row of " + scan_.shown(t.child) + " sums to " +
                                     check::to_text(sum_of(values, stride, count)) + ", but must sum to 1 within 1e-6");
  }
  void check_count(const parsed_entry& e, std::int64_t wanted) const {
    if (static_cast<std::int64_t>(e.numbers.size()) == wanted) return;
    scan_.fail(e.numbers_offset,
               "expected " + std::to_string(wanted) + " probabilities, found " + std::to_string(e.numbers.size()));
  }

  [[nodiscard]] std::int64_t row_of(const parsed_table& t, const parsed_entry& e, const cpd& made) const {
    if (e.key.size() != made.parents.size()) {
      scan_.fail(e.offset, "expected the states of " + std::to_string(made.parents.size()) + " parents, found " +
                               std::to_string(e.key.size()));
    }
    std::int64_t row = 0;
    for (std::size_t i = 0; i < e.key.size(); ++i) {
      const auto& numbers = state_numbers_[static_cast<std::size_t>(made.parents[i])];
      const auto found = numbers.find(e.key[i].text);
      if (found == numbers.end()) {
        scan_.fail(e.key[i].offset, "variable " + scan_.shown(t.parents[i]) + " has no state " + scan_.shown(e.key[i]));
      }
      row = row * states(made.parents[i]) + found->second;
    }
    return row;
  }

  /// Names the first row that is not given.
  [[noreturn]] void fail_missing(const parsed_table& t, const cpd& made, node_id child) const {
    std::unordered_map<std::int64_t, bool> given;
    for (const parsed_entry& e : t.entries) {
      if (e.what != parsed_entry::kind::row) continue;
      check_count(e, states(child));
      given.emplace(row_of(t, e, made), true);
    }
    std::int64_t row = 0;
    while (given.count(row) > 0) ++row;
    std::string key;
    for (std::size_t i = made.parents.size(); i-- > 0;) {
      const auto& list = variables_[static_cast<std::size_t>(made.parents[i])].states;
      key = scan_.shown(list[static_cast<std::size_t>(row) % list.size()].text) + (key.empty() ? "" : ", ") + key;
      row /= static_cast<std::int64_t>(list.size());
    }
    scan_.fail(t.child.offset,
               "the table of " + scan_.shown(t.child) + " has no row" + (key.empty() ? "" : " for (" + key + ")"));
  }

  bif_scanner scan_;
  bif_limits limits_;
  std::string name_;
  bool seen_network_ = false;
  std::vector<std::string> properties_;
  std::vector<parsed_variable> variables_;
  std::vector<parsed_table> tables_;
  std::unordered_map<std::string_view, node_id> index_;
  std::vector<std::unordered_map<std::string_view, std::int64_t>> state_numbers_;
  double total_entries_ = 0.0;
};

}  // namespace

network parse_bif(std::string_view text, const std::string& source, const bif_limits& limits) {
  return bif_reader(text, source, limits).read();
}

network read_bif(const std::string& path, const bif_limits& limits) { return parse_bif(read_file(path), path, limits); }

}  // namespace credence::bayesnet
