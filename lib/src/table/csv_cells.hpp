// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstring>
#include <string>
#include <string_view>

namespace credence::detail {

/// Something wrong in the text; turned into a parse_error where the whole text is known.
struct text_fault {
  const char* at = nullptr;
  std::string what;
};

/// One cell of a line.
struct csv_cell {
  std::string_view content;  ///< without the outer quotes
  bool escaped = false;      ///< doubled quotes inside
  const char* begin = nullptr;

  /// The text meant. `scratch` holds it when it is not in the file as it is.
  [[nodiscard]] std::string_view text(std::string& scratch) const {
    if (!escaped) return content;
    scratch.clear();
    for (std::size_t i = 0; i < content.size(); ++i) {
      scratch += content[i];
      if (content[i] == '"') ++i;
    }
    return scratch;
  }
};

/// Reads cells one after another. After a cell `p` stands on the delimiter, the line end, or the end of the text.
class csv_cursor {
 public:
  csv_cursor(const char* begin, const char* end, char delimiter) : p(begin), end_(end), delimiter_(delimiter) {}

  [[nodiscard]] bool at_end() const { return p == end_; }
  [[nodiscard]] bool at_line_end() const { return p == end_ || is_line_end(p); }
  [[nodiscard]] bool is_line_end(const char* q) const {
    return *q == '\n' || (*q == '\r' && (q + 1 == end_ || q[1] == '\n'));
  }
  /// A cell ends here.
  [[nodiscard]] bool is_cell_end(const char* q) const { return q == end_ || *q == delimiter_ || is_line_end(q); }

  void skip_blank_lines() {
    while (p != end_ && is_line_end(p)) next_line();
  }
  /// Steps over the line end that `p` stands on.
  void next_line() {
    if (p != end_ && *p == '\r') ++p;
    if (p != end_ && *p == '\n') ++p;
  }
  [[nodiscard]] const char* end() const { return end_; }

  csv_cell next_cell() {
    const char* begin = p;
    if (p != end_ && *p == '"') return quoted_cell(begin);
    while (!is_cell_end(p)) {
      if (*p == '"') throw text_fault{p, "a quote inside a cell that does not begin with one"};
      ++p;
    }
    return {{begin, static_cast<std::size_t>(p - begin)}, false, begin};
  }

  const char* p;

 private:
  csv_cell quoted_cell(const char* begin) {
    bool escaped = false;
    ++p;
    while (true) {
      p = p == end_ ? nullptr : static_cast<const char*>(std::memchr(p, '"', static_cast<std::size_t>(end_ - p)));
      if (p == nullptr) throw text_fault{begin, "a quoted cell that is never closed"};
      ++p;
      if (p == end_ || *p != '"') break;
      escaped = true;
      ++p;
    }
    if (!is_cell_end(p)) throw text_fault{p, "text after a closing quote, but a cell must end there"};
    return {{begin + 1, static_cast<std::size_t>(p - begin) - 2}, escaped, begin};
  }

  const char* end_;
  char delimiter_;
};

}  // namespace credence::detail
