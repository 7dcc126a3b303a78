// SPDX-License-Identifier: BSD-3-Clause
#include "xml_scan.hpp"

#include <charconv>

namespace credence::bayesnet::detail {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

}  // namespace

void xml_scanner::skip_to(std::string_view tail, const char* what) {
  const std::size_t found = place_.text.find(tail, at_);
  if (found == std::string_view::npos) fail(at_, std::string("this ") + what + " is never closed");
  at_ = found + tail.size();
}

void xml_scanner::skip_document_type() {
  const std::size_t begin = at_;
  int brackets = 0;
  char quote = 0;
  for (; at_ < place_.text.size(); ++at_) {
    const char c = place_.text[at_];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (place_.text.substr(at_, 4) == "<!--") {
      skip_to("-->", "comment");
      --at_;
    } else if (c == '[') {
      ++brackets;
    } else if (c == ']') {
      --brackets;
    } else if (c == '>' && brackets <= 0) {
      ++at_;
      return;
    }
  }
  fail(begin, "this document type is never closed");
}

xml_event xml_scanner::read_tag() {
  xml_event event;
  event.offset = at_++;
  event.what = xml_event::kind::open;
  const std::string_view text = place_.text;
  if (at_ < text.size() && text[at_] == '/') {
    event.what = xml_event::kind::close;
    ++at_;
  }
  while (at_ < text.size() && !is_space(text[at_]) && text[at_] != '>' && text[at_] != '/' && text[at_] != '<')
    event.name += upper(text[at_++]);
  if (event.name.empty()) fail(event.offset, "expected the name of an element after '<'");
  const std::size_t begin = at_;
  char quote = 0;
  for (; at_ < text.size() && (quote != 0 || text[at_] != '>'); ++at_) {
    if (quote != 0) {
      if (text[at_] == quote) quote = 0;
    } else if (text[at_] == '"' || text[at_] == '\'') {
      quote = text[at_];
    } else if (text[at_] == '<') {
      fail(at_, "a '<' inside the tag " + shown(event.name));
    }
  }
  if (at_ == text.size()) fail(event.offset, "the tag " + shown(event.name) + " is never closed by '>'");
  event.raw = text.substr(begin, at_ - begin);
  ++at_;
  if (!event.raw.empty() && event.raw.back() == '/') {
    event.raw.remove_suffix(1);
    closing_ = event.name;
  }
  return event;
}

xml_event xml_scanner::next() {
  if (!closing_.empty()) {
    xml_event event;
    event.what = xml_event::kind::close;
    event.name = std::move(closing_);
    event.offset = at_;
    closing_.clear();
    return event;
  }
  while (at_ < place_.text.size()) {
    const std::string_view rest = place_.text.substr(at_);
    if (rest.substr(0, 4) == "<!--") {
      skip_to("-->", "comment");
    } else if (rest.substr(0, 2) == "<?") {
      skip_to("?>", "processing instruction");
    } else if (rest.substr(0, 9) == "<![CDATA[") {
      xml_event event;
      event.what = xml_event::kind::text;
      event.offset = at_;
      event.literal = true;
      const std::size_t begin = at_ + 9;
      skip_to("]]>", "CDATA section");
      event.raw = place_.text.substr(begin, at_ - 3 - begin);
      return event;
    } else if (rest.substr(0, 2) == "<!") {
      skip_document_type();
    } else if (rest[0] == '<') {
      return read_tag();
    } else {
      xml_event event;
      event.what = xml_event::kind::text;
      event.offset = at_;
      const std::size_t end = std::min(place_.text.find('<', at_), place_.text.size());
      event.raw = place_.text.substr(at_, end - at_);
      at_ = end;
      return event;
    }
  }
  xml_event event;
  event.offset = at_;
  return event;
}

std::string xml_scanner::decode(std::string_view raw) const {
  while (!raw.empty() && is_space(raw.front())) raw.remove_prefix(1);
  while (!raw.empty() && is_space(raw.back())) raw.remove_suffix(1);
  std::string out;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '&') {
      out += raw[i];
      continue;
    }
    const auto offset = static_cast<std::size_t>(raw.data() + i - place_.text.data());
    const std::size_t end = raw.find(';', i);
    if (end == std::string_view::npos) fail(offset, "'&' begins no character reference; write &amp;");
    const std::string_view name = raw.substr(i + 1, end - i - 1);
    if (name == "lt") {
      out += '<';
    } else if (name == "gt") {
      out += '>';
    } else if (name == "amp") {
      out += '&';
    } else if (name == "quot") {
      out += '"';
    } else if (name == "apos") {
      out += '\'';
    } else {
      const bool hex = name.size() > 1 && name[0] == '#' && (name[1] == 'x' || name[1] == 'X');
      const std::string_view digits = name.substr(std::min<std::size_t>(name.size(), hex ? 2 : 1));
      std::uint32_t code = 0;
      const auto [stop, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), code, hex ? 16 : 10);
      const bool character = code == 9 || code == 10 || code == 13 || (code >= 0x20 && code <= 0x10FFFF);
      if (name.empty() || name[0] != '#' || digits.empty() || failure != std::errc() ||
          stop != digits.data() + digits.size() || !character || (code >= 0xD800 && code < 0xE000))
        fail(offset, "unknown character reference " + shown(raw.substr(i, end - i + 1)));
      append_utf8(out, code);
    }
    i = end;
  }
  return out;
}

}  // namespace credence::bayesnet::detail
