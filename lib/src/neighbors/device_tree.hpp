// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/copy.hpp"

#include "neighbors/kd_storage.hpp"

#include <memory>

namespace credence::detail {

/// A tree on a device. The tree is copied when the device is first asked, and kept with it.
template <class T>
struct device_tree {
  exec::buffer<tree_node<T>> nodes;
  exec::buffer<T> points, low, high;
  exec::buffer<std::uint32_t> ids32;
  exec::buffer<std::int64_t> ids64;
  exec::buffer<distance_t<T>> weights;

  device_tree(const kd_storage<T>& from, const exec::context& ctx)
      : nodes(exec::clone(from.nodes, ctx)),
        points(exec::clone(from.points, ctx)),
        low(to_device(ctx, from.low)),
        high(to_device(ctx, from.high)),
        ids32(exec::clone(from.ids32, ctx)),
        ids64(exec::clone(from.ids64, ctx)),
        weights(to_device(ctx, from.weights)) {}

  template <class U>
  static exec::buffer<U> to_device(const exec::context& ctx, const std::vector<U>& from) {
    exec::buffer<U> out(ctx, static_cast<std::int64_t>(from.size()));
    exec::copy(std::span<const U>(from), out);
    return out;
  }

  [[nodiscard]] tree_view<T> tree(const kd_storage<T>& from) const {
    tree_view<T> out = from.tree();
    out.nodes = nodes.data();
    out.points = points.data();
    out.ids32 = ids32.data();
    out.ids64 = ids64.data();
    out.low = low.data();
    out.high = high.data();
    return out;
  }
};

}  // namespace credence::detail
