// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/table/named_data.hpp"
#include "credence/table/table.hpp"

#include <string>
#include <string_view>

/// JSON in and out: data of models, and tables. Non-finite numbers are the strings "NaN", "Infinity", "-Infinity" (also
/// "Inf"); the bare words that Python writes are read as well.
namespace credence {

/// Reads data as Stan does: one object; each value a number, or arrays of numbers nested to any shape. A text in the
/// place of a value is a remark and left out.
///
/// @throws io_error     when the file cannot be read
/// @throws parse_error  with line and byte column: malformed JSON, a name that is there twice, a value that is neither
/// a
///                      number nor an array of them
/// @throws shape_error  when arrays are ragged; the message tells the name, line and column
named_data read_named_data(const std::string& path);
named_data parse_named_data(std::string_view text, const std::string& source = "data");

/// Numbers are the shortest that read back exactly; arrays flagged `integer` are written without a fraction.
std::string to_json(const named_data& data);

/// Reads a table: an array of objects (rows; absent names are missing), or an object of arrays (columns). null is
/// missing. A column that holds a text is text, its numbers and truth values written out.
/// @throws io_error, parse_error, shape_error  as above; columns of different lengths are a shape_error
table read_json_table(const std::string& path);
table parse_json_table(std::string_view text, const std::string& source = "table");

/// An object of arrays, one for each column.
std::string to_json(const table& data);

/// Each numeric column as a vector, by its name.
/// @throws domain_error  when a column holds text, or has missing elements
named_data to_named_data(const table& data);

/// Reads a table by the extension of its name: .csv, .csv.gz, .json, .npy (columns x1, x2, ...).
/// @throws domain_error  for another extension; and what the readers throw
table read_table(const std::string& path);

}  // namespace credence
