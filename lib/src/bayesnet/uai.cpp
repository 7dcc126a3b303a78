// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/uai.hpp"

#include "credence/base/check.hpp"
#include "credence/table/files.hpp"
#include "credence/table/numbers.hpp"

#include <algorithm>
#include <cmath>

namespace credence::bayesnet {

namespace {

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

/// Words between white space.
class word_scanner {
 public:
  word_scanner(std::string_view text, std::string source) : text_(text), source_(std::move(source)) {
    check_utf8(text_, source_);
    skip();
  }
  [[nodiscard]] bool done() const { return at_ == text_.size(); }
  [[nodiscard]] std::size_t place() const { return at_; }

  std::string_view word(const std::string& wanted) {
    if (done()) fail(at_, "expected " + wanted + ", found the end of the text");
    const std::size_t begin = at_;
    while (at_ < text_.size() && !is_space(text_[at_])) ++at_;
    last_ = begin;
    const std::string_view found = text_.substr(begin, at_ - begin);
    skip();
    return found;
  }

  std::int64_t whole(const std::string& wanted, std::int64_t least, std::int64_t most) {
    const std::string_view found = word(wanted);
    const auto value = to_integer(found);
    if (!value || *value < least || *value > most) {
      fail(last_, wanted + " is '" + cut(found) + "', but must be a whole number from " + std::to_string(least) +
                      " to " + std::to_string(most));
    }
    return *value;
  }

  double number(const std::string& wanted) {
    const std::string_view found = word(wanted);
    const auto value = to_number(found);
    if (!value || !(*value >= 0.0) || !std::isfinite(*value))
      fail(last_, wanted + " is '" + cut(found) + "', but must be a finite number, zero or above");
    return *value;
  }

  [[noreturn]] void fail(std::size_t offset, const std::string& what) const {
    const std::string_view before = text_.substr(0, offset);
    const auto line = std::count(before.begin(), before.end(), '\n');
    const std::size_t start = before.rfind('\n');
    const std::size_t column = start == std::string_view::npos ? offset : offset - start - 1;
    throw parse_error(source_, line + 1, static_cast<std::int64_t>(column) + 1, what);
  }
  [[noreturn]] void fail_last(const std::string& what) const { fail(last_, what); }

 private:
  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }
  static std::string cut(std::string_view text) { return std::string(text.substr(0, 40)); }
  void skip() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  std::string_view text_;
  std::string source_;
  std::size_t at_ = 0, last_ = 0;
};

variable numbered_variable(std::int64_t number, std::int64_t states) {
  variable v{std::string("x").append(std::to_string(number)), {}, {}};
  for (std::int64_t s = 0; s < states; ++s) v.states.push_back(std::to_string(s));
  return v;
}

struct placed_factor {
  factor what;
  std::size_t offset = 0;  ///< of its table
};

/// Tables of a BAYES model: each variable has one, as its last.
network to_bayesian(std::vector<variable> variables, std::vector<placed_factor> factors, const word_scanner& scan) {
  std::vector<cpd> cpds(variables.size());
  std::vector<char> has(variables.size(), 0);
  for (placed_factor& f : factors) {
    if (f.what.scope.empty())
      scan.fail(f.offset, "this table has no variables, but in a BAYES model the last is the child");
    const node_id child = f.what.scope.back();
    if (has[at(child)] != 0) scan.fail(f.offset, "a second table of variable " + std::to_string(child));
    has[at(child)] = 1;
    f.what.scope.pop_back();
    const std::size_t states = variables[at(child)].states.size();
    for (std::size_t begin = 0; begin < f.what.values.size(); begin += states) {
      double sum = 0.0;
      for (std::size_t s = 0; s < states; ++s) sum += f.what.values[begin + s];
      if (!(std::fabs(sum - 1.0) <= network::row_tolerance)) {
        scan.fail(f.offset, "row " + std::to_string(begin / states) + " of the table of variable " +
                                std::to_string(child) + " sums to " + check::to_text(sum) + ", but must sum to one");
      }
    }
    cpds[at(child)] = {std::move(f.what.scope), std::move(f.what.values), {}};
  }
  for (std::size_t v = 0; v < has.size(); ++v) {
    if (has[v] == 0) scan.fail(scan.place(), "variable " + std::to_string(v) + " has no table");
  }
  try {
    return {"", std::move(variables), std::move(cpds)};
  } catch (const domain_error& failure) {
    scan.fail(0, failure.what());
  }
}

void append_table(std::string& text, const std::vector<double>& values) {
  text += "\n" + std::to_string(values.size()) + "\n";
  for (std::size_t i = 0; i < values.size(); ++i) text += (i == 0 ? "" : " ") + check::to_text(values[i]);
  text += "\n";
}

std::string preamble(const char* kind, std::span<const variable> variables) {
  std::string text = std::string(kind) + "\n" + std::to_string(variables.size()) + "\n";
  for (std::size_t i = 0; i < variables.size(); ++i)
    text += (i == 0 ? "" : " ") + std::to_string(variables[i].states.size());
  return text + "\n";
}

}  // namespace

