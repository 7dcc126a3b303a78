// SPDX-License-Identifier: BSD-3-Clause
#include "credence/table/json_scan.hpp"

#include "credence/base/errors.hpp"
#include "credence/table/files.hpp"
#include "credence/table/numbers.hpp"

#include <cmath>
#include <limits>

#include "table/text_place.hpp"

namespace credence::detail {

namespace {

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

json_scanner::json_scanner(std::string_view text, const std::string& source) : text_(text), source_(source) {
  check_utf8(text_, source_);
  if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
}

void json_scanner::fail_at(std::size_t offset, const std::string& what) const {
  const auto [line, column] = place_of(text_, offset);
  throw parse_error(source_, line, column, what);
}

std::string json_scanner::place(std::size_t offset) const {
  const auto [line, column] = place_of(text_, offset);
  return source_ + ":" + std::to_string(line) + ":" + std::to_string(column);
}

char json_scanner::peek() {
  while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) {
    ++at_;
  }
  return at_ < text_.size() ? text_[at_] : '\0';
}

void json_scanner::expect(char c, const char* what) {
  if (peek() != c)
    fail(at_ == text_.size() ? std::string("the text ends, but ") + what + " was expected"
                             : std::string(what) + " was expected");
  ++at_;
}

bool json_scanner::accept(char c) {
  if (peek() != c) return false;
  ++at_;
  return true;
}

bool json_scanner::accept_word(std::string_view word) {
  peek();
  if (!text_.substr(at_).starts_with(word)) return false;
  at_ += word.size();
  return true;
}

void json_scanner::finish() {
  if (peek() != '\0') fail("text after the end of the JSON value");
}

std::uint32_t json_scanner::hex4() {
  std::uint32_t code = 0;
  for (int k = 0; k < 4; ++k, ++at_) {
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    const char lower = static_cast<char>(c | 0x20);
    if (is_digit(c)) {
      code = code * 16 + static_cast<std::uint32_t>(c - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      code = code * 16 + static_cast<std::uint32_t>(lower - 'a') + 10;
    } else {
      fail("four hexadecimal digits were expected after \\u");
    }
  }
  return code;
}

void json_scanner::append_escape(std::string& out) {
  const char c = at_ < text_.size() ? text_[at_] : '\0';
  ++at_;
  switch (c) {
    case '"':
    case '\\':
    case '/':
      out += c;
      return;
    case 'b':
      out += '\b';
      return;
    case 'f':
      out += '\f';
      return;
    case 'n':
      out += '\n';
      return;
    case 'r':
      out += '\r';
      return;
    case 't':
      out += '\t';
      return;
    case 'u':
      break;
    default:
      fail_at(at_ - 2, "an escape that JSON does not have");
  }
  const std::size_t begin = at_ - 2;
  std::uint32_t code = hex4();
  if (code >= 0xD800 && code < 0xDC00 && text_.substr(at_).starts_with("\\u")) {
    at_ += 2;
    const std::uint32_t low = hex4();
    if (low < 0xDC00 || low > 0xDFFF) fail_at(begin, "half of a surrogate pair");
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  } else if (code >= 0xD800 && code <= 0xDFFF) {
    fail_at(begin, "half of a surrogate pair");
  }
  append_utf8(out, code);
}

std::string json_scanner::string() {
  const std::size_t begin = at_;
  expect('"', "a string");
  std::string out;
  while (true) {
    const std::size_t stop = text_.find_first_of("\"\\\n", at_);
    if (stop == std::string_view::npos || text_[stop] == '\n') fail_at(begin, "a string that is never closed");
    out.append(text_.substr(at_, stop - at_));
    at_ = stop + 1;
    if (text_[stop] == '"') return out;
    append_escape(out);
  }
}

json_scanner::number json_scanner::take_number() {
  const char first = peek();
  if (accept_word("NaN")) return {std::numeric_limits<double>::quiet_NaN(), false};
  if (accept_word("Infinity")) return {std::numeric_limits<double>::infinity(), false};
  if (accept_word("-Infinity")) return {-std::numeric_limits<double>::infinity(), false};
  const std::string_view rest = text_.substr(at_);
  const std::size_t digits = first == '-' ? 1 : 0;
  if (digits >= rest.size() || !is_digit(rest[digits])) fail("a number was expected");
  if (rest[digits] == '0' && digits + 1 < rest.size() && is_digit(rest[digits + 1])) {
    fail("a number that begins with 0");
  }
  const std::size_t point = rest.find_first_not_of("0123456789", digits);
  if (point < rest.size() && rest[point] == '.' && (point + 1 == rest.size() || !is_digit(rest[point + 1]))) {
    fail("a number with no digit after its point");
  }
  const parsed_number parsed = parse_number(rest.data(), rest.data() + rest.size());
  at_ += static_cast<std::size_t>(parsed.end - rest.data());
  return {parsed.value, parsed.integer};
}

bool non_finite_word(std::string_view text, double& value) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (text == "NaN") return value = std::numeric_limits<double>::quiet_NaN(), true;
  if (text == "Infinity" || text == "Inf" || text == "+Infinity" || text == "+Inf") return value = infinity, true;
  if (text == "-Infinity" || text == "-Inf") return value = -infinity, true;
  return false;
}

void append_json_string(std::string& out, std::string_view text) {
  constexpr const char* hex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20) {
      out += "\\u00";
      out += hex[byte >> 4];
      out += hex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_json_number(std::string& out, double value) {
  if (!std::isfinite(value)) out += '"';
  append_number(out, value);
  if (!std::isfinite(value)) out += '"';
}

}  // namespace credence::detail
