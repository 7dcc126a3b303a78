// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"

#include "neighbors/query_kernels.hpp"

#include <cstdint>

namespace credence::detail::cuda {

/// A nearest_task whose tree, weights, queries and results lie on the device; `order` is null, and `memory` holds
/// threads * device_bytes(tree, k) bytes. Waits for the end. Defined in builds with CUDA only.
template <class T>
void nearest_in_tree(const exec::context& ctx, const nearest_task<T>& task, std::int64_t threads);

/// Scratch of one thread: its walk and its keys.
template <class T>
std::int64_t device_bytes(const tree_view<T>& tree, std::int64_t k) {
  return walk_bytes(tree) + padded_bytes(k * 16);
}

}  // namespace credence::detail::cuda
