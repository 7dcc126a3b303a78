// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace credence::detail {

/// Reads JSON piece by piece, keeping the place for messages. Callers ask what comes next and take it. For the modules
/// that have JSON formats of their own.
class json_scanner {
 public:
  /// @throws parse_error  when the text is not UTF-8
  json_scanner(std::string_view text, const std::string& source);

  /// The first character of what comes next, blanks skipped; NUL at the end.
  char peek();
  /// Takes that character. @throws parse_error  when something else comes
  void expect(char c, const char* what);
  /// Takes it if it comes next.
  bool accept(char c);
  std::string string();

  struct number {
    double value;
    bool integer;
  };
  /// A number, or one of the words NaN, Infinity, -Infinity.
  number take_number();
  /// Takes the word if it comes next.
  bool accept_word(std::string_view word);
  /// Nothing but blanks may be left.
  void finish();

  [[nodiscard]] std::size_t offset() const { return at_; }
  [[noreturn]] void fail(const std::string& what) const { fail_at(at_, what); }
  [[noreturn]] void fail_at(std::size_t offset, const std::string& what) const;
  /// "source:line:column" of a place.
  [[nodiscard]] std::string place(std::size_t offset) const;

 private:
  void append_escape(std::string& out);
  std::uint32_t hex4();

  std::string_view text_;
  const std::string& source_;
  std::size_t at_ = 0;
};

/// Whether a string stands for a number that JSON cannot write, and which.
bool non_finite_word(std::string_view text, double& value);

/// Appends the text escaped, with its quotes.
void append_json_string(std::string& out, std::string_view text);
/// Appends a number; non-finite ones as strings.
void append_json_number(std::string& out, double value);

}  // namespace credence::detail
