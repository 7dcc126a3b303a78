// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>

/// Whole files in and out. Every reader and writer of credence goes through these.
namespace credence {

/// The bytes of a file. Files that begin with the gzip signature are unpacked.
/// @throws io_error     when the file cannot be opened or read
/// @throws parse_error  when its gzip data are damaged or cut off
std::string read_file(const std::string& path);

/// Writes beside the file and renames: `path` holds the old text or the new, never half of it. A name that ends in .gz
/// is packed. Packing leaves time and name out, so equal texts give equal bytes.
/// @throws io_error  when it cannot be written
void write_file(const std::string& path, std::string_view text);

/// Throws parse_error with line and column at the first byte that is not UTF-8 (RFC 3629), or is NUL.
/// @param source  the file name for the message
void check_utf8(std::string_view text, const std::string& source);

}  // namespace credence
