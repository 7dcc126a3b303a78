// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/base/config.hpp"

#include <cstdint>
#include <type_traits>

namespace credence {

/// A strided window on memory owned by somebody else, with its rank fixed at compile time: trivially copyable, usable in
/// kernels of both compilers. Strides count elements. Row-major unless made otherwise.
template <class T, int Rank>
struct view {
  static_assert(Rank >= 1 && Rank <= 6);
  using value_type = std::remove_const_t<T>;
  static constexpr int rank = Rank;

  T* data = nullptr;
  std::int64_t extents[Rank] = {};
  std::int64_t strides[Rank] = {};

  CREDENCE_HD constexpr view() = default;

  /// Row-major view: view(p, rows, cols).
  template <class... Extents>
    requires(sizeof...(Extents) == Rank && (std::is_convertible_v<Extents, std::int64_t> && ...))
  CREDENCE_HD constexpr explicit view(T* memory, Extents... sizes)
      : data(memory), extents{static_cast<std::int64_t>(sizes)...} {
    std::int64_t stride = 1;
    for (int d = Rank - 1; d >= 0; --d) {
      strides[d] = stride;
      stride *= extents[d];
    }
  }

  /// A view of mutable elements is also a view of const ones.
  template <class U>
    requires(std::is_same_v<const U, T> && !std::is_same_v<U, T>)
  CREDENCE_HD constexpr view(const view<U, Rank>& other) : data(other.data) {
    for (int d = 0; d < Rank; ++d) {
      extents[d] = other.extents[d];
      strides[d] = other.strides[d];
    }
  }

  template <class... Indices>
    requires(sizeof...(Indices) == Rank)
  CREDENCE_HD constexpr T& operator()(Indices... indices) const {
    const std::int64_t index[Rank] = {static_cast<std::int64_t>(indices)...};
    std::int64_t offset = 0;
    for (int d = 0; d < Rank; ++d) offset += index[d] * strides[d];
    return data[offset];
  }

  [[nodiscard]] CREDENCE_HD constexpr std::int64_t extent(int axis) const { return extents[axis]; }
  [[nodiscard]] CREDENCE_HD constexpr std::int64_t size() const {
    std::int64_t n = 1;
    for (int d = 0; d < Rank; ++d) n *= extents[d];
    return n;
  }
  [[nodiscard]] CREDENCE_HD constexpr bool empty() const { return size() == 0; }

  /// True when the elements lie in row-major order without gaps.
  [[nodiscard]] CREDENCE_HD constexpr bool contiguous() const {
    std::int64_t stride = 1;
    for (int d = Rank - 1; d >= 0; --d) {
      if (extents[d] != 1 && strides[d] != stride) return false;
      stride *= extents[d];
    }
    return true;
  }
};

}  // namespace credence
