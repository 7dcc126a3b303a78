// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/buffer.hpp"
#include "credence/neighbors/kd_tree.hpp"

#include "neighbors/query_kernels.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace credence::detail {

template <class T>
struct device_tree;

/// What a kd_tree owns.
template <class T>
struct kd_storage {
  neighbors::metric how;
  neighbors::split_rule split = neighbors::split_rule::median;
  std::vector<distance_t<T>> weights;
  std::int64_t size = 0;
  std::int64_t dimensions = 0;
  std::int64_t leaf_size = 0;
  std::int64_t leaves = 0;
  std::int64_t largest_leaf = 0;
  int depth = 0;
  std::uint32_t dimension_bits = 0;
  exec::buffer<tree_node<T>> nodes;
  exec::buffer<T> points;
  exec::buffer<std::uint32_t> ids32;
  exec::buffer<std::int64_t> ids64;
  std::vector<T> low, high;
  mutable std::mutex device_guard;
  mutable std::map<int, std::shared_ptr<const device_tree<T>>> on_devices;  ///< copies, by device

  [[nodiscard]] tree_view<T> tree() const {
    return {nodes.data(),
            points.data(),
            ids32.empty() ? nullptr : ids32.data(),
            ids64.empty() ? nullptr : ids64.data(),
            low.data(),
            high.data(),
            size,
            static_cast<std::int32_t>(dimensions),
            dimension_bits,
            depth};
  }
  [[nodiscard]] metric_view<T> metric() const {
    return {how.kind, weights.empty() ? nullptr : weights.data(), static_cast<distance_t<T>>(how.p)};
  }
};

/// The bits that hold a split dimension, all ones being left for leaves.
inline std::uint32_t bits_for_dimensions(std::int64_t dimensions) {
  std::uint32_t bits = 1;
  while (((std::int64_t{1} << bits) - 1) < dimensions) ++bits;
  return bits;
}

/// Checks at the door what every search needs: shape, finite coordinates, a metric that fits.
template <class T>
void check_points(const char* where, const char* name, const view<const T, 2>& points);
template <class T>
void check_metric(const char* where, const neighbors::metric& how, std::int64_t dimensions);

/// Fills in everything from `size` on. With a seed, sides to split are drawn.
template <class T>
void build_tree(kd_storage<T>& out, const view<const T, 2>& points, const neighbors::kd_tree_options& options,
                const std::uint64_t* random_seed = nullptr);

/// limit_scale and limit_add of a search: what rounding may take from the bound of a node, and the slack of the caller.
template <class T>
void set_limit(query_task<T>& task, const neighbors::metric& how, int depth, std::int64_t dimensions, double epsilon);

/// The largest power distance that belongs to a true distance of at most `radius`.
template <class T>
distance_t<T> power_of_radius(const neighbors::metric& how, double radius);

/// Infinity, or the largest integer.
template <class T>
constexpr distance_t<T> no_distance();
template <>
constexpr float no_distance<float>() {
  return __builtin_inff();
}
template <>
constexpr double no_distance<double>() {
  return __builtin_inf();
}
template <>
constexpr std::int32_t no_distance<std::uint8_t>() {
  return 0x7FFFFFFF;
}
template <>
constexpr std::int32_t no_distance<std::int8_t>() {
  return 0x7FFFFFFF;
}

}  // namespace credence::detail
