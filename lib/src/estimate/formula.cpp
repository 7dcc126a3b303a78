// SPDX-License-Identifier: BSD-3-Clause
#include "credence/estimate/formula.hpp"

#include "credence/base/check.hpp"
#include "estimate/tokens.hpp"

#include <algorithm>

namespace credence {

using namespace estimate_detail;

namespace {

using term_list = std::vector<std::vector<int>>;

void add_term(term_list& to, const std::vector<int>& term) {
  if (std::find(to.begin(), to.end(), term) == to.end()) to.push_back(term);
}

/// Terms multiplied: all variables of both, each once.
std::vector<int> joined(const std::vector<int>& a, const std::vector<int>& b) {
  std::vector<int> out = a;
  for (const int v : b) {
    if (std::find(out.begin(), out.end(), v) == out.end()) out.push_back(v);
  }
  std::sort(out.begin(), out.end());
  return out;
}

class formula_reader {
 public:
  formula_reader(std::string_view text, std::span<const std::string> columns, model_formula& out)
      : text_(text), columns_(columns), out_(out), tokens_(tokens_of(text, 0, text.size())) {}

  void read() {
    std::size_t tilde = tokens_.size();
    for (std::size_t k = 0; k < tokens_.size(); ++k) {
      if (tokens_[k].what != token_kind::symbol || tokens_[k].text != "~") continue;
      if (tilde != tokens_.size()) fail(tokens_[k], "a second ~");
      tilde = k;
    }
    if (tilde == tokens_.size()) fail(tokens_.back(), "expected ~ between the response and the terms");
    if (tilde > 0) read_response(tokens_[tilde]);
    at_ = tilde + 1;
    term_list terms = sum();
    if (now().what != token_kind::end) fail(now(), "expected + or the end");
    std::stable_sort(terms.begin(), terms.end(), [](const auto& a, const auto& b) { return a.size() < b.size(); });
    out_.terms = std::move(terms);
    if (out_.terms.empty() && !out_.intercept) fail(tokens_.back(), "expected at least one term");
  }

 private:
  [[nodiscard]] const token& now() const { return tokens_[at_]; }
  [[nodiscard]] bool is(std::size_t k, std::string_view symbol) const {
    return tokens_[k].what == token_kind::symbol && tokens_[k].text == symbol;
  }
  bool take(std::string_view symbol) {
    if (!is(at_, symbol)) return false;
    ++at_;
    return true;
  }
  [[noreturn]] void fail(const token& where, const std::string& what) const { fail_at(text_, where.column, what); }

  void read_response(const token& tilde) {
    if (tokens_[0].what == token_kind::name && tokens_[0].text == "cbind" && is(1, "(")) {
      const std::size_t close = closing(1);
      std::size_t comma = 0, depth = 0;
      for (std::size_t k = 2; k < close; ++k) {
        if (is(k, "(")) ++depth;
        if (is(k, ")")) --depth;
        if (is(k, ",") && depth == 0) {
          if (comma != 0) fail(tokens_[k], "cbind takes two columns: successes and failures");
          comma = k;
        }
      }
      if (comma == 0) fail(tokens_[close], "cbind takes two columns: successes and failures");
      if (!is(close + 1, "~")) fail(tokens_[close + 1], "expected ~");
      out_.response.push_back(expression::parse(text_, tokens_[2].begin, tokens_[comma].begin));
      out_.response.push_back(expression::parse(text_, tokens_[comma].end, tokens_[close].begin));
    } else {
      out_.response.push_back(expression::parse(text_, 0, tilde.begin));
    }
  }

  /// The place of the bracket that closes the one at `open`.
  std::size_t closing(std::size_t open) const {
    int depth = 0;
    for (std::size_t k = open; k < tokens_.size(); ++k) {
      if (is(k, "(")) ++depth;
      if (is(k, ")") && --depth == 0) return k;
    }
    fail(tokens_[open], "the bracket is not closed");
  }

  term_list sum() {
    if (++depth_ > 100) fail(now(), "expected fewer brackets within one another");
    term_list out;
    bool minus = false;
    if (take("-")) {
      minus = true;
    } else {
      take("+");
    }
    while (true) {
      if (now().what == token_kind::number) {
        const double n = now().number;
        if (n != 0.0 && n != 1.0) fail(now(), "the only numbers among terms are 0 and 1; write I(...) for arithmetic");
        out_.intercept = (n == 1.0) != minus;
        ++at_;
      } else {
        const term_list more = crossing();
        if (minus) {
          for (const auto& t : more) out.erase(std::remove(out.begin(), out.end(), t), out.end());
        } else {
          for (const auto& t : more) add_term(out, t);
        }
      }
      if (take("+")) {
        minus = false;
      } else if (take("-")) {
        minus = true;
      } else {
        --depth_;
        return out;
      }
    }
  }

  term_list crossing() {
    term_list left = interaction();
    while (is(at_, "*") || is(at_, "/")) {
      const bool nested = is(at_, "/");
      ++at_;
      const term_list right = interaction();
      term_list out = left;
      if (!nested) {
        for (const auto& t : right) add_term(out, t);
      }
      if (nested) {
        std::vector<int> all;
        for (const auto& t : left) all = joined(all, t);
        for (const auto& t : right) add_term(out, joined(all, t));
      } else {
        for (const auto& a : left) {
          for (const auto& b : right) add_term(out, joined(a, b));
        }
      }
      left = std::move(out);
    }
    return left;
  }

