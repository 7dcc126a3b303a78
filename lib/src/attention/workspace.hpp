// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/buffer.hpp"

#include <utility>
#include <vector>

/// Memory of kernels, kept from call to call: fresh pages cost a tenth of a short attention (measured at 512 tokens).
namespace credence::detail {

/// Blocks that a thread has finished with; at most `most_kept` bytes of them stay.
class block_store {
 public:
  static constexpr std::int64_t most_kept = std::int64_t{32} << 20;

  static block_store& of_this_thread() {
    static thread_local block_store one;
    return one;
  }
  /// The smallest kept block that is large enough but less than four times too large, else a new one.
  exec::buffer<std::uint8_t> take(std::int64_t bytes) {
    std::size_t best = blocks_.size();
    for (std::size_t i = 0; i < blocks_.size(); ++i) {
      const bool fits = blocks_[i].size() >= bytes && blocks_[i].size() / 4 <= bytes;
      if (fits && (best == blocks_.size() || blocks_[i].size() < blocks_[best].size())) best = i;
    }
    if (best == blocks_.size()) return {exec::context{}, bytes};
    exec::buffer<std::uint8_t> out = std::move(blocks_[best]);
    kept_ -= out.size();
    blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(best));
    return out;
  }
  void give(exec::buffer<std::uint8_t>&& block) {
    if (block.empty() || kept_ + block.size() > most_kept) return;
    kept_ += block.size();
    blocks_.push_back(std::move(block));
  }

 private:
  std::vector<exec::buffer<std::uint8_t>> blocks_{};
  std::int64_t kept_ = 0;
};

/// Memory for n numbers, uninitialised, for as long as this lives. Given back to the thread that ends it.
template <class T>
class workspace {
 public:
  workspace() = default;
  explicit workspace(std::int64_t n)
      : memory_(block_store::of_this_thread().take(n * static_cast<std::int64_t>(sizeof(T)))) {}
  workspace(workspace&& other) noexcept = default;
  workspace& operator=(workspace&& other) noexcept {
    std::swap(memory_, other.memory_);
    return *this;
  }
  ~workspace() { block_store::of_this_thread().give(std::move(memory_)); }

  [[nodiscard]] T* data() { return reinterpret_cast<T*>(memory_.data()); }
  [[nodiscard]] const T* data() const { return reinterpret_cast<const T*>(memory_.data()); }

 private:
  exec::buffer<std::uint8_t> memory_{};
};

}  // namespace credence::detail
