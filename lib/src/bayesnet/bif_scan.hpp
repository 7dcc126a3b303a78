// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/errors.hpp"
#include "credence/table/files.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace credence::bayesnet::detail {

/// A piece of BIF text: a punctuation character, a word (bare or quoted) or the end.
struct bif_token {
  enum class kind : std::uint8_t { word, quoted, punctuation, end };
  kind what = kind::end;
  std::string_view text;   ///< without quotes
  std::size_t offset = 0;  ///< of its first byte
  [[nodiscard]] bool is(char c) const { return what == kind::punctuation && text[0] == c; }
  [[nodiscard]] bool is_word() const { return what == kind::word || what == kind::quoted; }
  [[nodiscard]] bool is_keyword(std::string_view word) const { return what == kind::word && text == word; }
};

/// Cuts BIF text into tokens, one ahead.
class bif_scanner {
 public:
  bif_scanner(std::string_view text, std::string source) : text_(text), source_(std::move(source)) {
    check_utf8(text_, source_);
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;  // a byte order mark
    advance();
  }

  [[nodiscard]] const bif_token& peek() const { return next_; }
  bif_token take() {
    const bif_token token = next_;
    advance();
    return token;
  }
  bool take_if(char c) {
    if (!next_.is(c)) return false;
    advance();
    return true;
  }
  void expect(char c, const std::string& after) {
    if (!take_if(c)) fail(next_.offset, std::string("expected '") + c + "' " + after + ", found " + shown(next_));
  }
  bif_token expect_word(const std::string& what) {
    if (!next_.is_word()) fail(next_.offset, "expected " + what + ", found " + shown(next_));
    return take();
  }

  /// The text up to the next ; outside quotes, from the token that is next; the ; is taken. Quotes are left out.
  std::string take_free_text() {
    std::string free;
    std::size_t i = next_.offset;
    bool quoted = false;
    for (; i < text_.size() && (quoted || text_[i] != ';'); ++i) {
      if (text_[i] == '"')
        quoted = !quoted;
      else
        free += text_[i];
    }
    if (i == text_.size()) fail(next_.offset, "this property is never closed by ';'");
    at_ = i + 1;
    advance();
    while (!free.empty() && static_cast<unsigned char>(free.back()) <= ' ') free.pop_back();
    for (char& c : free) {
      if (static_cast<unsigned char>(c) < ' ') c = ' ';
    }
    return free;
  }

  [[noreturn]] void fail(std::size_t offset, const std::string& what) const {
    const std::string_view before = text_.substr(0, offset);
    const auto line = std::count(before.begin(), before.end(), '\n');
    const std::size_t start = before.rfind('\n');
    const std::size_t column = start == std::string_view::npos ? offset : offset - start - 1;
    throw parse_error(source_, line + 1, static_cast<std::int64_t>(column) + 1, what);
  }

  /// The token as messages show it; long and unprintable ones are cut short.
  static std::string shown(const bif_token& token) {
    if (token.what == bif_token::kind::end) return "the end of the text";
    return "'" + shown(token.text) + "'";
  }
  static std::string shown(std::string_view text) {
    std::string cut(text.substr(0, 60));
    for (char& c : cut) {
      if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) c = ' ';
    }
    return text.size() > 60 ? cut + "..." : cut;
  }

 private:
  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }
  static bool is_punctuation(char c) { return std::string_view("{}()[]|;,").find(c) != std::string_view::npos; }

  void skip_blank() {
    while (at_ < text_.size()) {
      if (is_space(text_[at_])) {
        ++at_;
      } else if (text_.substr(at_, 2) == "//") {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (text_.substr(at_, 2) == "/*") {
        const std::size_t close = text_.find("*/", at_ + 2);
        if (close == std::string_view::npos) fail(at_, "this comment is never closed");
        at_ = close + 2;
      } else {
        return;
      }
    }
  }

  void advance() {
    skip_blank();
    next_ = {};
    next_.offset = at_;
    if (at_ == text_.size()) return;
    if (is_punctuation(text_[at_])) {
      next_.what = bif_token::kind::punctuation;
      next_.text = text_.substr(at_++, 1);
      return;
    }
    if (text_[at_] == '"') {
      const std::size_t close = text_.find('"', at_ + 1);
      if (close == std::string_view::npos) fail(at_, "this quote is never closed");
      next_.what = bif_token::kind::quoted;
      next_.text = text_.substr(at_ + 1, close - at_ - 1);
      at_ = close + 1;
      return;
    }
    const std::size_t begin = at_;
    while (at_ < text_.size() && !is_space(text_[at_]) && !is_punctuation(text_[at_]) && text_[at_] != '"') ++at_;
    next_.what = bif_token::kind::word;
    next_.text = text_.substr(begin, at_ - begin);
  }

  std::string_view text_;
  std::string source_;
  std::size_t at_ = 0;
  bif_token next_;
};

}  // namespace credence::bayesnet::detail
