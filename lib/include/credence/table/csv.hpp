// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/table/table.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace credence {

struct csv_options {
  bool header = true;  ///< the first line names the columns; without, they are x1, x2, ...
  char delimiter = ',';
  bool infer_types = true;  ///< false: every column is text
  /// Cells with one of these texts are missing, besides empty ones.
  std::vector<std::string> missing_texts = {};
  std::int64_t max_cell_bytes = std::int64_t{1} << 24;
};

/// Reads comma-separated values (RFC 4180): cells may be quoted, quotes inside are doubled, quoted cells may hold line
/// breaks; lines end in LF or CRLF. UTF-8, a byte-order mark is skipped. Blank lines are skipped.
///
/// An empty cell, quoted or not, is missing. A column is `integer` when all its other cells are integers of 64 bits,
/// `real` when all are numbers (blanks around them, NaN and Infinity allowed), else `text`. A column of missing cells
/// only is real. Numbers are read exactly.
///
/// @throws io_error     when the file cannot be read
/// @throws parse_error  with line and byte column: no header line, a column name that is empty or there twice, a row
///                      with more or fewer cells than the header, a quote that is not closed or stands inside a cell,
///                      bytes that are not UTF-8, NUL bytes, a cell above max_cell_bytes
/// @complexity one pass, in parallel over pieces of the text; a second one over text columns
table read_csv(const exec::context& ctx, const std::string& path, const csv_options& options = {});
/// The same on all cores.
table read_csv(const std::string& path, const csv_options& options = {});

/// Reads a text that is in memory. `source` stands in messages for the file name.
table parse_csv(const exec::context& ctx, std::string_view text, const csv_options& options = {},
                const std::string& source = "csv");

/// Writes so that reading gives the same table (texts that look like numbers, and columns of missing cells only, come
/// back as numbers). Numbers are the shortest that read back exactly; missing cells are empty.
std::string to_csv(const table& data, const csv_options& options = {});
void write_csv(const std::string& path, const table& data, const csv_options& options = {});

}  // namespace credence
