// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"

#include <concepts>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

namespace credence {

/// Positions (or gradients) of many lanes: element d of lane l is data[d * stride + l]; lanes are contiguous. A lane is
/// a chain, a start, a particle, a replicate or a Monte Carlo sample.
template <class T>
struct lanes_view {
  T* data = nullptr;
  std::int64_t dimension = 0;
  std::int64_t lanes = 0;
  std::int64_t stride = 0;

  lanes_view() = default;
  lanes_view(T* memory, std::int64_t dimensions, std::int64_t count)
      : data(memory), dimension(dimensions), lanes(count), stride(count) {}
  lanes_view(T* memory, std::int64_t dimensions, std::int64_t count, std::int64_t row_stride)
      : data(memory), dimension(dimensions), lanes(count), stride(row_stride) {}
  /// One lane: an ordinary vector.
  explicit lanes_view(std::span<T> vector) : lanes_view(vector.data(), static_cast<std::int64_t>(vector.size()), 1) {}
  template <class U>
  requires(std::is_same_v<const U, T> && !std::is_same_v<U, T>) lanes_view(const lanes_view<U>& other)
      : lanes_view(other.data, other.dimension, other.lanes, other.stride) {}

  T& operator()(std::int64_t d, std::int64_t lane) const { return data[d * stride + lane]; }
  [[nodiscard]] bool empty() const { return data == nullptr; }
};

/// The owner of such memory.
template <class T>
struct lanes {
  std::int64_t dimension = 0;
  std::int64_t count = 0;
  std::vector<T> values;

  lanes() = default;
  lanes(std::int64_t dimensions, std::int64_t lane_count)
      : dimension(dimensions), count(lane_count), values(static_cast<std::size_t>(dimensions * lane_count)) {}

  T& operator()(std::int64_t d, std::int64_t lane) { return values[static_cast<std::size_t>(d * count + lane)]; }
  const T& operator()(std::int64_t d, std::int64_t lane) const {
    return values[static_cast<std::size_t>(d * count + lane)];
  }
  operator lanes_view<T>() { return {values.data(), dimension, count}; }
  operator lanes_view<const T>() const { return {values.data(), dimension, count}; }
};

/// A target for samplers and optimisers: a log density over unconstrained vectors, for many lanes at once.
///  - `f.dimension()`                          the length of a position
///  - `f.evaluate(ctx, x, log_density, grad)`  x is (dimension, lanes) with lanes contiguous; writes one log density a
///                                             lane, -infinity where the density is zero; `grad` has the shape of x, or
///                                             is empty
///  One lane never disturbs another: a lane that fails has a NaN log density.
template <class F>
concept lane_density = requires(const F& f, const exec::context& ctx, lanes_view<const double> x,
                                std::span<double> log_density, lanes_view<double> grad) {
  { f.dimension() } -> std::convertible_to<std::int64_t>;
  f.evaluate(ctx, x, log_density, grad);
};

}  // namespace credence