uai_model parse_uai(std::string_view text, const std::string& source, const bif_limits& limits) {
  word_scanner scan(text, source);
  const std::string_view kind = scan.word("'BAYES' or 'MARKOV'");
  if (kind != "BAYES" && kind != "MARKOV")
    scan.fail_last("expected 'BAYES' or 'MARKOV', found '" + std::string(kind.substr(0, 40)) + "'");
  constexpr std::int64_t most = 1 << 26;
  // Each variable and factor takes at least a digit and a blank: no count can be beyond the text.
  const std::int64_t room = std::min<std::int64_t>(most, static_cast<std::int64_t>(text.size()));
  const std::int64_t n = scan.whole("the number of variables", 0, room);
  std::vector<variable> variables;
  std::int64_t states_left = limits.total_entries;
  for (std::int64_t v = 0; v < n; ++v) {
    const std::int64_t states =
        scan.whole("the number of states of variable " + std::to_string(v), 1, limits.table_entries);
    if (states > states_left)
      scan.fail_last("the states of all variables are more than " + std::to_string(limits.total_entries));
    states_left -= states;
    variables.push_back(numbered_variable(v, states));
  }
  const std::int64_t count = scan.whole("the number of tables", 0, room);
  std::vector<placed_factor> factors(at(count));
  for (placed_factor& f : factors) {
    const std::int64_t size = scan.whole("the number of variables of a table", 0, n);
    for (std::int64_t i = 0; i < size; ++i) {
      const auto v = static_cast<node_id>(scan.whole("a variable of a table", 0, n - 1));
      if (std::find(f.what.scope.begin(), f.what.scope.end(), v) != f.what.scope.end())
        scan.fail_last("variable " + std::to_string(v) + " comes twice in a table");
      f.what.scope.push_back(v);
    }
  }
  std::int64_t total = 0;
  for (placed_factor& f : factors) {
    double entries = 1.0;
    for (const node_id v : f.what.scope) entries *= static_cast<double>(variables[at(v)].cardinality());
    f.offset = scan.place();
    const std::int64_t found = scan.whole("the size of a table", 0, limits.table_entries);
    if (static_cast<double>(found) != entries) {
      scan.fail_last("the size of a table is " + std::to_string(found) + ", but its variables have " +
                     check::to_text(entries) + " configurations");
    }
    total += found;
    if (total > limits.total_entries)
      scan.fail_last("the tables have more than " + std::to_string(limits.total_entries) + " entries");
    for (std::int64_t i = 0; i < found; ++i) f.what.values.push_back(scan.number("an entry of a table"));
  }
  if (!scan.done()) scan.fail(scan.place(), "expected the end of the text after the last table");
  uai_model model;
  if (kind == "BAYES") {
    model.bayes = to_bayesian(std::move(variables), std::move(factors), scan);
  } else {
    markov_network& net = model.markov.emplace();
    net.variables = std::move(variables);
    for (placed_factor& f : factors) net.factors.push_back(std::move(f.what));
  }
  return model;
}

uai_model read_uai(const std::string& path, const bif_limits& limits) {
  return parse_uai(read_file(path), path, limits);
}

std::string to_uai(const network& net) {
  std::string text = preamble("BAYES", net.variables()) + std::to_string(net.size()) + "\n";
  for (node_id v = 0; v < net.size(); ++v) {
    text += std::to_string(net.table(v).parents.size() + 1);
    for (const node_id p : net.table(v).parents) text += " " + std::to_string(p);
    text += " " + std::to_string(v) + "\n";
  }
  for (node_id v = 0; v < net.size(); ++v) append_table(text, net.table(v).values);
  return text;
}

std::string to_uai(const markov_network& net) {
  check_network(net, "to_uai");
  std::string text = preamble("MARKOV", net.variables) + std::to_string(net.factors.size()) + "\n";
  for (const factor& f : net.factors) {
    text += std::to_string(f.scope.size());
    for (const node_id v : f.scope) text += " " + std::to_string(v);
    text += "\n";
  }
  for (const factor& f : net.factors) append_table(text, f.values);
  return text;
}

evidence parse_uai_evidence(std::string_view text, std::span<const variable> variables, const std::string& source) {
  std::vector<std::int64_t> numbers;  // -1 for other words
  for (word_scanner words(text, source); !words.done();)
    numbers.push_back(to_integer(words.word("a number")).value_or(-1));
  evidence given;
  if (numbers.empty()) return given;
  word_scanner scan(text, source);
  const auto count = static_cast<std::int64_t>(numbers.size());
  const auto n = static_cast<std::int64_t>(variables.size());
  std::int64_t observed = scan.whole("the number of observed variables", 0, count);
  if (count != 2 * observed + 1) {
    // The older form: a number of samples, each a line of evidence.
    std::int64_t next = 1, samples = 0;
    for (; samples < observed && next < count && numbers[at(next)] >= 0 && numbers[at(next)] < count; ++samples)
      next += 1 + 2 * numbers[at(next)];
    if (samples == observed && next == count && observed != 1)
      scan.fail_last("the evidence has " + std::to_string(observed) + " samples, but one is supported");
    if (observed == 1) observed = scan.whole("the number of observed variables", 0, count);
  }
  for (std::int64_t i = 0; i < observed; ++i) {
    const std::int64_t v = scan.whole("an observed variable", 0, n - 1);
    const variable& named = variables[at(v)];
    const std::int64_t state = scan.whole("the state of variable " + std::to_string(v), 0, named.cardinality() - 1);
    given.observe(named.name, named.states[at(state)]);
  }
  if (!scan.done()) scan.fail(scan.place(), "expected the end of the text after the evidence");
  return given;
}

evidence read_uai_evidence(const std::string& path, std::span<const variable> variables) {
  return parse_uai_evidence(read_file(path), variables, path);
}

std::string to_uai_marginals(const posterior_set& found, std::int64_t variables) {
  std::string text = "MAR\n" + std::to_string(variables);
  for (std::int64_t v = 0; v < variables; ++v) {
    const std::vector<double>& p = found.of(found.net.at(static_cast<node_id>(v)).name);
    text += " " + std::to_string(p.size());
    for (const double x : p) text += " " + check::to_text(x);
  }
  return text + "\n";
}

}  // namespace credence::bayesnet