  term_list interaction() {
    term_list left = raised();
    while (take(":")) {
      const term_list right = raised();
      term_list out;
      for (const auto& a : left) {
        for (const auto& b : right) add_term(out, joined(a, b));
      }
      left = std::move(out);
    }
    return left;
  }

  term_list raised() {
    const term_list base = atom();
    if (!is(at_, "^") && !is(at_, "**")) return base;
    ++at_;
    const double order = now().number;
    if (now().what != token_kind::number || !(order >= 1.0 && order <= 10.0) || order != static_cast<int>(order)) {
      fail(now(), "expected an order from 1 to 10; write I(x^2) for a power");
    }
    ++at_;
    term_list out = base;
    for (int k = 1; k < static_cast<int>(order); ++k) {
      const term_list before = out;
      for (const auto& a : before) {
        for (const auto& b : base) add_term(out, joined(a, b));
      }
    }
    return out;
  }

  term_list atom() {
    const token start = now();
    if (take("(")) {
      term_list inner = sum();
      if (!take(")")) fail(now(), "expected )");
      return inner;
    }
    if (take(".")) return every_other_column(start);
    if (start.what != token_kind::name) fail(start, "expected a term");
    if (!is(at_ + 1, "(") || start.quoted) {
      ++at_;
      return {{variable(column_variable(std::string(start.text)))}};
    }
    const std::size_t open = at_ + 1, close = closing(open);
    at_ = close + 1;
    if (start.text == "offset") {
      out_.offsets.push_back(expression::parse(text_, tokens_[open].end, tokens_[close].begin));
      return {};
    }
    if (start.text == "factor" || start.text == "C" || start.text == "as.factor") return {{factor(start, open, close)}};
    model_variable v;
    v.value = expression::parse(text_, start.begin, tokens_[close].end);
    v.text = v.value.text();
    return {{variable(std::move(v))}};
  }

  static model_variable column_variable(const std::string& name) {
    model_variable v;
    v.value = expression::parse("`" + name + "`");
    v.text = v.value.text();
    v.column = name;
    return v;
  }

  int factor(const token& start, std::size_t open, std::size_t close) {
    if (tokens_[open + 1].what != token_kind::name) fail(tokens_[open + 1], "expected the name of a column");
    model_variable v = column_variable(std::string(tokens_[open + 1].text));
    v.factor = true;
    std::string inner = v.text;
    if (close != open + 2) {
      if (start.text != "C" || close != open + 4 || !is(open + 2, ",")) fail(tokens_[open + 2], "expected )");
      const std::string_view how = tokens_[open + 3].text;
      if (how != "sum" && how != "treatment") fail(tokens_[open + 3], "expected treatment or sum");
      v.coding = how == "sum" ? factor_coding::sum : factor_coding::treatment;
      v.coding_given = true;
      inner += ", " + std::string(how);
    }
    v.text = std::string(start.text) + "(" + inner + ")";
    return variable(std::move(v));
  }

  term_list every_other_column(const token& dot) {
    if (columns_.empty()) fail(dot, ". needs a table to stand for its other columns");
    std::vector<std::string> used;
    for (const expression& side : out_.response) {
      for (const std::string& name : side.names()) used.push_back(name);
    }
    term_list out;
    for (const std::string& name : columns_) {
      if (std::find(used.begin(), used.end(), name) != used.end()) continue;
      out.push_back({variable(column_variable(name))});
    }
    return out;
  }

  /// Variables that read alike are one.
  int variable(model_variable v) {
    for (std::size_t k = 0; k < out_.variables.size(); ++k) {
      if (out_.variables[k].text == v.text) return static_cast<int>(k);
    }
    out_.variables.push_back(std::move(v));
    return static_cast<int>(out_.variables.size()) - 1;
  }

  std::string_view text_;
  std::span<const std::string> columns_;
  model_formula& out_;
  std::vector<token> tokens_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

model_formula model_formula::parse(std::string_view text, std::span<const std::string> columns) {
  model_formula out;
  out.text = std::string(text);
  formula_reader(text, columns, out).read();
  return out;
}

std::string model_formula::term_text(std::size_t term) const {
  std::string out;
  for (const int v : terms[term]) {
    if (!out.empty()) out += ":";
    out += variables[static_cast<std::size_t>(v)].text;
  }
  return out;
}

std::string caret_text(std::string_view text, std::int64_t column) {
  const std::int64_t before = std::max<std::int64_t>(0, column - 1);
  std::string blanks;
  for (std::int64_t i = 0; i < before; ++i) {
    // Continuation bytes of UTF-8 take no place of their own.
    const auto c = i < static_cast<std::int64_t>(text.size())
                       ? static_cast<unsigned char>(text[static_cast<std::size_t>(i)])
                       : static_cast<unsigned char>(' ');
    if ((c & 0xC0U) != 0x80U) blanks += c == '\t' ? '\t' : ' ';
  }
  return std::string(text) + "\n" + blanks + "^";
}

}  // namespace credence
