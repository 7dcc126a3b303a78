// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/exec/context.hpp"
#include "credence/neighbors/kd_tree.hpp"

#include "neighbors/kd_storage.hpp"

#include <cstdint>
#include <vector>

namespace credence::detail {

/// The queries in the order of a Z-shaped curve through the box around the points (Morton 1966), along its up to six
/// widest sides; queries of one cell of the curve in the order given. Empty when they are to be taken as given.
template <class T>
std::vector<std::int64_t> order_of_queries(const exec::context& ctx, const kd_storage<T>& tree, const T* queries,
                                           std::int64_t count, neighbors::query_order wanted);

/// The queries row by row without gaps: where they are, or in `copy`.
template <class T>
const T* packed_rows(const view<const T, 2>& rows, std::vector<T>& copy);

}  // namespace credence::detail
