// SPDX-License-Identifier: BSD-3-Clause
// Memory for the kernels: vectors in whole blocks of eight numbers, on 64-byte boundaries.
#pragma once

#include "phase_space.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace credence::detail {

constexpr std::int64_t padded_size(std::int64_t dimension) { return (dimension + block - 1) / block * block; }

/// The first 64-byte boundary at or after `memory`; seven numbers may be left out.
inline double* aligned(double* memory) {
  const auto address = reinterpret_cast<std::uintptr_t>(memory);
  return memory + ((64 - address % 64) % 64) / sizeof(double);
}

/// Some zeroed vectors of one dimension.
class padded_vectors {
 public:
  padded_vectors(std::int64_t count, std::int64_t dimension)
      : padded_(padded_size(dimension)), memory_(static_cast<std::size_t>(count * padded_ + block)) {}
  double* operator[](std::int64_t k) { return aligned(memory_.data()) + k * padded_; }
  [[nodiscard]] std::int64_t padded() const { return padded_; }

 private:
  std::int64_t padded_;
  std::vector<double> memory_;
};

}  // namespace credence::detail
