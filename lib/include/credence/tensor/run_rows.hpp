// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "credence/tensor/row_tasks.hpp"

#include "credence/exec/for_each.hpp"
#include "credence/tensor/tensor.hpp"

/// Host side of row tasks.
namespace credence::detail {

template <class... Views>
loop_nest<static_cast<int>(sizeof...(Views))> nest_of(const tensor_shape& shape, const Views&... views) {
  loop_nest<static_cast<int>(sizeof...(Views))> nest;
  for (int d = 0; d < shape.rank(); ++d) nest.add(shape[d], {views.stride(d)...});
  return nest;
}

/// Calls kernel(begin, end) on ranges of row tasks that together cover the nest.
template <int K, class Kernel>
void run_rows(const exec::context& ctx, const loop_nest<K>& nest, const Kernel& kernel) {
  const std::int64_t size = nest.size();
  if (size == 0) return;
  const std::int64_t width = row_width(nest);
  const std::int64_t tasks = size / width * ((width + row_chunk - 1) / row_chunk);
  const std::int64_t grain = std::max<std::int64_t>(1, exec::serial_threshold / std::min(width, row_chunk));
  exec::for_each_range(ctx, tasks, kernel, grain);
}

/// Throws not_built_error where the context asks for a device that the operation does not run on.
void require_cpu(const char* where, const exec::context& ctx);

}  // namespace credence::detail
