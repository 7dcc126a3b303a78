// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace credence::detail {

/// The bytes of a file, unpacked when it is gzip. Large plain files are read in parallel into memory that nobody
/// cleared before.
class file_bytes {
 public:
  file_bytes(const exec::context& ctx, const std::string& path);
  [[nodiscard]] std::string_view view() const { return view_; }

 private:
  std::unique_ptr<char[]> large_;
  std::string small_;
  std::string_view view_;
};

/// Asks for large pages under memory that is about to be filled; does nothing where there is no such thing.
void prefer_large_pages(void* memory, std::size_t bytes);

}  // namespace credence::detail
