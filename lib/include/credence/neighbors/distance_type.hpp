// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>

namespace credence::neighbors {

enum class metric_kind : std::uint8_t { euclidean, manhattan, chebyshev, minkowski };

/// The type of power distances between points of type T: T itself for floats, 32-bit integers for bytes.
template <class T>
struct distance_of {
  using type = T;
};
template <>
struct distance_of<std::uint8_t> {
  using type = std::int32_t;
};
template <>
struct distance_of<std::int8_t> {
  using type = std::int32_t;
};
template <class T>
using distance_t = typename distance_of<T>::type;

}  // namespace credence::neighbors
