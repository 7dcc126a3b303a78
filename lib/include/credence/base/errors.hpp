// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace credence {

/// Root of everything credence throws. The message reads "function: argument is VALUE, but must be ...".
class error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A value outside what a function accepts: a negative scale, an empty list, a name nobody knows.
class domain_error : public error {
 public:
  using error::error;
};

/// Sizes that do not fit together.
class shape_error : public error {
 public:
  using error::error;
};

/// A file or text that cannot be read. The place is counted from 1; 0 where there is none.
class parse_error : public error {
 public:
  /// @param source  the file name, or what the text is
  parse_error(const std::string& source, std::int64_t line, std::int64_t column, const std::string& what);

  std::string source;
  std::int64_t line = 0;
  std::int64_t column = 0;  ///< byte column; a byte offset in binary files, where line is 0
};

/// A file that cannot be opened, read or written.
class io_error : public error {
 public:
  enum class kind : std::uint8_t { open, read, write };
  io_error(kind what_failed, const std::string& message) : error(message), failed(what_failed) {}
  kind failed;
};

/// Something this build does not have (CUDA, an optional library).
class not_built_error : public error {
 public:
  using error::error;
};

/// A device that is absent or failed.
class device_error : public error {
 public:
  using error::error;
};

/// More memory asked for than there is, or than the caller allowed.
class memory_error : public error {
 public:
  using error::error;
};

}  // namespace credence
