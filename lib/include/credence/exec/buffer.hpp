// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"

#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

namespace credence::exec {

namespace detail {

/// Memory of `bytes` bytes on the context: 64-byte aligned on the CPU, from cudaMalloc on CUDA; null for no bytes.
/// @throws memory_error  when there is not that much
void* allocate(const context& ctx, std::int64_t count, std::int64_t element_size);
void deallocate(const context& ctx, void* memory) noexcept;

}  // namespace detail

/// Owned memory for `size()` elements on one context. Contents start uninitialised; elements are trivially copyable.
/// Moves only: a copy is an explicit call (`copy` in exec/copy.hpp).
template <class T>
class buffer {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  buffer() = default;

  /// @throws domain_error  when `size` is negative
  /// @throws memory_error  when there is not that much memory
  buffer(const context& ctx, std::int64_t size)
      : where_(ctx), data_(static_cast<T*>(detail::allocate(ctx, size, sizeof(T)))), size_(size) {}

  buffer(buffer&& other) noexcept
      : where_(other.where_), data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  buffer& operator=(buffer&& other) noexcept {
    if (this != &other) {
      detail::deallocate(where_, data_);
      where_ = other.where_;
      data_ = std::exchange(other.data_, nullptr);
      size_ = std::exchange(other.size_, 0);
    }
    return *this;
  }
  ~buffer() { detail::deallocate(where_, data_); }

  [[nodiscard]] T* data() { return data_; }
  [[nodiscard]] const T* data() const { return data_; }
  [[nodiscard]] std::int64_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] const context& where() const { return where_; }

  /// The elements of a buffer in host memory; for CUDA buffers the span must not be dereferenced on the host.
  [[nodiscard]] std::span<T> span() { return {data_, static_cast<std::size_t>(size_)}; }
  [[nodiscard]] std::span<const T> span() const { return {data_, static_cast<std::size_t>(size_)}; }

 private:
  context where_;
  T* data_ = nullptr;
  std::int64_t size_ = 0;
};

}  // namespace credence::exec
