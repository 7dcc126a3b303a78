// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/buffer.hpp"

#include "credence/base/check.hpp"

#include <cstdint>
#include <span>

/// Copies between host and device are explicit calls. The plain ones return when the data have arrived; those called
/// `_async` return at once where a device takes part, ordered on the device's stream: neither side may be touched until
/// `synchronize`. On the CPU alone `_async` copies are plain copies.
namespace credence::exec {

/// Copies bytes between memory of two contexts (host memory belongs to any CPU context).
/// @throws device_error  when the device refuses
void copy_bytes(const context& to_where, void* to, const context& from_where, const void* from, std::int64_t bytes);
void copy_bytes_async(const context& to_where, void* to, const context& from_where, const void* from,
                      std::int64_t bytes);

/// Waits until all work put on the context's stream has ended; nothing to wait for on the CPU.
/// @throws device_error  when some of it failed
void synchronize(const context& ctx);

/// @throws shape_error  when the sizes differ
template <class T>
void copy(const buffer<T>& from, buffer<T>& to) {
  check::same_size("exec::copy", "from", from.size(), "to", to.size());
  copy_bytes(to.where(), to.data(), from.where(), from.data(), from.size() * static_cast<std::int64_t>(sizeof(T)));
}
template <class T>
void copy_async(const buffer<T>& from, buffer<T>& to) {
  check::same_size("exec::copy_async", "from", from.size(), "to", to.size());
  copy_bytes_async(to.where(), to.data(), from.where(), from.data(),
                   from.size() * static_cast<std::int64_t>(sizeof(T)));
}

/// Host memory to a buffer. @throws shape_error  when the sizes differ
template <class T>
void copy(std::span<const T> from, buffer<T>& to) {
  check::same_size("exec::copy", "from", static_cast<std::int64_t>(from.size()), "to", to.size());
  copy_bytes(to.where(), to.data(), context{}, from.data(), static_cast<std::int64_t>(from.size_bytes()));
}
template <class T>
void copy_async(std::span<const T> from, buffer<T>& to) {
  check::same_size("exec::copy_async", "from", static_cast<std::int64_t>(from.size()), "to", to.size());
  copy_bytes_async(to.where(), to.data(), context{}, from.data(), static_cast<std::int64_t>(from.size_bytes()));
}

/// A buffer to host memory. @throws shape_error  when the sizes differ
template <class T>
void copy(const buffer<T>& from, std::span<T> to) {
  check::same_size("exec::copy", "from", from.size(), "to", static_cast<std::int64_t>(to.size()));
  copy_bytes(context{}, to.data(), from.where(), from.data(), static_cast<std::int64_t>(to.size_bytes()));
}
template <class T>
void copy_async(const buffer<T>& from, std::span<T> to) {
  check::same_size("exec::copy_async", "from", from.size(), "to", static_cast<std::int64_t>(to.size()));
  copy_bytes_async(context{}, to.data(), from.where(), from.data(), static_cast<std::int64_t>(to.size_bytes()));
}

/// A second buffer with the same contents, on `where`.
template <class T>
[[nodiscard]] buffer<T> clone(const buffer<T>& from, const context& where) {
  buffer<T> to(where, from.size());
  copy(from, to);
  return to;
}

}  // namespace credence::exec
