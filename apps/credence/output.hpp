// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <fstream>
#include <iosfwd>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>
#include <vector>

/// What a command shows: one JSON object, and tables for people.
namespace credence::app {

/// Keeps the order in which keys were added.
using json = nlohmann::ordered_json;

/// One table: CSV prints it with 17 digits, people see four significant ones.
struct table_text {
  /// Text, a number, a count, or nothing (monostate: an empty cell).
  using cell = std::variant<std::monostate, std::string, double, std::int64_t>;

  std::string title;  ///< a line above the table; may be empty
  std::vector<std::string> columns;
  std::vector<std::vector<cell>> rows;
  int digits = 4;  ///< significant digits shown to people
};

/// The result of a command. `data` is what JSON shows; `tables` and `notes` are what people see; CSV needs exactly one
/// table that is the result.
struct document {
  json data = json::object();
  std::vector<table_text> tables;
  std::vector<std::string> notes;  ///< lines below the tables
  bool failed = false;             ///< a requested check failed: exit code 1
};

/// JSON text with up to 17 significant digits and the strings "NaN", "Infinity", "-Infinity".
std::string to_json_text(const json& value);

/// RFC 4180, numbers with up to 17 significant digits.
std::string to_csv_text(const table_text& table);

/// Aligned columns: numbers to the right, text to the left.
std::string to_people_text(const table_text& table);

/// A file that appears under its name only when it is complete: written to `<path>.partial` and renamed by `commit`;
/// dropped without a commit. "-" is standard output.
class output_file {
 public:
  /// @throws io_error  when the file cannot be made
  explicit output_file(std::string path);
  ~output_file();
  output_file(const output_file&) = delete;
  output_file& operator=(const output_file&) = delete;

  std::ostream& stream();

  /// @throws io_error  when not everything could be written
  void commit();

 private:
  std::string path_;
  std::ofstream file_;
  bool open_ = false;
};

}  // namespace credence::app
