// SPDX-License-Identifier: BSD-3-Clause
#include "credence/bayesnet/evidence.hpp"

#include "credence/base/check.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_map>

namespace credence::bayesnet {

evidence::evidence(std::initializer_list<observed> states) {
  for (const observed& o : states) observe(std::string(o.node), std::string(o.state));
}

evidence& evidence::observe(std::string node, std::string state) {
  findings_.push_back({finding::kind::state, std::move(node), std::move(state), {}});
  return *this;
}

evidence& evidence::exclude(std::string node, std::string state) {
  findings_.push_back({finding::kind::not_state, std::move(node), std::move(state), {}});
  return *this;
}

evidence& evidence::likelihood(std::string node, std::vector<double> values) {
  findings_.push_back({finding::kind::likelihood, std::move(node), {}, std::move(values)});
  return *this;
}

namespace {

std::optional<double> number(std::string_view text) {
  double value = 0.0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "0.2:0.8" as numbers; nothing when it is not two or more numbers joined by colons.
std::vector<double> colon_numbers(std::string_view text) {
  std::vector<double> values;
  if (text.find(':') == std::string_view::npos) return values;
  while (true) {
    const std::size_t colon = text.find(':');
    const auto value = number(text.substr(0, colon));
    if (!value) return {};
    values.push_back(*value);
    if (colon == std::string_view::npos) return values;
    text.remove_prefix(colon + 1);
  }
}

class evidence_reader {
 public:
  explicit evidence_reader(std::string_view text) : text_(text) {}

  evidence read() {
    evidence all;
    if (text_.find_first_not_of(" \t") == std::string_view::npos) return all;
    while (true) {
      const word name = read_word("the name of a variable");
      const bool negative = take('!');
      if (!take('=')) fail("expected '=' or '!=' after '" + name.text + "'");
      const word state = read_word("a state");
      std::vector<double> values = state.quoted || negative ? std::vector<double>() : colon_numbers(state.text);
      if (negative)
        all.exclude(name.text, state.text);
      else if (!values.empty())
        all.likelihood(name.text, std::move(values));
      else
        all.observe(name.text, state.text);
      if (at_ == text_.size()) return all;
      if (!take(',')) fail("expected ',' between findings");
    }
  }

 private:
  struct word {
    std::string text;
    bool quoted = false;
  };

  word read_word(const std::string& wanted) {
    skip_space();
    word w;
    if (at_ < text_.size() && text_[at_] == '"') {
      w.quoted = true;
      const std::size_t begin = at_++;
      while (true) {
        const std::size_t quote = text_.find('"', at_);
        if (quote == std::string_view::npos) {
          at_ = begin;
          fail("the quote is never closed");
        }
        w.text += text_.substr(at_, quote - at_);
        at_ = quote + 1;
        if (at_ >= text_.size() || text_[at_] != '"') break;
        w.text += '"';
        ++at_;
      }
    } else {
      const std::size_t begin = at_;
      while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '=' && text_[at_] != '"' &&
             text_.substr(at_, 2) != "!=")
        ++at_;
      w.text = text_.substr(begin, at_ - begin);
      while (!w.text.empty() && (w.text.back() == ' ' || w.text.back() == '\t')) w.text.pop_back();
    }
    if (w.text.empty()) fail("expected " + wanted);
    skip_space();
    return w;
  }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }
  [[noreturn]] void fail(const std::string& what) const {
    throw parse_error("evidence", 1, static_cast<std::int64_t>(at_) + 1, what);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

evidence parse_evidence(std::string_view text) { return evidence_reader(text).read(); }

std::vector<evidence> evidence_rows(const network& net, const table& rows, const evidence& common) {
  std::vector<evidence> all(static_cast<std::size_t>(rows.rows()), common);
  for (const column& c : rows.columns()) {
    const node_id node = net.graph().index_of(c.name, "evidence_rows");
    for (std::int64_t row = 0; row < rows.rows(); ++row) {
      if (c.is_missing(row)) continue;
      const std::string state = c.text(row);
      (void)net.state_of(node, state, "evidence_rows: row " + std::to_string(row));
      all[static_cast<std::size_t>(row)].observe(c.name, state);
    }
  }
  return all;
}

evidence_table make_evidence_table(const network& net, const table& rows) {
  evidence_table made;
  made.rows = rows.rows();
  for (const column& c : rows.columns()) {
    const node_id node = net.graph().index_of(c.name, "make_evidence_table");
    std::unordered_map<std::string, std::int32_t> known;
    const auto number = [&](const std::string& text, std::int64_t row) {
      const auto found = known.find(text);
      if (found != known.end()) return found->second;
      const auto state = net.state_of(node, text, "make_evidence_table: row " + std::to_string(row));
      return known.emplace(text, static_cast<std::int32_t>(state)).first->second;
    };
    std::vector<std::int32_t> of_level;
    if (c.type() == column_type::text) of_level.assign(c.texts().levels.size(), -1);
    auto& codes = made.codes.emplace_back(static_cast<std::size_t>(made.rows), -1);
    made.nodes.push_back(node);
    for (std::int64_t row = 0; row < made.rows; ++row) {
      if (c.is_missing(row)) continue;
      std::int32_t& code = codes[static_cast<std::size_t>(row)];
      if (c.type() != column_type::text) {
        code = number(c.text(row), row);
        continue;
      }
      std::int32_t& level = of_level[static_cast<std::size_t>(c.texts().codes[static_cast<std::size_t>(row)])];
      if (level < 0) level = number(c.text(row), row);
      code = level;
    }
  }
  return made;
}

weighted_states resolve(const network& net, const evidence& findings, std::string_view where) {
  const auto n = static_cast<std::size_t>(net.size());
  weighted_states result{std::vector<std::vector<double>>(n), std::vector<std::int64_t>(n, -1)};
  for (const finding& f : findings.findings()) {
    const node_id node = net.graph().index_of(f.node, where);
    const auto states = static_cast<std::size_t>(net.cardinality(node));
    std::vector<double>& weights = result.weights[static_cast<std::size_t>(node)];
    if (weights.empty()) weights.assign(states, 1.0);
    if (f.what == finding::kind::likelihood) {
      check::same_size(where, "the likelihood of '" + f.node + "'", static_cast<std::int64_t>(f.likelihood.size()),
                       "its states", static_cast<std::int64_t>(states));
      for (std::size_t s = 0; s < states; ++s) {
        check::non_negative(where, "a likelihood of '" + f.node + "'", f.likelihood[s]);
        weights[s] *= f.likelihood[s];
      }
      continue;
    }
    const auto named = static_cast<std::size_t>(net.state_of(node, f.state, where));
    for (std::size_t s = 0; s < states; ++s) {
      if ((s == named) == (f.what == finding::kind::not_state)) weights[s] = 0.0;
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    const std::vector<double>& weights = result.weights[i];
    if (weights.empty()) continue;
    const auto possible = std::count_if(weights.begin(), weights.end(), [](double w) { return w > 0.0; });
    if (possible == 0) {
      throw domain_error(std::string(where) + ": the evidence has probability zero: it leaves no state of '" +
                         net.variables()[i].name + "'");
    }
    if (possible == 1) {
      result.state[i] =
          std::find_if(weights.begin(), weights.end(), [](double w) { return w > 0.0; }) - weights.begin();
    }
  }
  return result;
}

}  // namespace credence::bayesnet
