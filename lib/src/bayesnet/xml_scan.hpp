// SPDX-License-Identifier: BSD-3-Clause
// The part of XML that XMLBIF uses: elements with attributes, text, character references.
#pragma once

#include "assemble.hpp"

#include "credence/table/files.hpp"

#include <string>
#include <string_view>

namespace credence::bayesnet::detail {

struct xml_event {
  enum class kind : std::uint8_t { open, close, text, end };
  kind what = kind::end;
  std::string name;        ///< of the element, in capitals
  std::string_view raw;    ///< attributes of an opening tag, or text as written
  std::size_t offset = 0;  ///< of the tag or the text
  bool literal = false;    ///< text of a CDATA section: no character references
};

class xml_scanner {
 public:
  xml_scanner(std::string_view text, const std::string& source) : place_{text, source} {
    check_utf8(text, source);
    if (text.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;
  }

  xml_event next();
  [[noreturn]] void fail(std::size_t offset, const std::string& what) const { place_.fail(offset, what); }
  [[nodiscard]] const text_place& place() const { return place_; }

  /// Blanks at both ends go, then character references are replaced.
  [[nodiscard]] std::string decode(std::string_view raw) const;

 private:
  void skip_to(std::string_view tail, const char* what);
  void skip_document_type();
  xml_event read_tag();

  text_place place_;
  std::size_t at_ = 0;
  std::string closing_;  ///< the element that a tag closed in itself; its close comes next
};

}  // namespace credence::bayesnet::detail
