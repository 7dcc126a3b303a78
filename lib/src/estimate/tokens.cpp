// SPDX-License-Identifier: BSD-3-Clause
#include "estimate/tokens.hpp"

#include "credence/base/errors.hpp"

#include <cctype>
#include <charconv>

namespace credence::estimate_detail {

void fail_at(std::string_view text, std::int64_t column, const std::string& what) {
  throw parse_error("formula", 1, column, what + ", in \"" + std::string(text) + "\"");
}

namespace {

bool starts_name(char c) {
  const auto u = static_cast<unsigned char>(c);
  return std::isalpha(u) != 0 || c == '_' || u >= 128;
}
bool in_name(char c) { return starts_name(c) || std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '.'; }

}  // namespace

std::vector<token> tokens_of(std::string_view whole, std::size_t begin, std::size_t end) {
  std::vector<token> out;
  std::size_t at = begin;
  const auto put = [&](token_kind what, std::size_t length, std::string_view text) {
    token t;
    t.what = what;
    t.text = text;
    t.begin = at;
    t.end = at + length;
    t.column = static_cast<std::int64_t>(at) + 1;
    out.push_back(t);
    at += length;
  };
  while (at < end) {
    const char c = whole[at];
    const bool dot_number = c == '.' && at + 1 < end && std::isdigit(static_cast<unsigned char>(whole[at + 1])) != 0;
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++at;
    } else if (std::isdigit(static_cast<unsigned char>(c)) != 0 || dot_number) {
      double value = 0.0;
      const auto read = std::from_chars(whole.data() + at, whole.data() + end, value);
      if (read.ec != std::errc()) fail_at(whole, static_cast<std::int64_t>(at) + 1, "the number cannot be read");
      const auto length = static_cast<std::size_t>(read.ptr - whole.data()) - at;
      put(token_kind::number, length, whole.substr(at, length));
      out.back().number = value;
    } else if (starts_name(c)) {
      std::size_t stop = at;
      while (stop < end && in_name(whole[stop])) ++stop;
      put(token_kind::name, stop - at, whole.substr(at, stop - at));
    } else if (c == '`' || c == '"' || c == '\'') {
      const std::size_t close = whole.find(c, at + 1);
      if (close == std::string_view::npos || close >= end) {
        fail_at(whole, static_cast<std::int64_t>(at) + 1, "the quote is not closed");
      }
      const std::string_view inner = whole.substr(at + 1, close - at - 1);
      put(c == '`' ? token_kind::name : token_kind::text, close - at + 1, inner);
      out.back().quoted = true;
    } else if (c == '*' && at + 1 < end && whole[at + 1] == '*') {
      put(token_kind::symbol, 2, "**");
    } else if (c == '[' || c == ']') {
      put(token_kind::symbol, 1, c == '[' ? "(" : ")");
    } else if (std::string_view("+-*/^(),:~=|.").find(c) != std::string_view::npos) {
      put(token_kind::symbol, 1, whole.substr(at, 1));
    } else {
      fail_at(whole, static_cast<std::int64_t>(at) + 1,
              "'" + std::string(1, c) + "' starts nothing that is known here");
    }
  }
  token last;
  last.begin = last.end = end;
  last.column = static_cast<std::int64_t>(end) + 1;
  out.push_back(last);
  return out;
}

}  // namespace credence::estimate_detail
