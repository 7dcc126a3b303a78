// SPDX-License-Identifier: BSD-3-Clause
#include "table/file_bytes.hpp"

#include "credence/exec/for_each.hpp"
#include "credence/table/files.hpp"

#include <algorithm>
#include <atomic>
#include <cstdio>

#if defined(__unix__)
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace credence::detail {

void prefer_large_pages([[maybe_unused]] void* memory, [[maybe_unused]] std::size_t bytes) {
#if defined(MADV_HUGEPAGE)
  constexpr std::uintptr_t page = 1 << 21;
  const std::uintptr_t begin = (reinterpret_cast<std::uintptr_t>(memory) + page - 1) / page * page;
  const std::uintptr_t end = (reinterpret_cast<std::uintptr_t>(memory) + bytes) / page * page;
  if (end > begin) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);  // a wish; it may fail
#endif
}

#if defined(__unix__)

namespace {

constexpr std::int64_t read_piece = std::int64_t{4} << 20;

/// Fills `to` from the file; false when it ends early or cannot be read, and then the slow way tells why.
bool read_pieces(const exec::context& ctx, int file, char* to, std::int64_t size) {
  std::atomic<bool> complete{true};
  exec::for_each_task(ctx, (size + read_piece - 1) / read_piece, [&](std::int64_t task) {
    std::int64_t at = task * read_piece;
    const std::int64_t end = std::min(size, at + read_piece);
    while (at < end) {
      const ssize_t got = pread(file, to + at, static_cast<std::size_t>(end - at), at);
      if (got <= 0) {
        complete = false;
        return;
      }
      at += got;
    }
  });
  return complete;
}

}  // namespace

file_bytes::file_bytes(const exec::context& ctx, const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (file >= 0 && fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > read_piece) {
    const auto size = static_cast<std::int64_t>(status.st_size);
    large_ = std::make_unique_for_overwrite<char[]>(static_cast<std::size_t>(size));
    prefer_large_pages(large_.get(), static_cast<std::size_t>(size));
    const bool complete = read_pieces(ctx, file, large_.get(), size);
    view_ = {large_.get(), static_cast<std::size_t>(size)};
    if (!complete || view_.starts_with("\x1f\x8b")) large_.reset();
  }
  if (file >= 0) close(file);
  if (large_ == nullptr) {
    small_ = read_file(path);
    view_ = small_;
  }
}

#else

file_bytes::file_bytes(const exec::context&, const std::string& path) : small_(read_file(path)), view_(small_) {}

#endif

}  // namespace credence::detail
