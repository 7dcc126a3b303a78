// SPDX-License-Identifier: BSD-3-Clause
// How lanes are cut into tiles, and the memory a thread replays tiles in.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <new>
#include <vector>

namespace credence::detail {

struct tile {
  std::int64_t first;  ///< first lane
  std::int64_t lanes;  ///< lanes that exist
  std::int64_t width;  ///< lanes computed: those that do not exist repeat the last one
};

/// Cuts lanes into tiles. Depends on the arena and the number of lanes only. Tiles are as wide as keeps values and
/// adjoints within half of a common second-level cache.
class tiling {
 public:
  static constexpr std::int64_t cache_bytes = 256 * 1024;

  tiling(std::int64_t arena_elements, std::int64_t lanes) : lanes_(lanes) {
    if (lanes < 3) {  // two single lanes cost less than a tile of eight
      width_ = 1;
      full_ = lanes;
      return;
    }
    width_ = 64;
    while (width_ > 8 && (width_ > lanes || 2 * 8 * arena_elements * width_ > cache_bytes)) width_ /= 2;
    full_ = lanes / width_;
    std::int64_t first = full_ * width_, rest = lanes - first;
    while (rest > 0) {
      std::int64_t width = width_;
      while (width > 8 && width > rest) width /= 2;
      if (rest < 3) width = 1;
      const std::int64_t count = rest < width ? rest : width;
      tail_[tails_++] = {first, count, width};
      first += count;
      rest -= count;
    }
  }

  [[nodiscard]] std::int64_t count() const { return full_ + tails_; }
  [[nodiscard]] std::int64_t width() const { return width_; }
  [[nodiscard]] tile operator[](std::int64_t t) const {
    if (t < full_) return {t * width_, width_, width_};
    return tail_[t - full_];
  }

 private:
  std::int64_t lanes_, width_, full_, tails_ = 0;
  tile tail_[16];
};

/// Memory of one thread, kept between replays: it only grows, so that replays do not allocate.
class workspace {
 public:
  workspace() = default;
  workspace(const workspace&) = delete;
  workspace& operator=(const workspace&) = delete;
  ~workspace() { std::free(memory_); }

  /// At least so many bytes, aligned to a cache line; contents are not kept.
  void* reserve(std::size_t bytes) {
    if (bytes > size_) {
      std::free(memory_);
      size_ = (bytes + 4095) / 4096 * 4096;
      memory_ = std::aligned_alloc(64, size_);
      if (memory_ == nullptr) {
        size_ = 0;
        throw std::bad_alloc();
      }
    }
    return memory_;
  }

 private:
  void* memory_ = nullptr;
  std::size_t size_ = 0;
};

inline workspace& thread_workspace() {
  thread_local workspace memory;
  return memory;
}

}  // namespace credence::detail
