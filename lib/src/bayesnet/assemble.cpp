// SPDX-License-Identifier: BSD-3-Clause
#include "assemble.hpp"

#include "credence/base/check.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_map>

namespace credence::bayesnet::detail {

void text_place::fail(std::size_t offset, const std::string& what) const {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n');
  const std::size_t start = before.rfind('\n');
  const std::size_t column = start == std::string_view::npos ? before.size() : before.size() - start - 1;
  throw parse_error(source, line + 1, static_cast<std::int64_t>(column) + 1, what);
}

std::string shown(std::string_view text) {
  std::string cut(text.substr(0, 60));
  for (char& c : cut) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) c = ' ';
  }
  return "'" + (text.size() > 60 ? cut + "..." : cut) + "'";
}

network assemble(const text_place& place, std::string name, std::vector<named_variable> variables,
                 std::vector<named_table> tables, std::vector<std::string> properties, const bif_limits& limits) {
  std::unordered_map<std::string, node_id> number;
  std::vector<variable> made;
  for (named_variable& v : variables) {
    if (v.name.text.empty()) place.fail(v.name.offset, "the name of a variable is empty");
    if (!number.emplace(v.name.text, static_cast<node_id>(made.size())).second)
      place.fail(v.name.offset, "a second variable " + shown(v.name.text));
    if (v.states.empty()) place.fail(v.name.offset, "variable " + shown(v.name.text) + " has no states");
    variable& out = made.emplace_back(variable{v.name.text, {}, std::move(v.properties)});
    std::set<std::string> states;
    for (placed_name& s : v.states) {
      if (!states.insert(s.text).second)
        place.fail(s.offset, "state " + shown(s.text) + " of variable " + shown(v.name.text) + " comes twice");
      out.states.push_back(std::move(s.text));
    }
  }
  const auto find = [&](const placed_name& wanted) {
    const auto found = number.find(wanted.text);
    if (found == number.end()) place.fail(wanted.offset, "there is no variable " + shown(wanted.text));
    return found->second;
  };
  std::vector<cpd> cpds(made.size());
  std::vector<char> has(made.size(), 0);
  double total = 0.0;
  for (named_table& t : tables) {
    const node_id child = find(t.child);
    const auto at = static_cast<std::size_t>(child);
    if (has[at] != 0) place.fail(t.child.offset, "a second table of " + shown(t.child.text));
    has[at] = 1;
    double entries = static_cast<double>(made[at].cardinality());
    for (const placed_name& p : t.parents) {
      const node_id parent = find(p);
      const auto& before = cpds[at].parents;
      if (parent == child || std::find(before.begin(), before.end(), parent) != before.end())
        place.fail(p.offset, shown(p.text) + " comes twice in the table of " + shown(t.child.text));
      cpds[at].parents.push_back(parent);
      entries *= static_cast<double>(made[static_cast<std::size_t>(parent)].cardinality());
    }
    total += entries;
    if (entries > static_cast<double>(limits.table_entries) || total > static_cast<double>(limits.total_entries))
      place.fail(t.child.offset, "the table of " + shown(t.child.text) + " has " + check::to_text(entries) +
                                     " entries, beyond the limits of the reader");
    if (static_cast<double>(t.values.size()) != entries) {
      place.fail(t.values_offset, "the table of " + shown(t.child.text) + " has " + std::to_string(t.values.size()) +
                                      " numbers, but must have " + check::to_text(entries));
    }
    const std::size_t states = made[at].states.size();
    for (std::size_t begin = 0; begin < t.values.size(); begin += states) {
      double sum = 0.0;
      for (std::size_t s = 0; s < states; ++s) sum += t.values[begin + s];
      if (!(std::fabs(sum - 1.0) <= network::row_tolerance)) {
        place.fail(t.values_offset, "row " + std::to_string(begin / states) + " of the table of " +
                                        shown(t.child.text) + " sums to " + check::to_text(sum) +
                                        ", but must sum to one");
      }
    }
    cpds[at].values = std::move(t.values);
    cpds[at].properties = std::move(t.properties);
    cpds[at].form = std::move(t.form);
  }
  for (std::size_t v = 0; v < has.size(); ++v) {
    if (has[v] == 0) place.fail(variables[v].name.offset, "variable " + shown(made[v].name) + " has no table");
  }
  try {
    return {std::move(name), std::move(made), std::move(cpds), std::move(properties)};
  } catch (const domain_error& failure) {
    place.fail(0, failure.what());
  }
}

}  // namespace credence::bayesnet::detail
