// SPDX-License-Identifier: BSD-3-Clause
#include "credence/table/files.hpp"

#include "credence/base/errors.hpp"

#include <zlib.h>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>

#include "table/scan_kernels.hpp"
#include "table/text_place.hpp"

namespace credence {

namespace {

struct close_file {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using file_handle = std::unique_ptr<std::FILE, close_file>;

[[noreturn]] void fail(io_error::kind what, const char* doing, const std::string& path) {
  throw io_error(what, path + ": cannot " + doing + ": " + std::strerror(errno));
}

/// Reads what is left of the file; its size is only a hint, so that pipes work.
std::string read_all(std::FILE* file, const std::string& path) {
  std::string bytes;
  std::size_t used = 0;
  std::size_t room = 1 << 16;
  if (std::fseek(file, 0, SEEK_END) == 0) {
    const long size = std::ftell(file);
    if (size > 0) room = static_cast<std::size_t>(size) + 1;
    std::rewind(file);
  }
  while (true) {
    bytes.resize(used + room);
    const std::size_t got = std::fread(bytes.data() + used, 1, room, file);
    used += got;
    if (got < room) break;
    room = std::max<std::size_t>(room, used / 2);
  }
  if (std::ferror(file) != 0) fail(io_error::kind::read, "read", path);
  bytes.resize(used);
  return bytes;
}

/// Unpacks gzip data of one or several members.
std::string unpack(const std::string& packed, const std::string& path) {
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) throw memory_error(path + ": no memory to unpack it");
  const std::unique_ptr<z_stream, int (*)(z_stream*)> guard(&stream, inflateEnd);
  std::string text;
  std::size_t used = 0, given = 0;
  int status = Z_OK;
  while (true) {
    if (stream.avail_in == 0 && given < packed.size()) {
      const std::size_t piece = std::min<std::size_t>(packed.size() - given, 1U << 30);
      stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data())) + given;
      stream.avail_in = static_cast<uInt>(piece);
      given += piece;
    }
    if (text.size() - used < 4096) text.resize(std::max<std::size_t>(2 * text.size(), 4 * packed.size() + 65536));
    const std::size_t room = std::min<std::size_t>(text.size() - used, 1U << 30);
    stream.next_out = reinterpret_cast<Bytef*>(text.data()) + used;
    stream.avail_out = static_cast<uInt>(room);
    status = inflate(&stream, Z_NO_FLUSH);
    used += room - stream.avail_out;
    const bool more = stream.avail_in > 0 || given < packed.size();
    if (status == Z_STREAM_END) {
      if (!more) break;
      inflateReset(&stream);  // another member follows
    } else if (status != Z_OK || (!more && stream.avail_out > 0)) {
      const auto place = static_cast<std::int64_t>(given - stream.avail_in) + 1;
      throw parse_error(path, 0, place,
                        status == Z_OK || status == Z_BUF_ERROR ? "gzip data end too early" : "gzip data are damaged");
    }
  }
  text.resize(used);
  return text;
}

std::string pack(std::string_view text) {
  z_stream stream{};
  if (deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw memory_error("write_file: no memory to pack");
  }
  const std::unique_ptr<z_stream, int (*)(z_stream*)> guard(&stream, deflateEnd);
  std::string packed;
  std::size_t given = 0;
  int status = Z_OK;
  char buffer[65536];
  while (status != Z_STREAM_END) {
    if (stream.avail_in == 0) {
      const std::size_t piece = std::min<std::size_t>(text.size() - given, 1U << 30);
      stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data())) + given;
      stream.avail_in = static_cast<uInt>(piece);
      given += piece;
    }
    stream.next_out = reinterpret_cast<Bytef*>(buffer);
    stream.avail_out = sizeof buffer;
    status = deflate(&stream, given == text.size() ? Z_FINISH : Z_NO_FLUSH);
    packed.append(buffer, sizeof buffer - stream.avail_out);
  }
  return packed;
}

/// The first byte that does not continue UTF-8, or the size.
std::size_t first_not_utf8(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  std::size_t i = 0;
  while (i < text.size()) {
    const unsigned char lead = at(i);
    if (lead == 0) return i;
    if (lead < 0x80) {
      ++i;
      continue;
    }
    // Length, and the range of the second byte: no overlong forms, no surrogates, nothing above U+10FFFF.
    std::size_t length = 0;
    unsigned char low = 0x80, high = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) length = 2;
    if (lead >= 0xE0 && lead <= 0xEF) length = 3, low = lead == 0xE0 ? 0xA0 : 0x80, high = lead == 0xED ? 0x9F : 0xBF;
    if (lead >= 0xF0 && lead <= 0xF4) length = 4, low = lead == 0xF0 ? 0x90 : 0x80, high = lead == 0xF4 ? 0x8F : 0xBF;
    if (length == 0 || i + length > text.size()) return i;
    if (at(i + 1) < low || at(i + 1) > high) return i;
    for (std::size_t k = 2; k < length; ++k) {
      if (at(i + k) < 0x80 || at(i + k) > 0xBF) return i;
    }
    i += length;
  }
  return i;
}

}  // namespace

std::string read_file(const std::string& path) {
  const file_handle file(std::fopen(path.c_str(), "rb"));
  if (!file) fail(io_error::kind::open, "open", path);
  std::string bytes = read_all(file.get(), path);
  const bool packed = bytes.size() > 2 && bytes[0] == '\x1f' && bytes[1] == '\x8b';
  return packed ? unpack(bytes, path) : bytes;
}

void write_file(const std::string& path, std::string_view text) {
  const std::string beside = path + ".partial";
  std::string packed;
  if (path.ends_with(".gz")) {
    packed = pack(text);
    text = packed;
  }
  file_handle file(std::fopen(beside.c_str(), "wb"));
  if (!file) fail(io_error::kind::open, "write", path);
  const bool written = std::fwrite(text.data(), 1, text.size(), file.get()) == text.size();
  const bool closed = std::fclose(file.release()) == 0;
  if (!written || !closed || std::rename(beside.c_str(), path.c_str()) != 0) {
    const int reason = errno;
    std::remove(beside.c_str());
    errno = reason;
    fail(io_error::kind::write, "write", path);
  }
}

void check_utf8(std::string_view text, const std::string& source) {
  if (CREDENCE_SIMD_PICK(plain_ascii)(text.data(), static_cast<std::int64_t>(text.size()))) return;
  const std::size_t bad = first_not_utf8(text);
  if (bad == text.size()) return;
  const auto [line, column] = detail::place_of(text, bad);
  throw parse_error(source, line, column,
                    text[bad] == 0 ? "a NUL byte, but text was expected" : "a byte that is not UTF-8");
}

}  // namespace credence
